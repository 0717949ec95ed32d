// Casts from strings. What cannot be read, or has too many digits, fails the row.

#include <limits>

#include "base/split.h"
#include "column/physical.h"
#include "function/cast/casts.h"
#include "function/value/decimal.h"
#include "function/value/number_text.h"
#include "function/value/time_text.h"

namespace millrace::function {

namespace {

// parse(text) gives an optional value.
template <typename To, typename Parse>
Column parse_each(const CastCall& call, Parse parse) {
  ResultValues<To> result(call);
  const View<StringRef> view(call.from());
  for_each_present(
      call.rows, result,
      [&](uint32_t row) {
        const std::string_view text = view[row].view();
        if (const auto value = parse(text)) {
          result.set(row, static_cast<To>(*value));
        } else {
          call.refuse(row, result, std::string(text));
        }
      },
      view);
  return result.finish();
}

Column to_boolean(const CastCall& call) { return parse_each<uint8_t>(call, parse_boolean); }

template <typename To>
Column to_integer(const CastCall& call) {
  return parse_each<To>(call, [](std::string_view text) {
    const std::optional<int64_t> value = parse_integer(text);
    const bool fits = value && *value >= std::numeric_limits<To>::min() &&
                      *value <= std::numeric_limits<To>::max();
    return fits ? value : std::nullopt;
  });
}

template <typename To>
Column to_floating(const CastCall& call) {
  return parse_each<To>(call, parse_double);
}

template <typename To>
Column to_decimal(const CastCall& call) {
  ResultValues<To> result(call);
  const View<StringRef> view(call.from());
  const Type& type = call.result;
  for_each_present(
      call.rows, result,
      [&](uint32_t row) {
        const std::string_view text = view[row].view();
        const ParsedDecimal parsed = parse_decimal(trimmed(text), type.precision, type.scale);
        switch (parsed.outcome) {
          case ParsedDecimal::Outcome::good:
            return result.set(row, static_cast<To>(parsed.unscaled));
          case ParsedDecimal::Outcome::overflow:
          case ParsedDecimal::Outcome::not_a_number:
            return call.refuse(row, result, std::string(text));
        }
      },
      view);
  return result.finish();
}

Column to_date(const CastCall& call) {
  return parse_each<int32_t>(call, [](std::string_view text) { return parse_date(trimmed(text)); });
}

Column to_time(const CastCall& call) {
  const int32_t step = kept_ms(call.result);
  return parse_each<int32_t>(call, [=](std::string_view text) -> std::optional<int64_t> {
    const auto ms = parse_time_ms(trimmed(text));
    return ms ? std::optional(*ms - *ms % step) : std::nullopt;
  });
}

Column to_timestamp(const CastCall& call) {
  int64_t step_ns = kSecondNs;  // of the last digit that the type keeps
  for (int32_t i = 0; i < call.result.precision; ++i) {
    step_ns /= 10;
  }
  const int64_t unit = call.result.timestamp_unit();
  return parse_each<int64_t>(call, [=](std::string_view text) -> std::optional<int64_t> {
    std::optional<Moment> moment = parse_timestamp(text);
    if (!moment) {
      return std::nullopt;
    }
    moment->ns_of_day -= moment->ns_of_day % step_ns;
    int64_t days = 0;
    int64_t value = 0;
    const bool too_far =
        __builtin_mul_overflow(moment->day, 86'400 * unit, &days) ||
        __builtin_add_overflow(days, moment->ns_of_day / (kSecondNs / unit), &value);
    return too_far ? std::nullopt : std::optional(value);
  });
}

}  // namespace

CastKernel find_from_text_cast(const Type& from, const Type& to) {
  if (!from.is_string()) {
    return nullptr;
  }
  if (to.kind == TypeKind::boolean) {
    return to_boolean;
  }
  if (to.kind == TypeKind::decimal) {
    return to.physical() == Physical::i128 ? to_decimal<__int128> : to_decimal<int64_t>;
  }
  if (to.is_numeric()) {
    return with_physical(to.physical(), [](auto zero) -> CastKernel {
      using To = decltype(zero);
      if constexpr (std::is_floating_point_v<To>) {
        return to_floating<To>;
      } else if constexpr (std::is_integral_v<To>) {
        return to_integer<To>;
      } else {
        return nullptr;
      }
    });
  }
  return to.kind == TypeKind::date   ? to_date
         : to.kind == TypeKind::time ? to_time
         : to.is_timestamp()         ? to_timestamp
                                     : nullptr;
}

}  // namespace millrace::function
