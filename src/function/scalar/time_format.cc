// Times from text and numbers, and text from times, by patterns (value/date_pattern.h). What cannot
// be read is NULL, unlike with CAST.

#include "column/builder.h"
#include "function/scalar/binding.h"
#include "function/scalar/families.h"
#include "function/scalar/last_pattern.h"
#include "function/scalar/lenient_times.h"
#include "function/scalar/moments.h"
#include "function/value/date_pattern.h"

namespace millrace::function {

namespace {

constexpr std::string_view kUsual = "yyyy-MM-dd HH:mm:ss";

// parse(text [, pattern]): f(moment) gives the value stored.
template <typename T, typename F>
Column each_parsed(const KernelCall& call, F f) {
  ResultValues<T> result(call);
  const View<StringRef> text(call.arguments[0]);
  const bool has_pattern = call.arguments.size() > 1;
  const View<StringRef> pattern(call.arguments[has_pattern ? 1 : 0]);
  LastPattern<DatePattern> patterns;
  for_each_present(
      call.rows, result,
      [&](uint32_t row) {
        const std::string_view value = text[row].view();
        const std::optional<Moment> moment =
            has_pattern ? patterns.of(pattern[row].view()).parse(value) : parse_timestamp(value);
        if (moment) {
          result.set(row, static_cast<T>(f(*moment)));
        } else {
          result.set_null(row);
        }
      },
      text, pattern);
  return result.finish();
}

Column to_timestamp(const KernelCall& call) {
  const int64_t unit = call.result.timestamp_unit();
  return each_parsed<int64_t>(call, [=](const Moment& at) { return value_of(at, unit); });
}

Column to_date(const KernelCall& call) {
  return each_parsed<int32_t>(call, [](const Moment& at) { return at.day; });
}

// TO_TIMESTAMP_LTZ(number [, precision]): seconds with precision 0, milliseconds with 3.
Column instant_of_number(const KernelCall& call) {
  ResultValues<int64_t> result(call);
  const View<int64_t> number(call.arguments[0]);
  const bool has_precision = call.arguments.size() > 1;
  const View<int64_t> precision(call.arguments[has_precision ? 1 : 0]);
  for_each_present(
      call.rows, result,
      [&](uint32_t row) {
        const int64_t digits = has_precision ? precision[row] : 3;
        if (digits != 0 && digits != 3) {
          return result.fail(
              row, "the precision of TO_TIMESTAMP_LTZ is 0 or 3, found " + std::to_string(digits));
        }
        const uint64_t per = digits == 0 ? 1000 : 1;
        result.set(row, static_cast<int64_t>(static_cast<uint64_t>(number[row]) * per));
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

// FROM_UNIXTIME(seconds [, pattern]).
Column formatted_seconds(const KernelCall& call) {
  ResultStrings result(call);
  const View<int64_t> seconds(call.arguments[0]);
  const bool has_pattern = call.arguments.size() > 1;
  LastPattern<DatePattern> patterns;
  std::string out;
  for_each(call.rows, [&](uint32_t row) {
    if (seconds.is_null(row) || (has_pattern && call.arguments[1].is_null(row))) {
      return result.set_null(row);
    }
    out.clear();
    const std::string_view pattern =
        has_pattern ? View<StringRef>(call.arguments[1])[row].view() : kUsual;
    patterns.of(pattern).append(moment_of(seconds[row], 1), out);
    result.set(row, out);
  });
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

std::optional<ScalarSignature> bind_instant(Types given) {
  const Type result = Type::timestamp_ltz(3);
  if (!given.empty() && given[0].is_string()) {
    return bind_parse("TO_TIMESTAMP_LTZ", given, result, to_timestamp);
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
  if (!has_moments(given[0])) {
    return std::nullopt;
  }
  const std::vector<Type> arguments = {given[0], given[1]};
  return ScalarSignature{"DATE_FORMAT", arguments, Type::string(), formatted};
}

constexpr ScalarFunction kFunctions[] = {
    {"TO_TIMESTAMP", "TO_TIMESTAMP(string [, pattern])",
     "A TIMESTAMP(3) from text; NULL if it is none.",
     [](Types given) {
       return bind_parse("TO_TIMESTAMP", given, Type::timestamp(3), to_timestamp);
     }},
    {"TO_TIMESTAMP_LTZ",
     "TO_TIMESTAMP_LTZ(number [, precision]), TO_TIMESTAMP_LTZ(string [, pattern])",
     "An instant from milliseconds (precision 3) or seconds (0) since 1970, or from text.",
     bind_instant},
    {"TO_DATE", "TO_DATE(string [, pattern])", "A date from text; NULL if it is none.",
     [](Types given) { return bind_parse("TO_DATE", given, Type::of(TypeKind::date), to_date); }},
    {"DATE_FORMAT", "DATE_FORMAT(time, pattern)", "A time as text, by a pattern of Java's letters.",
     bind_format},
    {"FROM_UNIXTIME", "FROM_UNIXTIME(seconds [, pattern])", "Seconds since 1970 as text.",
     [](Types given) {
       return partial("FROM_UNIXTIME", fitted(given, {kWhole, kText}, 1), Type::string(),
                      formatted_seconds);
     }},
};

}  // namespace

std::span<const ScalarFunction> time_format_functions() { return kFunctions; }

}  // namespace millrace::function
