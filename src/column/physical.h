#pragma once

// From a physical layout known at run time to a C++ type known at compile time.

#include <cstdint>

#include "base/check.h"
#include "column/string_ref.h"
#include "column/type.h"

namespace millrace {

// Calls f with a zero value of the C++ type that lies in columns of this layout.
template <typename F>
auto with_physical(Physical physical, F&& f) {
  switch (physical) {
    case Physical::u8: return f(uint8_t{});
    case Physical::i8: return f(int8_t{});
    case Physical::i16: return f(int16_t{});
    case Physical::i32: return f(int32_t{});
    case Physical::i64: return f(int64_t{});
    case Physical::i128: return f(__int128{});
    case Physical::f32: return f(float{});
    case Physical::f64: return f(double{});
    case Physical::string: return f(StringRef{});
    case Physical::nested: break;
  }
  check(false, "nested columns have no single value type");
  return f(uint8_t{});
}

inline size_t width_of(Physical physical) {
  return physical == Physical::nested
             ? 0
             : with_physical(physical, [](auto zero) { return sizeof(zero); });
}

}  // namespace millrace
