// What time it is: the same for all rows of a batch. Everything is in UTC.

#include "column/builder.h"
#include "function/kernel.h"
#include "function/scalar/families.h"
#include "function/value/time_text.h"

namespace millrace::function {

namespace {

template <typename T>
Column same_for_all(const KernelCall& call, T value) {
  ColumnBuilder builder(call.result);
  builder.add<T>(value);
  return Column::constant(builder.finish(), call.size);
}

Column now_in_ms(const KernelCall& call) {
  return same_for_all<int64_t>(call, call.context.now().ms);
}

Column today(const KernelCall& call) {
  return same_for_all<int32_t>(call,
                               static_cast<int32_t>(floor_div(call.context.now().ms, kDayMs)));
}

Column time_of_day(const KernelCall& call) {
  return same_for_all<int32_t>(
      call, static_cast<int32_t>(floor_mod(call.context.now().ms, kDayMs) / 1000 * 1000));
}

Column watermark(const KernelCall& call) {
  const Watermark now = call.context.watermark();
  return now == Watermark::none() ? Column::null(call.result, call.size)
                                  : same_for_all<int64_t>(call, now.ms);
}

// Of an event time, which the planner sees to.
std::optional<ScalarSignature> bind_watermark(std::span<const Type> given) {
  if (given.size() != 1 || !given[0].is_timestamp() || given[0].precision > 3) {
    return std::nullopt;
  }
  const Type result =
      given[0].kind == TypeKind::timestamp_ltz ? Type::timestamp_ltz(3) : Type::timestamp(3);
  return ScalarSignature{
      std::string(kCurrentWatermark), {given[0]}, result, watermark, Volatility::per_row};
}

std::optional<ScalarSignature> bind_clock(std::string_view name, std::span<const Type> given,
                                          Type result, Kernel kernel) {
  if (!given.empty()) {
    return std::nullopt;
  }
  return ScalarSignature{std::string(name), {}, std::move(result), kernel, Volatility::per_batch};
}

using Types = std::span<const Type>;

constexpr ScalarFunction kFunctions[] = {
    {"CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP", "This instant, as TIMESTAMP_LTZ(3).",
     [](Types given) {
       return bind_clock("CURRENT_TIMESTAMP", given, Type::timestamp_ltz(3, false), now_in_ms);
     }},
    {"NOW", "NOW()", "This instant, as TIMESTAMP_LTZ(3).",
     [](Types given) {
       return bind_clock("NOW", given, Type::timestamp_ltz(3, false), now_in_ms);
     }},
    {"CURRENT_ROW_TIMESTAMP", "CURRENT_ROW_TIMESTAMP()", "This instant, as TIMESTAMP_LTZ(3).",
     [](Types given) {
       return bind_clock("CURRENT_ROW_TIMESTAMP", given, Type::timestamp_ltz(3, false), now_in_ms);
     }},
    {"PROCTIME", "PROCTIME()", "The time of processing, as TIMESTAMP_LTZ(3).",
     [](Types given) {
       return bind_clock("PROCTIME", given, Type::timestamp_ltz(3, false), now_in_ms);
     }},
    {kCurrentWatermark, "CURRENT_WATERMARK(rowtime)",
     "How far event time had come ahead of the row; NULL as long as nothing is known.",
     bind_watermark},
    {"LOCALTIMESTAMP", "LOCALTIMESTAMP", "Date and time now, as TIMESTAMP(3).",
     [](Types given) {
       return bind_clock("LOCALTIMESTAMP", given, Type::timestamp(3, false), now_in_ms);
     }},
    {"CURRENT_DATE", "CURRENT_DATE", "The date today.",
     [](Types given) {
       return bind_clock("CURRENT_DATE", given, Type::of(TypeKind::date, false), today);
     }},
    {"CURRENT_TIME", "CURRENT_TIME", "The time of day now.",
     [](Types given) {
       return bind_clock("CURRENT_TIME", given, Type::of(TypeKind::time, false), time_of_day);
     }},
    {"LOCALTIME", "LOCALTIME", "The time of day now.",
     [](Types given) {
       return bind_clock("LOCALTIME", given, Type::of(TypeKind::time, false), time_of_day);
     }},
};

}  // namespace

std::span<const ScalarFunction> clock_functions() { return kFunctions; }

}  // namespace millrace::function
