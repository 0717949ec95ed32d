#include "plan/bind/literals.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/split.h"
#include "column/builder.h"
#include "function/evaluate.h"

namespace millrace::plan {

using function::Expression;

namespace {

template <typename T>
Expression of_value(Type type, T value) {
  ColumnBuilder builder(std::move(type));
  builder.add(value);
  return Expression::of_literal(builder.finish());
}

Expression of_text(Type type, std::string_view text) {
  ColumnBuilder builder(std::move(type));
  builder.add_string(text);
  return Expression::of_literal(builder.finish());
}

int32_t length_of(std::string_view text) { return static_cast<int32_t>(text.size()); }

// A text cast to a type, as the literal it must be; `what` and `text` are for the error.
Expression parsed(std::string_view text, const Type& type, const std::string& what,
                  const Position& at) {
  function::EvaluationContext context(Timestamp{0});
  const Expression written = string_literal(text);
  const Column value = function::cast(written.literal, type, Rows(1), false, context);
  if (!context.failures().empty() || value.is_null(0)) {
    throw Error(ErrorCode::invalid_argument, "'" + std::string(text) + "' is no " + what, at);
  }
  return Expression::of_literal(value.slice(0, 1));
}

std::optional<int64_t> whole(const std::string& text) {
  int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

[[noreturn]] void fail_out_of_range(const std::string& text, const Position& at) {
  throw Error(ErrorCode::invalid_argument,
              "numeric literal '" + text +
                  "' is out of range: its digits must fit 64 bits, and an "
                  "approximate one a DOUBLE",
              at);
}

// Each digit that is written counts, also a zero ahead of the point.
Expression decimal_literal(const std::string& text, const Position& at) {
  constexpr int32_t kMostDigits = 38;
  std::string unscaled = text;
  std::erase(unscaled, '.');
  if (!whole(unscaled)) {
    fail_out_of_range(text, at);
  }
  const size_t point = std::min(text.find('.'), text.size());
  const auto scale = static_cast<int32_t>(point == text.size() ? 0 : text.size() - point - 1);
  const auto digits = static_cast<int32_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }));
  const int32_t precision = std::min(digits, kMostDigits);
  return parsed(text, Type::decimal(precision, scale, false), "number", at);
}

int64_t unit_ms(sql::TimeUnit unit) {
  switch (unit) {
    case sql::TimeUnit::week: return 7 * 86'400'000LL;
    case sql::TimeUnit::day: return 86'400'000;
    case sql::TimeUnit::hour: return 3'600'000;
    case sql::TimeUnit::minute: return 60'000;
    case sql::TimeUnit::second: return 1'000;
    case sql::TimeUnit::millisecond: return 1;
    case sql::TimeUnit::millennium:
    case sql::TimeUnit::century:
    case sql::TimeUnit::decade:
    case sql::TimeUnit::year:
    case sql::TimeUnit::isoyear:
    case sql::TimeUnit::quarter:
    case sql::TimeUnit::month:
    case sql::TimeUnit::dow:
    case sql::TimeUnit::isodow:
    case sql::TimeUnit::doy:
    case sql::TimeUnit::microsecond:
    case sql::TimeUnit::nanosecond:
    case sql::TimeUnit::epoch: return 0;
  }
  return 0;
}

int64_t unit_months(sql::TimeUnit unit) {
  return unit == sql::TimeUnit::year      ? 12
         : unit == sql::TimeUnit::quarter ? 3
         : unit == sql::TimeUnit::month   ? 1
                                          : 0;
}

// The numbers of an interval's text, which stand between the separators of its units: "1 12:30".
class IntervalText {
 public:
  IntervalText(const sql::IntervalLiteral& literal, const Position& at)
      : literal_(literal), rest_(trimmed(literal.text)), at_(at) {}

  [[noreturn]] void fail() const {
    std::string units(word_of(literal_.units.from));
    if (literal_.units.to) {
      units += " TO " + std::string(word_of(*literal_.units.to));
    }
    throw Error(ErrorCode::invalid_argument, "'" + literal_.text + "' is no interval of " + units,
                at_);
  }
  bool negative() {
    const bool minus = !rest_.empty() && rest_.front() == '-';
    if (minus || (!rest_.empty() && rest_.front() == '+')) {
      rest_.remove_prefix(1);
    }
    return minus != literal_.negative;
  }
  // The number of the first unit, of which the type says how many digits it may have.
  int64_t leading_number() {
    constexpr int32_t kUsualDigits = 2;
    const int64_t value = number();
    const int32_t most = literal_.units.precision.value_or(kUsualDigits);
    const size_t digits = std::to_string(value).size();
    if (digits > static_cast<size_t>(most) || value > INT32_MAX) {
      const std::string unit(word_of(literal_.units.from));
      throw Error(ErrorCode::invalid_argument,
                  "interval field value " + std::to_string(value) + " exceeds the precision of a " +
                      unit + "(" + std::to_string(most) + ") field: " +
                      (value > INT32_MAX ? std::to_string(INT32_MAX) + " is the most"
                                         : "say " + unit + "(" + std::to_string(digits) + ")"),
                  at_);
    }
    return value;
  }
  int64_t number() {
    int64_t value = 0;
    const auto [end, failure] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (failure != std::errc() || rest_.empty() || rest_.front() == '-') {
      fail();
    }
    rest_.remove_prefix(static_cast<size_t>(end - rest_.data()));
    return value;
  }
  // The number of a unit within a greater one.
  int64_t number_below(int64_t limit) {
    const int64_t value = number();
    if (value >= limit) {
      fail();
    }
    return value;
  }
  void separator(char expected) {
    if (rest_.empty() || rest_.front() != expected) {
      fail();
    }
    rest_.remove_prefix(1);
  }
  // Milliseconds of a fraction of a second, where one follows.
  int64_t fraction_ms() {
    if (rest_.empty() || rest_.front() != '.') {
      return 0;
    }
    rest_.remove_prefix(1);
    constexpr size_t kMostDigits = 6;
    if (rest_.size() > kMostDigits) {
      fail();
    }
    int64_t ms = 0;
    for (int64_t worth = 100; !rest_.empty(); worth /= 10) {
      if (rest_.front() < '0' || rest_.front() > '9') {
        fail();
      }
      ms += worth * (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    return ms;
  }
  void end() const {
    if (!rest_.empty()) {
      fail();
    }
  }

 private:
  const sql::IntervalLiteral& literal_;
  std::string_view rest_;
  const Position& at_;
};

// From the units in the order DAY, HOUR, MINUTE, SECOND.
int64_t interval_ms(const sql::IntervalLiteral& literal, IntervalText& text) {
  const sql::TimeUnit last = literal.units.to.value_or(literal.units.from);
  int64_t ms = 0;
  auto unit = literal.units.from;
  while (true) {
    ms += unit_ms(unit) * (unit == literal.units.from    ? text.leading_number()
                           : unit == sql::TimeUnit::hour ? text.number_below(24)
                                                         : text.number_below(60));
    if (unit == last) {
      break;
    }
    text.separator(unit == sql::TimeUnit::day ? ' ' : ':');
    unit = static_cast<sql::TimeUnit>(static_cast<uint8_t>(unit) + 1);
    while (unit_ms(unit) == 0) {
      unit = static_cast<sql::TimeUnit>(static_cast<uint8_t>(unit) + 1);
    }
  }
  return ms + (last == sql::TimeUnit::second ? text.fraction_ms() : 0);
}

}  // namespace

Expression null_literal() {
  ColumnBuilder builder(Type::of(TypeKind::null_));
  builder.add_null();
  return Expression::of_literal(builder.finish());
}

Expression boolean_literal(bool value) {
  return of_value(Type::of(TypeKind::boolean, false), static_cast<uint8_t>(value ? 1 : 0));
}

Expression integer_literal(int32_t value) {
  return of_value(Type::of(TypeKind::integer, false), value);
}

Expression bigint_literal(int64_t value) {
  return of_value(Type::of(TypeKind::bigint, false), value);
}

Expression string_literal(std::string_view text) {
  // Of a literal CHAR counts codes of UTF-16: UTF-8 continuation bytes begin none, and what has
  // four bytes is two.
  int32_t codes = 0;
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    codes += byte >= 0xF0 ? 2 : (byte & 0xC0) != 0x80 ? 1 : 0;
  }
  return of_text(Type::with_length(TypeKind::char_, codes, false), text);
}

Expression binary_literal(std::string_view bytes) {
  return of_text(Type::with_length(TypeKind::binary, length_of(bytes), false), bytes);
}

Expression number_literal(const std::string& text, bool approximate, const Position& at) {
  if (approximate) {
    Expression literal = parsed(text, Type::of(TypeKind::double_, false), "number", at);
    if (!std::isfinite(literal.literal.values<double>()[0])) {
      fail_out_of_range(text, at);
    }
    return literal;
  }
  const std::string digits = text.ends_with('.') ? text.substr(0, text.size() - 1) : text;
  if (const auto value = whole(digits)) {
    if (*value >= INT32_MIN && *value <= INT32_MAX) {
      return integer_literal(static_cast<int32_t>(*value));
    }
    return bigint_literal(*value);
  }
  return decimal_literal(text, at);
}

// Stricter than a cast: a literal has all of its parts, and none beyond its range.
static void check_parts(const std::string& text, char separator, std::string_view form,
                        const std::string& what, const Position& at) {
  const bool is_clock = separator == ':';
  std::string_view rest = text;
  bool good = true;
  for (int part = 0; part < 3; ++part) {
    const size_t end = part < 2 ? rest.find(separator) : is_clock ? rest.find('.') : rest.size();
    const std::optional<int64_t> value = whole(std::string(rest.substr(0, end)));
    good = good && value && *value >= 0 && (part == 2 || end != std::string_view::npos) &&
           (!is_clock || *value < (part == 0 ? 24 : 60));
    rest.remove_prefix(std::min(rest.size(), end == std::string_view::npos ? end : end + 1));
  }
  if (!good) {
    throw Error(ErrorCode::invalid_argument,
                "'" + text + "' is no " + what + ": write it as " + std::string(form), at);
  }
}

static void check_day(const std::string& text, const std::string& what, const Position& at) {
  check_parts(text, '-', "yyyy-MM-dd", what, at);
  parsed(text, Type::of(TypeKind::date, false), what, at);
}

static void check_timestamp(const std::string& text, const Position& at) {
  const size_t space = text.find(' ');
  check_day(text.substr(0, space), "timestamp", at);
  if (space != std::string::npos) {
    check_parts(text.substr(space + 1), ':', "yyyy-MM-dd HH:mm:ss", "timestamp", at);
  }
}

Expression temporal_literal(const sql::TemporalLiteral& literal, const Position& at) {
  constexpr int32_t kMostDigitsOfTime = 3;
  const size_t point = literal.text.find('.');
  const auto precision = static_cast<int32_t>(
      point == std::string::npos ? 0 : std::min<size_t>(9, literal.text.size() - point - 1));
  switch (literal.kind) {
    case sql::TemporalLiteral::Kind::date:
      check_day(literal.text, "date", at);
      return parsed(literal.text, Type::of(TypeKind::date, false), "date", at);
    case sql::TemporalLiteral::Kind::time:
      check_parts(literal.text, ':', "HH:mm:ss", "time", at);
      return parsed(
          literal.text,
          Type::with_length(TypeKind::time, std::min(precision, kMostDigitsOfTime), false), "time",
          at);
    case sql::TemporalLiteral::Kind::timestamp:
      check_timestamp(literal.text, at);
      return parsed(literal.text, Type::timestamp(precision, false), "timestamp", at);
    // The clock of UTC, whatever that of the session: as in Flink.
    case sql::TemporalLiteral::Kind::timestamp_ltz: break;
  }
  check_timestamp(literal.text, at);
  return parsed(literal.text, Type::timestamp_ltz(precision, false), "timestamp", at);
}

Expression interval_literal(const sql::IntervalLiteral& literal, const Position& at) {
  IntervalText text(literal, at);
  const bool negative = text.negative();
  if (unit_months(literal.units.from) > 0) {
    int64_t months = text.leading_number() * unit_months(literal.units.from);
    if (literal.units.to) {
      text.separator('-');
      months += text.number_below(12);
    }
    text.end();
    return of_value(Type::of(TypeKind::interval_month, false),
                    static_cast<int32_t>(negative ? -months : months));
  }
  if (unit_ms(literal.units.from) == 0) {
    throw Error(ErrorCode::unsupported,
                "an interval cannot be in " + std::string(word_of(literal.units.from)), at);
  }
  const int64_t ms = interval_ms(literal, text);
  text.end();
  return of_value(Type::of(TypeKind::interval_ms, false), negative ? -ms : ms);
}

int64_t length_of_unit(sql::TimeUnit unit) {
  const int64_t months = unit_months(unit);
  return months > 0 ? months : unit_ms(unit);
}

}  // namespace millrace::plan
