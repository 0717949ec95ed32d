// Parts of dates and times: EXTRACT and the functions named after a unit.

#include "function/scalar/families.h"
#include "function/scalar/moments.h"

namespace millrace::function {

namespace {

// Of an interval: what is left of the greater units, towards zero.
int64_t part_of_ms(int64_t ms, TimeUnit unit) {
  return unit == TimeUnit::day      ? ms / kDayMs
         : unit == TimeUnit::hour   ? ms % kDayMs / 3'600'000
         : unit == TimeUnit::minute ? ms % 3'600'000 / 60'000
         : unit == TimeUnit::second ? ms % 60'000 / 1000
                                    : ms % 1000;
}

// The seconds of a DATE: as Flink has it, of its number of days taken for milliseconds.
Column seconds_of_days(const KernelCall& call, const Column& dates, TimeUnit unit) {
  ResultValues<int64_t> result(call);
  const View<int32_t> days(dates);
  for_each_present(
      call.rows, result, [&](uint32_t row) { result.set(row, part_of_ms(days[row], unit)); }, days);
  return result.finish();
}

Column each_part(const KernelCall& call, const Column& times, TimeUnit unit) {
  const bool is_second = unit == TimeUnit::second || unit == TimeUnit::millisecond;
  if (is_second && times.type().kind == TypeKind::date) {
    return seconds_of_days(call, times, unit);
  }
  ResultValues<int64_t> result(call);
  const MomentView view(times);
  for_each_present(
      call.rows, result, [&](uint32_t row) { result.set(row, part_of(view[row], unit)); }, view);
  return result.finish();
}

Column extract(const KernelCall& call) {
  return each_part(call, call.arguments[1], unit_from(call.arguments[0]));
}

template <TimeUnit unit>
Column part(const KernelCall& call) {
  return each_part(call, call.arguments[0], unit);
}

int64_t part_of_months(int64_t months, TimeUnit unit) {
  return unit == TimeUnit::year      ? months / 12
         : unit == TimeUnit::quarter ? months % 12 / 3 + 1
                                     : months % 12;
}

template <typename T, int64_t (*part)(int64_t, TimeUnit)>
Column extract_of_interval(const KernelCall& call) {
  const TimeUnit unit = unit_from(call.arguments[0]);
  const View<T> interval(call.arguments[1]);
  ResultValues<int64_t> result(call);
  for_each_present(
      call.rows, result, [&](uint32_t row) { result.set(row, part(interval[row], unit)); },
      interval);
  return result.finish();
}

Kernel kernel_of_interval(const Type& type) {
  return type.kind == TypeKind::interval_ms      ? extract_of_interval<int64_t, part_of_ms>
         : type.kind == TypeKind::interval_month ? extract_of_interval<int32_t, part_of_months>
                                                 : nullptr;
}

std::optional<ScalarSignature> bind_extract(std::span<const Type> given) {
  if (given.size() == 2 && given[0].is_string() && kernel_of_interval(given[1]) != nullptr) {
    return ScalarSignature{"EXTRACT",
                           {given[0], given[1]},
                           Type::of(TypeKind::bigint, given[1].nullable),
                           kernel_of_interval(given[1])};
  }
  if (given.size() != 2 || !given[0].is_string() || !has_moments(given[1])) {
    return std::nullopt;
  }
  return ScalarSignature{
      "EXTRACT", {given[0], given[1]}, Type::of(TypeKind::bigint, given[1].nullable), extract};
}

bool is_part_of(TimeUnit unit, const Type& type) {
  if (type.kind == TypeKind::time) {
    return is_within_day(unit) && length_ns(unit) >= 1'000'000;
  }
  if (type.kind == TypeKind::date) {
    return !is_within_day(unit) || length_ns(unit) >= 1'000'000;
  }
  if (type.kind == TypeKind::interval_month) {
    return unit == TimeUnit::year || unit == TimeUnit::quarter || unit == TimeUnit::month;
  }
  return type.kind != TypeKind::interval_ms || unit == TimeUnit::day || unit == TimeUnit::hour ||
         unit == TimeUnit::minute || unit == TimeUnit::second || unit == TimeUnit::millisecond;
}

ScalarSignature extract_of_unit(ScalarSignature signature, std::span<const Expression> arguments) {
  const auto unit = written_unit(arguments[0]);
  if (unit && !is_part_of(*unit, arguments[1].type)) {
    throw Error(ErrorCode::type_mismatch,
                "unit " + std::string(arguments[0].literal.values<StringRef>()[0].view()) +
                    " can not be applied to " + arguments[1].type.as_nullable().to_string());
  }
  return signature;
}

template <TimeUnit unit>
std::optional<ScalarSignature> bind_part(std::string_view name, std::span<const Type> given) {
  if (given.size() != 1 || !has_moments(given[0]) || !is_part_of(unit, given[0])) {
    return std::nullopt;
  }
  return ScalarSignature{
      std::string(name), {given[0]}, Type::of(TypeKind::bigint, given[0].nullable), part<unit>};
}

using Types = std::span<const Type>;

constexpr ScalarFunction kFunctions[] = {
    {"EXTRACT", "EXTRACT(unit FROM time)", "A part of a date, a time or an interval as a number.",
     bind_extract, extract_of_unit},
    {"YEAR", "YEAR(date)", "The year.",
     [](Types given) { return bind_part<TimeUnit::year>("YEAR", given); }},
    {"QUARTER", "QUARTER(date)", "The quarter of the year, 1 to 4.",
     [](Types given) { return bind_part<TimeUnit::quarter>("QUARTER", given); }},
    {"MONTH", "MONTH(date)", "The month of the year, 1 to 12.",
     [](Types given) { return bind_part<TimeUnit::month>("MONTH", given); }},
    {"WEEK", "WEEK(date)", "The week of the year as ISO 8601 counts them.",
     [](Types given) { return bind_part<TimeUnit::week>("WEEK", given); }},
    {"DAYOFYEAR", "DAYOFYEAR(date)", "The day of the year, from 1.",
     [](Types given) { return bind_part<TimeUnit::day_of_year>("DAYOFYEAR", given); }},
    {"DAYOFMONTH", "DAYOFMONTH(date)", "The day of the month, from 1.",
     [](Types given) { return bind_part<TimeUnit::day>("DAYOFMONTH", given); }},
    {"DAYOFWEEK", "DAYOFWEEK(date)", "The day of the week; Sunday is 1.",
     [](Types given) { return bind_part<TimeUnit::day_of_week>("DAYOFWEEK", given); }},
    {"HOUR", "HOUR(time)", "The hour of the day, 0 to 23.",
     [](Types given) { return bind_part<TimeUnit::hour>("HOUR", given); }},
    {"MINUTE", "MINUTE(time)", "The minute of the hour.",
     [](Types given) { return bind_part<TimeUnit::minute>("MINUTE", given); }},
    {"SECOND", "SECOND(time)", "The second of the minute.",
     [](Types given) { return bind_part<TimeUnit::second>("SECOND", given); }},
};

}  // namespace

std::span<const ScalarFunction> time_part_functions() { return kFunctions; }

}  // namespace millrace::function
