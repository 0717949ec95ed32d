#pragma once

// What months, days and the like are called in patterns of times.

#include <array>
#include <cstdint>
#include <string_view>

namespace millrace::function {

inline constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
inline constexpr std::array<std::string_view, 7> kDays = {
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

inline constexpr std::array<std::string_view, 4> kQuarters = {"1st quarter", "2nd quarter",
                                                              "3rd quarter", "4th quarter"};
inline constexpr std::array<std::string_view, 2> kHalves = {"AM", "PM"};

// Three letters, one where five are asked for, else all.
constexpr std::string_view shortened(std::string_view name, size_t count) {
  return count <= 3 ? name.substr(0, 3) : count == 5 ? name.substr(0, 1) : name;
}

// That before Christ first.
constexpr std::array<std::string_view, 2> eras(size_t count) {
  return count <= 3   ? std::array<std::string_view, 2>{"BC", "AD"}
         : count == 4 ? std::array<std::string_view, 2>{"Before Christ", "Anno Domini"}
                      : std::array<std::string_view, 2>{"B", "A"};
}

// The day 1970-01-01, counted from 1858-11-17.
inline constexpr int64_t kModifiedJulian = 40587;

}  // namespace millrace::function
