#pragma once

// A sum of decimals of one scale.

#include <optional>

#include "function/value/decimal.h"

namespace millrace::function {

// 128 bits kept as two halves, since slots are aligned to 8.
struct DecimalSum {
  uint64_t low;
  int64_t high;
  int64_t count;
  int64_t overflowed;

  __int128 total() const { return (static_cast<__int128>(high) << 64) | low; }
  void set_total(__int128 value) {
    low = static_cast<uint64_t>(value);
    high = static_cast<int64_t>(value >> 64);
  }
  void add(__int128 value, int64_t rows) {
    const __int128 sum = total() + value;
    // Beyond 38 digits a sum is NULL.
    overflowed |= fits_precision(sum, kMaxDecimalDigits) ? 0 : 1;
    if (overflowed == 0) {
      set_total(sum);
    }
    count += rows;
  }
  // What was NULL begins anew with the next value, as Flink's SUM does.
  void add_anew(__int128 value) {
    if (overflowed != 0) {
      overflowed = 0;
      set_total(0);
    }
    add(value, 1);
  }
  void take_back(__int128 value) { add(-value, -1); }

  // Nothing where it has no values or too many digits.
  std::optional<__int128> sum() const {
    const bool none = count == 0 || overflowed != 0;
    return none ? std::nullopt : std::optional(total());
  }
};

}  // namespace millrace::function
