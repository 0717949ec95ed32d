#include "function/value/code_set.h"

#include <algorithm>
#include <cstdio>

namespace millrace::function {

CodeSet::CodeSet(std::initializer_list<std::pair<uint32_t, uint32_t>> ranges) {
  for (const auto& [first, last] : ranges) {
    add(first, last);
  }
}

void CodeSet::add(uint32_t first, uint32_t last) {
  std::vector<std::pair<uint32_t, uint32_t>> merged;
  for (const auto& range : ranges_) {
    if (range.second + 1 < first || last + 1 < range.first) {
      merged.push_back(range);
    } else {
      first = std::min(first, range.first);
      last = std::max(last, range.second);
    }
  }
  merged.emplace_back(first, last);
  std::sort(merged.begin(), merged.end());
  ranges_ = std::move(merged);
}

void CodeSet::add(const CodeSet& other) {
  for (const auto& [first, last] : other.ranges_) {
    add(first, last);
  }
}

CodeSet CodeSet::complement() const {
  CodeSet rest;
  uint32_t next = 0;
  for (const auto& [first, last] : ranges_) {
    if (first > next) {
      rest.ranges_.emplace_back(next, first - 1);
    }
    next = last + 1;
  }
  if (next <= kLast) {
    rest.ranges_.emplace_back(next, kLast);
  }
  return rest;
}

CodeSet CodeSet::intersected(const CodeSet& other) const {
  CodeSet neither = complement();
  neither.add(other.complement());
  return neither.complement();
}

CodeSet CodeSet::in_any_case() const {
  CodeSet all = *this;
  const CodeSet small = intersected({{'a', 'z'}});
  const CodeSet capital = intersected({{'A', 'Z'}});
  for (const auto& [first, last] : small.ranges_) {
    all.add(first - 32, last - 32);
  }
  for (const auto& [first, last] : capital.ranges_) {
    all.add(first + 32, last + 32);
  }
  return all;
}

std::string CodeSet::to_string() const {
  std::string text;
  const auto append = [&](uint32_t code) {
    char written[16];
    std::snprintf(written, sizeof(written), "\\x{%X}", code);
    text += written;
  };
  for (const auto& [first, last] : ranges_) {
    append(first);
    if (last > first) {
      text += '-';
      append(last);
    }
  }
  return text;
}

}  // namespace millrace::function
