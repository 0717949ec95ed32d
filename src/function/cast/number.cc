// Casts among integers, floating point, decimals and booleans, with Java's conversions as Flink
// has them: integers wrap, floating point saturates and loses its fraction, decimals round half up
// and are NULL where they do not fit.

#include <cmath>
#include <limits>

#include "column/physical.h"
#include "function/cast/casts.h"
#include "function/value/decimal.h"
#include "function/value/java_narrowing.h"

namespace millrace::function {

namespace {

template <typename To, typename From>
To converted(From value) {
  if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    return java_narrowed<To>(value);
  } else {
    return static_cast<To>(value);
  }
}

template <typename To, typename From>
Column convert(const CastCall& call) {
  return map_values<To, From>(call, [](From value) { return converted<To>(value); });
}

template <typename From>
Column to_boolean(const CastCall& call) {
  return map_values<uint8_t, From>(call, [](From value) -> uint8_t { return value != 0; });
}

template <typename To>
Column decimal_to_integer(const CastCall& call) {
  ResultValues<To> result(call);
  const DecimalView view(call.from());
  const int32_t scale = call.from().type().scale;
  for_each_present(
      call.rows, result,
      [&](uint32_t row) { result.set(row, static_cast<To>(integral_part(view[row], scale))); },
      view);
  return result.finish();
}

template <typename To>
Column decimal_to_floating(const CastCall& call) {
  ResultValues<To> result(call);
  const DecimalView view(call.from());
  const int32_t scale = call.from().type().scale;
  for_each_present(
      call.rows, result,
      [&](uint32_t row) { result.set(row, static_cast<To>(to_double(view[row], scale))); }, view);
  return result.finish();
}

Column decimal_to_boolean(const CastCall& call) {
  ResultValues<uint8_t> result(call);
  const DecimalView view(call.from());
  for_each_present(call.rows, result, [&](uint32_t row) { result.set(row, view[row] != 0); }, view);
  return result.finish();
}

// Stores unscaled values in a decimal column; those of too many digits become NULL.
template <typename To, typename ViewType, typename F>
Column to_decimal(const CastCall& call, F unscaled_of) {
  ResultValues<To> result(call);
  const ViewType view(call.from());
  const __int128 limit = power_of_ten(call.result.precision);
  for_each_present(
      call.rows, result,
      [&](uint32_t row) {
        const std::optional<__int128> unscaled = unscaled_of(view[row]);
        if (unscaled && *unscaled < limit && *unscaled > -limit) {
          result.set(row, static_cast<To>(*unscaled));
        } else {
          result.set_null(row);
        }
      },
      view);
  return result.finish();
}

// Whether all values are below the limit that the digits of the result set.
template <typename T>
bool all_fit(const CastCall& call) {
  const View<T> values(call.from());
  const __int128 limit = power_of_ten(call.result.precision);
  bool fit = true;
  for_each(call.rows, [&](uint32_t row) { fit &= values[row] < limit && values[row] > -limit; });
  return fit;
}

template <typename To>
Column decimal_to_decimal(const CastCall& call) {
  const Type& from = call.from().type();
  const int32_t from_scale = from.scale;
  const int32_t to_scale = call.result.scale;
  if (from_scale == to_scale && from.physical() == call.result.physical() && all_fit<To>(call)) {
    return call.from().retyped(call.result);
  }
  return to_decimal<To, DecimalView>(
      call, [=](__int128 value) { return rescaled(value, from_scale, to_scale); });
}

template <typename To, typename From>
Column integer_to_decimal(const CastCall& call) {
  const int32_t scale = call.result.scale;
  if (scale == 0 && call.result.precision > std::numeric_limits<From>::digits10) {
    return map_values<To, From>(call, [](From value) { return static_cast<To>(value); });
  }
  return to_decimal<To, View<From>>(call, [=](From value) {
    return scale == 0 ? std::optional<__int128>(value) : rescaled(value, 0, scale);
  });
}

template <typename To, typename From>
Column floating_to_decimal(const CastCall& call) {
  const Type& type = call.result;
  return to_decimal<To, View<From>>(call, [&](From value) -> std::optional<__int128> {
    const ParsedDecimal parsed =
        decimal_from_double(static_cast<double>(value), type.precision, type.scale);
    return parsed.outcome == ParsedDecimal::Outcome::good ? std::optional(parsed.unscaled)
                                                          : std::nullopt;
  });
}

template <typename From>
CastKernel find_from(const Type& to) {
  if (to.kind == TypeKind::boolean) {
    return to_boolean<From>;
  }
  const bool wide = to.physical() == Physical::i128;
  if constexpr (std::is_floating_point_v<From>) {
    if (to.kind == TypeKind::decimal) {
      return wide ? floating_to_decimal<__int128, From> : floating_to_decimal<int64_t, From>;
    }
  } else if (to.kind == TypeKind::decimal) {
    return wide ? integer_to_decimal<__int128, From> : integer_to_decimal<int64_t, From>;
  }
  return with_physical(to.physical(), [](auto zero) -> CastKernel {
    using To = decltype(zero);
    if constexpr (std::is_arithmetic_v<To>) {
      return convert<To, From>;
    } else {
      return nullptr;
    }
  });
}

CastKernel find_from_decimal(const Type& to) {
  if (to.kind == TypeKind::boolean) {
    return decimal_to_boolean;
  }
  if (to.kind == TypeKind::decimal) {
    return to.physical() == Physical::i128 ? decimal_to_decimal<__int128>
                                           : decimal_to_decimal<int64_t>;
  }
  return with_physical(to.physical(), [](auto zero) -> CastKernel {
    using To = decltype(zero);
    if constexpr (std::is_floating_point_v<To>) {
      return decimal_to_floating<To>;
    } else if constexpr (std::is_integral_v<To>) {
      return decimal_to_integer<To>;
    } else {
      return nullptr;
    }
  });
}

// Of milliseconds, or of months.
CastKernel find_interval(const Type& from, const Type& to) {
  return with_physical(from.physical(), [&](auto zero) -> CastKernel {
    using From = decltype(zero);
    if constexpr (std::is_integral_v<From>) {
      return to.kind == TypeKind::interval_month ? convert<int32_t, From> : convert<int64_t, From>;
    } else {
      return nullptr;
    }
  });
}

bool is_number(const Type& type) { return type.is_numeric() || type.kind == TypeKind::boolean; }

}  // namespace

CastKernel find_number_cast(const Type& from, const Type& to) {
  const bool is_interval = to.kind == TypeKind::interval_ms || to.kind == TypeKind::interval_month;
  if (from.is_integer() && is_interval) {
    return find_interval(from, to);
  }
  if (!is_number(from) || !is_number(to)) {
    return nullptr;
  }
  if (from.kind == TypeKind::decimal) {
    return find_from_decimal(to);
  }
  return with_physical(from.physical(), [&](auto zero) -> CastKernel {
    using From = decltype(zero);
    if constexpr (std::is_arithmetic_v<From>) {
      return find_from<From>(to);
    } else {
      return nullptr;
    }
  });
}

}  // namespace millrace::function
