// Times from text and numbers, and text from times, by patterns (value/date_pattern.h). What cannot
// be read is NULL, unlike with CAST.

#include <algorithm>
#include <cmath>

#include "base/split.h"
#include "column/builder.h"
#include "function/scalar/binding.h"
#include "function/scalar/families.h"
#include "function/scalar/last_pattern.h"
#include "function/scalar/lenient_times.h"
#include "function/scalar/moments.h"
#include "function/scalar/time_patterns.h"
#include "function/value/date_pattern.h"
#include "function/value/escaped_time.h"
#include "function/value/lenient_time.h"
#include "function/value/number_text.h"
#include "function/value/wrapping.h"

namespace millrace::function {

namespace {

// By the pattern, or as it is mostly written.
std::optional<Moment> parse_by(const DatePattern& pattern, std::string_view text) {
  const std::optional<Moment> moment = pattern.parse(text);
  return moment ? moment : parse_escaped_time(text);
}

// TO_TIMESTAMP(text [, pattern]) and TO_TIMESTAMP_LTZ(text, pattern).
Column to_timestamp(const KernelCall& call) {
  ResultValues<int64_t> result(call);
  const View<StringRef> text(call.arguments[0]);
  const bool has_pattern = call.arguments.size() > 1;
  const View<StringRef> pattern(call.arguments[has_pattern ? 1 : 0]);
  LastPattern<DatePattern> patterns;
  for_each_present(
      call.rows, result,
      [&](uint32_t row) {
        const std::string_view value = text[row].view();
        const std::optional<Moment> moment = has_pattern
                                                 ? parse_by(patterns.of(pattern[row].view()), value)
                                                 : parse_timestamp(value);
        if (!moment) {
          result.set_null(row);
        } else if (!holds(call.result, *moment)) {
          result.fail(row, beyond(call.result));
        } else {
          result.set(row, value_of(*moment, call.result.timestamp_unit()));
        }
      },
      text, pattern);
  return result.finish();
}

Column to_date(const KernelCall& call) {
  return map_present<ResultValues<int32_t>, StringRef>(
      call, [](ResultValues<int32_t>& to, uint32_t row, const StringRef& text) {
        if (const auto day = parse_date(trimmed(text.view()))) {
          to.set(row, static_cast<int32_t>(*day));
        } else {
          to.set_null(row);
        }
      });
}

// TO_DATE(text, pattern), as lenient as Java's SimpleDateFormat.
Column to_date_by_pattern(const KernelCall& call) {
  ResultValues<int32_t> result(call);
  const View<StringRef> text(call.arguments[0]);
  const View<StringRef> pattern(call.arguments[1]);
  const Timestamp now = call.context.now();
  LastPattern<LenientPattern> patterns;
  for_each_present(
      call.rows, result,
      [&](uint32_t row) {
        if (const auto time = patterns.of(pattern[row].view(), now).parse(text[row].view())) {
          const int64_t ms = wrapping_subtract(time->clock_ms, time->offset_ms.value_or(0));
          result.set(row, static_cast<int32_t>(floor_div(ms, kDayMs)));
        } else {
          result.set_null(row);
        }
      },
      text, pattern);
  return result.finish();
}

// TO_TIMESTAMP_LTZ(text): what is no time fails, unlike with a pattern.
Column instant_of_text(const KernelCall& call) {
  const int64_t unit = call.result.timestamp_unit();
  return map_present<ResultValues<int64_t>, StringRef>(
      call, [&](ResultValues<int64_t>& to, uint32_t row, const StringRef& text) {
        if (const auto moment = parse_timestamp(text.view())) {
          to.set(row, value_of(*moment, unit));
        } else {
          to.fail(row, "'" + std::string(text.view()) + "' is no time: yyyy-MM-dd HH:mm:ss");
        }
      });
}

// TO_TIMESTAMP_LTZ(text, pattern, zone)
Column instant_of_text_in_zone(const KernelCall& call) {
  ResultValues<int64_t> result(call);
  const View<StringRef> text(call.arguments[0]);
  const View<StringRef> pattern(call.arguments[1]);
  const View<StringRef> zone(call.arguments[2]);
  const int64_t per_ms = call.result.timestamp_unit() / 1000;
  std::string last;
  std::shared_ptr<const TimeZone> found;
  const auto zone_of = [&](std::string_view name) -> const TimeZone& {
    if (found == nullptr || last != name) {
      last = name;
      found = TimeZone::find(name);
    }
    return *found;
  };
  LastPattern<DatePattern> patterns;
  for_each_present(
      call.rows, result,
      [&](uint32_t row) {
        const auto moment = parse_by(patterns.of(pattern[row].view()), text[row].view());
        if (!moment) {
          return result.set_null(row);
        }
        const int64_t clock = value_of(*moment, per_ms * 1000);
        const int64_t ms = floor_div(clock, per_ms);
        result.set(row, clock + (zone_of(zone[row].view()).to_instant(ms) - ms) * per_ms);
      },
      text, pattern, zone);
  return result.finish();
}

// The instants of a number are of the years 0 to 9999, as in Flink; beyond them it is NULL.
constexpr int64_t kLeastMs = -62'167'219'200'000;
constexpr int64_t kMostMs = 253'402'300'799'999;

// TO_TIMESTAMP_LTZ(number [, precision]): of so many digits of a second, milliseconds if absent.
Column instant_of_number(const KernelCall& call) {
  ResultValues<int64_t> result(call);
  const View<int64_t> number(call.arguments[0]);
  const bool has_precision = call.arguments.size() > 1;
  const View<int64_t> precision(call.arguments[has_precision ? 1 : 0]);
  const int64_t unit = call.result.timestamp_unit();
  for_each_present(
      call.rows, result,
      [&](uint32_t row) {
        const int64_t digits = has_precision ? precision[row] : 3;
        if (digits < 0 || digits > 9) {
          return result.fail(
              row, "the precision of TO_TIMESTAMP_LTZ is 0 to 9, found " + std::to_string(digits));
        }
        int64_t per_second = 1;
        for (int64_t i = 0; i < digits; ++i) {
          per_second *= 10;
        }
        const int64_t seconds = floor_div(number[row], per_second);
        if (seconds < floor_div(kLeastMs, 1000) || seconds > floor_div(kMostMs, 1000)) {
          return result.set_null(row);
        }
        result.set(row, per_second <= unit ? wrapping_multiply(number[row], unit / per_second)
                                           : floor_div(number[row], per_second / unit));
      },
      number, precision);
  return result.finish();
}

// Of seconds or milliseconds with a fraction.
Column instant_of_fraction(const KernelCall& call) {
  ResultValues<int64_t> result(call);
  const View<double> number(call.arguments[0]);
  const bool has_precision = call.arguments.size() > 1;
  const View<int64_t> precision(call.arguments[has_precision ? 1 : 0]);
  for_each_present(
      call.rows, result,
      [&](uint32_t row) {
        const double per = has_precision && precision[row] == 0 ? 1000 : 1;
        const double ms = std::floor(number[row] * per);
        if (ms < static_cast<double>(kLeastMs) || ms > static_cast<double>(kMostMs)) {
          return result.set_null(row);
        }
        result.set(row, std::isnan(ms) ? 0 : static_cast<int64_t>(ms));
      },
      number, precision);
  return result.finish();
}

// Rows of a stream are close in time, so that a row's text is often that of the row before.
class MomentText {
 public:
  const std::string& of(const Moment& moment, const DatePattern& pattern) {
    if (pattern_ != &pattern || moment.day != day_ || moment.ns_of_day < from_ns_ ||
        moment.ns_of_day >= until_ns_) {
      const int64_t step = pattern.step_ns();
      pattern_ = &pattern;
      day_ = moment.day;
      from_ns_ = moment.ns_of_day / step * step;
      until_ns_ = from_ns_ + step;
      text_.clear();
      pattern.append(moment, text_);
    }
    return text_;
  }

 private:
  const DatePattern* pattern_ = nullptr;
  int64_t day_ = 0;
  int64_t from_ns_ = 0;
  int64_t until_ns_ = 0;
  std::string text_;
};

Column formatted(const KernelCall& call) {
  ResultStrings result(call);
  const MomentView view(call.arguments[0]);
  const View<StringRef> pattern(call.arguments[1]);
  const bool one_pattern = call.arguments[1].layout() == Column::Layout::constant;
  LastPattern<DatePattern> patterns;
  MomentText last;
  std::string out;
  for_each_present(
      call.rows, result,
      [&](uint32_t row) {
        const DatePattern& compiled = patterns.of(pattern[row].view());
        if (one_pattern) {
          result.set(row, last.of(view[row], compiled));
        } else {
          out.clear();
          compiled.append(view[row], out);
          result.set(row, out);
        }
      },
      view, pattern);
  return result.finish();
}

constexpr auto kText = Accepts::text;
constexpr auto kWhole = Accepts::whole;
using Types = std::span<const Type>;

bool all_text(Types given) {
  return std::all_of(given.begin(), given.end(), [](const Type& type) {
    return type.is_string() || type.kind == TypeKind::null_;
  });
}

std::optional<ScalarSignature> bind_parse(std::string_view name, Types given, Type result,
                                          Kernel kernel) {
  if (!all_text(given)) {
    return std::nullopt;
  }
  return partial(name, fitted(given, {kText, kText}, 1), std::move(result), kernel);
}

std::optional<ScalarSignature> bind_to_date(Types given) {
  const bool has_pattern = given.size() > 1;
  std::optional<ScalarSignature> signature = bind_parse("TO_DATE", given, Type::of(TypeKind::date),
                                                        has_pattern ? to_date_by_pattern : to_date);
  if (signature && has_pattern) {
    signature->volatility = Volatility::per_batch;  // a pattern's years of two digits are near now
  }
  return signature;
}

std::optional<ScalarSignature> bind_instant_of_text(Types given) {
  const Type result = Type::timestamp_ltz(3);
  if (given.size() < 3) {
    return bind_parse("TO_TIMESTAMP_LTZ", given, result,
                      given.size() == 1 ? instant_of_text : to_timestamp);
  }
  return partial("TO_TIMESTAMP_LTZ", fitted(given, {kText, kText, kText}, 3), result,
                 instant_of_text_in_zone);
}

std::optional<ScalarSignature> bind_instant(Types given) {
  const Type result = Type::timestamp_ltz(3);
  if (!given.empty() && given[0].is_string()) {
    return bind_instant_of_text(given);
  }
  const bool is_floating =
      !given.empty() && (given[0].kind == TypeKind::double_ || given[0].kind == TypeKind::float_);
  if (is_floating) {
    return partial("TO_TIMESTAMP_LTZ", fitted(given, {Accepts::number, kWhole}, 1), result,
                   instant_of_fraction);
  }
  if (!given.empty() && given[0].is_numeric() && !given[0].is_integer()) {
    const std::vector<Type> whole = {Type::of(TypeKind::bigint, given[0].nullable)};
    return given.size() == 1
               ? partial("TO_TIMESTAMP_LTZ", fitted(whole, {kWhole}, 1), result, instant_of_number)
               : partial("TO_TIMESTAMP_LTZ",
                         fitted(std::vector<Type>{whole[0], given[1]}, {kWhole, kWhole}, 1), result,
                         instant_of_number);
  }
  return partial("TO_TIMESTAMP_LTZ", fitted(given, {kWhole, kWhole}, 1), result, instant_of_number);
}

std::optional<ScalarSignature> bind_format(Types given) {
  if (given.size() != 2 || !given[1].is_string()) {
    return std::nullopt;
  }
  if (given[0].is_string()) {
    return bind_format_text(given);
  }
  if (!given[0].is_timestamp()) {  // a date's or a time's is for a CAST to say
    return std::nullopt;
  }
  const std::vector<Type> arguments = {given[0], given[1]};
  return ScalarSignature{"DATE_FORMAT", arguments, Type::string(), formatted};
}

ScalarSignature with_pattern_to_show(ScalarSignature signature,
                                     std::span<const Expression> arguments) {
  check_shown(arguments, arguments[0].type.is_string() ? DatePattern::Kind::simple
                                                       : DatePattern::Kind::formatter);
  return signature;
}

ScalarSignature with_pattern_to_read(ScalarSignature signature,
                                     std::span<const Expression> arguments) {
  if (const auto pattern = written_pattern(arguments)) {
    DatePattern(*pattern).check_read();
  }
  return signature;
}

// Of what kind an instant is, from the digits that are said or the letters of a pattern.
ScalarSignature with_precision(ScalarSignature signature, std::span<const Expression> arguments) {
  if (arguments.size() < 2 || arguments[1].kind != ExpressionKind::literal ||
      arguments[1].literal.is_null(0)) {
    return signature;
  }
  const auto pattern = written_pattern(arguments);
  const int64_t digits = pattern ? std::count(pattern->begin(), pattern->end(), 'S')
                                 : arguments[1].literal.values<int64_t>()[0];
  if (digits > 3 && digits <= 9) {
    signature.result = Type::timestamp_ltz(static_cast<int32_t>(digits), signature.result.nullable);
  }
  return with_pattern_to_read(std::move(signature), arguments);
}

constexpr ScalarFunction kFunctions[] = {
    {"TO_TIMESTAMP", "TO_TIMESTAMP(string [, pattern])",
     "A TIMESTAMP(3) from text; NULL if it is none.",
     [](Types given) {
       return bind_parse("TO_TIMESTAMP", given, Type::timestamp(3), to_timestamp);
     },
     with_pattern_to_read},
    {"TO_TIMESTAMP_LTZ",
     "TO_TIMESTAMP_LTZ(number [, precision]), TO_TIMESTAMP_LTZ(string [, pattern [, zone]])",
     "An instant from milliseconds (precision 3), seconds (0) or others since 1970, or from text.",
     bind_instant, with_precision},
    {"TO_DATE", "TO_DATE(string [, pattern])", "A date from text; NULL if it is none.",
     bind_to_date},
    {"DATE_FORMAT", "DATE_FORMAT(timestamp, pattern)",
     "A time as text, by a pattern of Java's letters.", bind_format, with_pattern_to_show},
};

}  // namespace

std::span<const ScalarFunction> time_format_functions() { return kFunctions; }

}  // namespace millrace::function
