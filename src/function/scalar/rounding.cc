// ABS, SIGN and the roundings, in the type of their argument. Half goes away from zero, for
// doubles by their shortest decimal text, as Flink has it.

#include "function/scalar/rounding.h"

#include <algorithm>
#include <cmath>

#include "column/physical.h"
#include "function/evaluate.h"
#include "function/kernel.h"
#include "function/scalar/families.h"
#include "function/types.h"
#include "function/value/decimal.h"

namespace millrace::function {

namespace {

// Of the least integer that one itself, as Java's: computed without a sign, where wrapping is
// defined.
template <typename T>
T absolute(T value) {
  using Unsigned = std::conditional_t<sizeof(T) == 16, unsigned __int128, uint64_t>;
  return value < 0 ? static_cast<T>(Unsigned{0} - static_cast<Unsigned>(value)) : value;
}

template <typename T>
Column abs_of(const KernelCall& call) {
  return map_values<T, T>(call, [](T value) {
    if constexpr (std::is_floating_point_v<T>) {
      return std::abs(value);
    } else {
      return absolute(value);
    }
  });
}

// Of a decimal the sign stands before the point, at the decimal's scale. A zero keeps its own.
template <typename T>
Column sign_of(const KernelCall& call) {
  const bool is_decimal = call.result.kind == TypeKind::decimal;
  const T one = is_decimal ? static_cast<T>(power_of_ten(call.result.scale)) : T{1};
  return map_values<T, T>(call, [=](T value) {
    return value > 0 ? one : value < 0 ? static_cast<T>(T{0} - one) : value;
  });
}

template <Direction direction, typename T>
Column to_integer(const KernelCall& call) {
  return map_values<T, T>(call, [](T value) {
    if constexpr (std::is_floating_point_v<T>) {
      return direction == Direction::up ? std::ceil(value) : std::floor(value);
    } else {
      return value;
    }
  });
}

template <typename To, typename F>
Column each_decimal(const KernelCall& call, F f) {
  ResultValues<To> result(call);
  const DecimalView view(call.arguments[0]);
  for_each_present(
      call.rows, result,
      [&](uint32_t row) {
        const std::optional<__int128> value = f(view[row], row);
        if (value && fits_precision(*value, call.result.precision)) {
          result.set(row, static_cast<To>(*value));
        } else {
          result.set_null(row);
        }
      },
      view);
  return result.finish();
}

template <Direction direction, typename To>
Column decimal_to_integer(const KernelCall& call) {
  const __int128 one = power_of_ten(call.arguments[0].type().scale);
  return each_decimal<To>(call, [=](__int128 value, uint32_t) -> std::optional<__int128> {
    const __int128 whole = value / one;
    const bool exact = whole * one == value;
    return direction == Direction::up ? whole + (!exact && value > 0)
                                      : whole - (!exact && value < 0);
  });
}

enum class Cut : uint8_t { half_up, off };

// The value with `kept` digits after the point, at the scale `to`; negative counts whole digits.
std::optional<__int128> at_digits(__int128 value, int32_t scale, int64_t kept, Cut cut,
                                  int32_t to) {
  if (kept >= scale) {
    return rescaled(value, scale, to);
  }
  const int64_t dropped = scale - kept;
  if (dropped > kMaxDecimalDigits) {
    return 0;
  }
  const auto digits = static_cast<int>(dropped);
  const std::optional<__int128> shorter =
      cut == Cut::off ? std::optional(value / power_of_ten(digits)) : rescaled(value, digits, 0);
  return shorter ? rescaled(*shorter, static_cast<int>(kept), to) : std::nullopt;
}

int64_t digits_at(const KernelCall& call, uint32_t row) {
  return call.arguments.size() < 2 ? 0 : View<int64_t>(call.arguments[1])[row];
}

bool digits_missing(const KernelCall& call, uint32_t row) {
  return call.arguments.size() > 1 && call.arguments[1].is_null(row);
}

template <Cut cut, typename To>
Column round_decimal(const KernelCall& call) {
  const int32_t scale = call.arguments[0].type().scale;
  const int32_t to = call.result.scale;
  return each_decimal<To>(call, [&](__int128 value, uint32_t row) -> std::optional<__int128> {
    return digits_missing(call, row) ? std::nullopt
                                     : at_digits(value, scale, digits_at(call, row), cut, to);
  });
}

double round_double(double value, int64_t kept, Cut cut) {
  constexpr int32_t kScale = 20;
  kept = std::min<int64_t>(kept, kScale);
  const ParsedDecimal exact = decimal_from_double(value, kMaxDecimalDigits, kScale);
  if (exact.outcome != ParsedDecimal::Outcome::good) {
    return value;  // too large to have digits to round, or no number
  }
  return to_double(at_digits(exact.unscaled, kScale, kept, cut, kScale).value_or(0), kScale);
}

template <Cut cut, typename T>
Column round_number(const KernelCall& call) {
  ResultValues<T> result(call);
  const View<T> view(call.arguments[0]);
  for_each(call.rows, [&](uint32_t row) {
    if (view.is_null(row) || digits_missing(call, row)) {
      return result.set_null(row);
    }
    const int64_t kept = digits_at(call, row);
    if constexpr (std::is_floating_point_v<T>) {
      result.set(row, static_cast<T>(round_double(static_cast<double>(view[row]), kept, cut)));
    } else {
      result.set(row, static_cast<T>(at_digits(view[row], 0, kept, cut, 0).value_or(0)));
    }
  });
  return result.finish();
}

using Types = std::span<const Type>;

// The kernel of a number's physical type, decimals included, where `kernel_of` has one.
template <typename F>
std::optional<ScalarSignature> bind_same_type(std::string_view name, Types given, F kernel_of) {
  if (given.size() != 1 || !given[0].is_numeric()) {
    return std::nullopt;
  }
  return ScalarSignature{
      std::string(name), {given[0]}, given[0], with_physical(given[0].physical(), kernel_of)};
}

std::optional<ScalarSignature> bind_abs(Types given) {
  return bind_same_type("ABS", given, [](auto zero) -> Kernel {
    using T = decltype(zero);
    if constexpr (std::is_same_v<T, StringRef>) {
      return nullptr;
    } else {
      return abs_of<T>;
    }
  });
}

std::optional<ScalarSignature> bind_sign(Types given) {
  return bind_same_type("SIGN", given, [](auto zero) -> Kernel {
    using T = decltype(zero);
    if constexpr (std::is_same_v<T, StringRef>) {
      return nullptr;
    } else {
      return sign_of<T>;
    }
  });
}

template <Direction direction>
std::optional<ScalarSignature> bind_to_integer(Types given) {
  const std::string_view name = direction == Direction::up ? "CEIL" : "FLOOR";
  if (given.size() == 2) {
    return bind_time_rounding(direction, given);
  }
  if (given.size() == 1 && given[0].kind == TypeKind::decimal) {
    const Type result = Type::decimal(given[0].precision, 0, given[0].nullable);
    return ScalarSignature{std::string(name),
                           {given[0]},
                           result,
                           result.physical() == Physical::i128
                               ? decimal_to_integer<direction, __int128>
                               : decimal_to_integer<direction, int64_t>};
  }
  return bind_same_type(name, given, [](auto zero) -> Kernel {
    using T = decltype(zero);
    if constexpr (std::is_arithmetic_v<T>) {
      return to_integer<direction, T>;
    } else {
      return nullptr;
    }
  });
}

template <Cut cut>
Kernel rounding_kernel(const Type& argument, const Type& result) {
  if (argument.kind == TypeKind::decimal) {
    return result.physical() == Physical::i128 ? round_decimal<cut, __int128>
                                               : round_decimal<cut, int64_t>;
  }
  return with_physical(argument.physical(), [](auto zero) -> Kernel {
    using T = decltype(zero);
    if constexpr (std::is_arithmetic_v<T>) {
      return round_number<cut, T>;
    } else {
      return nullptr;
    }
  });
}

// What Flink makes of a decimal that keeps `digits` after its point: one more ahead of it, perhaps.
Type rounded_decimal(const Type& type, int64_t digits) {
  if (digits >= type.scale) {
    return type;
  }
  const auto kept = static_cast<int32_t>(std::max<int64_t>(digits, 0));
  return Type::decimal(std::min(38, 1 + type.precision - type.scale + kept), kept, type.nullable);
}

template <Cut cut>
std::optional<ScalarSignature> bind_rounding(Types given) {
  const bool fits =
      (given.size() == 1 ||
       (given.size() == 2 && (given[1].is_integer() || given[1].kind == TypeKind::null_))) &&
      given[0].is_numeric();
  if (!fits) {
    return std::nullopt;
  }
  std::vector<Type> arguments(given.begin(), given.end());
  if (arguments.size() == 2) {
    arguments[1] = Type::of(TypeKind::bigint, given[1].nullable);
  }
  Type result = given[0];
  if (result.kind == TypeKind::decimal && given.size() == 1) {
    result = rounded_decimal(result, 0);
  }
  result = nullable_by(result, arguments);
  return ScalarSignature{cut == Cut::half_up ? "ROUND" : "TRUNCATE", arguments, result,
                         rounding_kernel<cut>(given[0], result)};
}

// A decimal's type follows from how many digits it keeps.
template <Cut cut>
ScalarSignature with_digits(ScalarSignature signature, std::span<const Expression> arguments) {
  const Type& number = arguments[0].type;
  if (arguments.size() < 2 || number.kind != TypeKind::decimal) {
    return signature;
  }
  const Expression digits = folded(arguments[1]);
  if (digits.kind == ExpressionKind::literal && !digits.literal.is_null(0)) {
    signature.result = rounded_decimal(number, digits.literal.values<int64_t>()[0])
                           .as_nullable(signature.result.nullable);
    signature.kernel = rounding_kernel<cut>(number, signature.result);
  }
  return signature;
}

constexpr ScalarFunction kFunctions[] = {
    {"ABS", "ABS(x)", "The number without its sign.", bind_abs},
    {"SIGN", "SIGN(x)", "1, 0 or -1.", bind_sign},
    {"CEIL", "CEIL(x), CEIL(time TO unit)", "The next integer, or unit of time, up.",
     bind_to_integer<Direction::up>},
    {"CEILING", "CEILING(x), CEILING(time TO unit)", "The next integer, or unit of time, up.",
     bind_to_integer<Direction::up>},
    {"FLOOR", "FLOOR(x), FLOOR(time TO unit)", "The next integer, or unit of time, down.",
     bind_to_integer<Direction::down>},
    {"ROUND", "ROUND(x [, digits])", "Rounded to digits after the point, half away from zero.",
     bind_rounding<Cut::half_up>, with_digits<Cut::half_up>},
    {"TRUNCATE", "TRUNCATE(x [, digits])", "Cut off after digits after the point.",
     bind_rounding<Cut::off>, with_digits<Cut::off>},
};

}  // namespace

std::span<const ScalarFunction> rounding_functions() { return kFunctions; }

}  // namespace millrace::function
