#include "state/number_bits.h"

#include <utility>

namespace millrace::state {

NumberBits::Entry& NumberBits::place_of(uint64_t number) {
  const size_t mask = entries_.size() - 1;
  size_t at = home(number);
  while (entries_[at].bits != 0 && entries_[at].number != number) {
    at = (at + 1) & mask;
  }
  return entries_[at];
}

uint64_t NumberBits::set(uint64_t number, uint64_t bits) {
  Entry& entry = place_of(number);
  const uint64_t before = entry.bits;
  entry = {number, before | bits};
  if (before == 0 && ++size_ * 4 > entries_.size() * 3) {
    resize(entries_.size() * 2);
  }
  return before;
}

void NumberBits::reserve(size_t numbers) {
  size_t entries = entries_.size();
  while (numbers * 4 > entries * 3) {
    entries *= 2;
  }
  if (entries > entries_.size()) {
    resize(entries);
  }
}

void NumberBits::resize(size_t entries) {
  const std::vector<Entry> smaller = std::exchange(entries_, std::vector<Entry>(entries));
  for (const Entry& entry : smaller) {
    if (entry.bits != 0) {
      place_of(entry.number) = entry;
    }
  }
}

}  // namespace millrace::state
