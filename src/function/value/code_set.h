#pragma once

// Sets of code points, as the brackets of regular expressions name them.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace millrace::function {

class CodeSet {
 public:
  static constexpr uint32_t kLast = 0x10FFFF;

  CodeSet() = default;
  CodeSet(std::initializer_list<std::pair<uint32_t, uint32_t>> ranges);  // both ends within

  void add(uint32_t first, uint32_t last);
  void add(const CodeSet& other);
  CodeSet complement() const;
  CodeSet intersected(const CodeSet& other) const;
  // With the other case of each letter of ASCII.
  CodeSet in_any_case() const;

  // As what stands in brackets, \x{61}-\x{7A}; empty for no code point.
  std::string to_string() const;

 private:
  std::vector<std::pair<uint32_t, uint32_t>> ranges_;  // in order, not touching
};

}  // namespace millrace::function
