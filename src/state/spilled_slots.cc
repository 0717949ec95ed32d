#include "state/spilled_slots.h"

#include <algorithm>

#include "base/check.h"

namespace millrace::state {

// Below so many bytes a file is not worth writing anew.
static constexpr uint64_t kSlack = 16 << 20;

SpilledSlots::SpilledSlots(const KeyLayout* layout, SpillSpace* space)
    : layout_(layout), space_(space), file_(space->new_file()), key_(layout->width()) {}

size_t SpilledSlots::memory() const {
  return index_.memory() + blocks_.capacity() * sizeof(Block) + free_.capacity() * sizeof(free_[0]);
}

void SpilledSlots::Bytes::write_ends() {
  ByteWriter out;
  for (const uint32_t end : ends) {
    out.write(end);
  }
  out.write(static_cast<uint32_t>(ends.size()));
  entries += out.bytes();
}

void SpilledSlots::Bytes::read_ends() {
  const std::string_view bytes = entries;
  ByteReader number(bytes.substr(bytes.size() - sizeof(uint32_t)));
  ends.resize(number.read<uint32_t>());
  ByteReader in(bytes.substr(bytes.size() - (ends.size() + 1) * sizeof(uint32_t)));
  for (uint32_t& end : ends) {
    end = in.read<uint32_t>();
  }
}

size_t SpilledSlots::unused_block() {
  if (free_.empty()) {
    blocks_.emplace_back();
    return blocks_.size() - 1;
  }
  const size_t block = free_.back();
  free_.pop_back();
  first_used_ = std::min(first_used_, block);
  return block;
}

uint32_t SpilledSlots::add(uint64_t hash, std::string_view entry) {
  if (!open_) {
    open_ = unused_block();
  }
  const size_t number = gathered_.ends.size();
  gathered_.entries += entry;
  gathered_.ends.push_back(static_cast<uint32_t>(gathered_.entries.size()));
  of_use_ += entry.size();
  const RowRef place{static_cast<uint32_t>(*open_ * kPerBlock + number)};
  index_.add(hash, place);
  if (number + 1 == kPerBlock || gathered_.entries.size() >= kFullBlock) {
    end_block();
  }
  return place.number;
}

void SpilledSlots::end_block() {
  if (!open_) {
    return;
  }
  const size_t entries = gathered_.ends.size();
  gathered_.write_ends();
  blocks_[*open_] = {file_->append(gathered_.entries), ~uint64_t{0} >> (kPerBlock - entries)};
  gathered_ = {};
  at_hand_.reset();
  open_.reset();
}

void SpilledSlots::read(size_t block) const {
  if (at_hand_ == block) {
    return;
  }
  at_hand_.reset();
  file_->read(blocks_[block].place, read_.entries);
  read_.read_ends();
  at_hand_ = block;
}

std::string_view SpilledSlots::entry(uint32_t number) const {
  read(number / kPerBlock);
  return read_.entry(number % kPerBlock);
}

bool SpilledSlots::is_of(uint32_t number, const char* key) const {
  ByteReader in(entry(number));
  std::fill(key_.begin(), key_.end(), char{0});
  layout_->load(key_.data(), in);
  return layout_->equal(key_.data(), key);
}

uint32_t SpilledSlots::some() {
  check(size() > 0, "some slots have left memory");
  while (blocks_[first_used_].live == 0) {
    ++first_used_;
  }
  return static_cast<uint32_t>(first_used_ * kPerBlock) +
         static_cast<uint32_t>(std::countr_zero(blocks_[first_used_].live));
}

std::optional<SpilledSlots::Taken> SpilledSlots::take(const char* key, uint64_t hash) {
  const RowRef* found =
      index_.find(hash, [&](RowRef candidate) { return is_of(candidate.number, key); });
  if (found == nullptr) {
    return std::nullopt;
  }
  const uint32_t number = found->number;
  index_.remove(found);
  const std::string_view taken = entry(number);
  of_use_ -= taken.size();
  Block& block = blocks_[number / kPerBlock];
  block.live &= ~(uint64_t{1} << number % kPerBlock);
  if (block.live == 0) {
    free_.push_back(number / kPerBlock);
  }
  ByteReader in(taken);
  std::fill(key_.begin(), key_.end(), char{0});
  layout_->load(key_.data(), in);
  return Taken{number, in.rest()};
}

// What was taken takes no room any more, but keeps its place.
void SpilledSlots::drop_garbage() {
  check(!open_, "a block is ended before others are written anew");
  if (file_->size() <= 2 * of_use_ + kSlack) {
    return;
  }
  auto anew = space_->new_file();
  for (size_t block = 0; block < blocks_.size(); ++block) {
    if (blocks_[block].live == 0) {
      continue;
    }
    read(block);
    for (size_t number = 0; number < read_.ends.size(); ++number) {
      if ((blocks_[block].live >> number & 1) != 0) {
        gathered_.entries += read_.entry(number);
      }
      gathered_.ends.push_back(static_cast<uint32_t>(gathered_.entries.size()));
    }
    gathered_.write_ends();
    blocks_[block].place = anew->append(gathered_.entries);
    gathered_ = {};
  }
  at_hand_.reset();
  file_ = std::move(anew);
}

}  // namespace millrace::state
