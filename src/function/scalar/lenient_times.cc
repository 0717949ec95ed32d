#include "function/scalar/lenient_times.h"

#include <limits>

#include "base/error.h"
#include "column/builder.h"
#include "function/kernel.h"
#include "function/scalar/binding.h"
#include "function/scalar/families.h"
#include "function/scalar/last_pattern.h"
#include "function/scalar/time_patterns.h"
#include "function/value/date_pattern.h"
#include "function/value/java_zones.h"
#include "function/value/lenient_time.h"
#include "function/value/wrapping.h"

namespace millrace::function {

namespace {

using Types = std::span<const Type>;

constexpr std::string_view kUsual = "yyyy-MM-dd HH:mm:ss";

struct ZoneMemory final : KernelMemory {
  explicit ZoneMemory(std::shared_ptr<const TimeZone> the_zone) : zone(std::move(the_zone)) {}
  std::shared_ptr<const TimeZone> zone;
};

int64_t shown_by_utc(const LenientTime& time) {
  return wrapping_subtract(time.clock_ms, time.offset_ms.value_or(0));
}

// UNIX_TIMESTAMP(text [, pattern]): what is no time is the least number there is, as in Flink.
Column seconds_of_text(const KernelCall& call) {
  const auto* memory = static_cast<const ZoneMemory*>(call.memory);
  ResultValues<int64_t> result(call);
  const View<StringRef> text(call.arguments[0]);
  const bool has_pattern = call.arguments.size() > 1;
  const View<StringRef> pattern(call.arguments[has_pattern ? 1 : 0]);
  LastPattern<LenientPattern> patterns;
  const Timestamp now = call.context.now();
  for_each_present(
      call.rows, result,
      [&](uint32_t row) {
        const auto time =
            patterns.of(has_pattern ? pattern[row].view() : kUsual, now).parse(text[row].view());
        if (!time) {
          return result.set(row, std::numeric_limits<int64_t>::min());
        }
        result.set(
            row, (memory == nullptr ? shown_by_utc(*time) : lenient_instant(*time, *memory->zone)) /
                     1000);
      },
      text, pattern);
  return result.finish();
}

Column seconds_now(const KernelCall& call) {
  ColumnBuilder builder(call.result);
  builder.add<int64_t>(floor_div(call.context.now().ms, 1000));
  return Column::constant(builder.finish(), call.size);
}

Column formatted_text(const KernelCall& call) {
  ResultStrings result(call);
  const View<StringRef> text(call.arguments[0]);
  const View<StringRef> pattern(call.arguments[1]);
  const LenientPattern usual(kUsual, call.context.now());
  LastPattern<DatePattern> shown;
  std::string out;
  for_each_present(
      call.rows, result,
      [&](uint32_t row) {
        const auto time = usual.parse(text[row].view());
        if (!time) {
          return result.set_null(row);
        }
        out.clear();
        shown.of(pattern[row].view(), DatePattern::Kind::simple)
            .append(moment_of(time->clock_ms, 1000), out);
        result.set(row, out);
      },
      text, pattern);
  return result.finish();
}

// FROM_UNIXTIME(seconds [, pattern]).
Column shown_seconds(const KernelCall& call) {
  const auto* memory = static_cast<const ZoneMemory*>(call.memory);
  ResultStrings result(call);
  const View<int64_t> seconds(call.arguments[0]);
  const bool has_pattern = call.arguments.size() > 1;
  LastPattern<DatePattern> patterns;
  std::string out;
  for_each(call.rows, [&](uint32_t row) {
    if (seconds.is_null(row) || (has_pattern && call.arguments[1].is_null(row))) {
      return result.set_null(row);
    }
    const int64_t ms = wrapping_multiply(seconds[row], int64_t{1000});
    const int64_t clock = memory == nullptr ? ms : lenient_clock(ms, *memory->zone);
    const std::string_view pattern =
        has_pattern ? View<StringRef>(call.arguments[1])[row].view() : kUsual;
    out.clear();
    patterns.of(pattern, DatePattern::Kind::simple).append(moment_of(clock, 1000), out);
    result.set(row, out);
  });
  return result.finish();
}

struct ZonesMemory final : KernelMemory {
  JavaZones zones;
};

// Keeps the zone as long as the rows have the same.
class LastZone {
 public:
  explicit LastZone(JavaZones& zones) : zones_(zones) {}

  const TimeZone& of(std::string_view name) {
    if (zone_ == nullptr || name_ != name) {
      name_ = name;
      zone_ = zones_.of(name);
    }
    return *zone_;
  }

 private:
  JavaZones& zones_;
  std::string name_;
  std::shared_ptr<const TimeZone> zone_;
};

// CONVERT_TZ(text, from, to)
Column converted(const KernelCall& call) {
  ResultStrings result(call);
  const View<StringRef> text(call.arguments[0]);
  const View<StringRef> from(call.arguments[1]);
  const View<StringRef> to(call.arguments[2]);
  const LenientPattern usual(kUsual, call.context.now());
  const DatePattern shown(kUsual);
  JavaZones& zones = static_cast<ZonesMemory*>(call.memory)->zones;
  LastZone from_zone(zones);
  LastZone to_zone(zones);
  std::string out;
  for_each_present(
      call.rows, result,
      [&](uint32_t row) {
        const auto time = usual.parse(text[row].view());
        if (!time) {
          return result.set_null(row);
        }
        const int64_t instant = lenient_instant(*time, from_zone.of(from[row].view()));
        out.clear();
        shown.append(moment_of(lenient_clock(instant, to_zone.of(to[row].view())), 1000), out);
        result.set(row, out);
      },
      text, from, to);
  return result.finish();
}

constexpr auto kText = Accepts::text;

std::optional<ScalarSignature> bind_convert(Types given) {
  for (const Type& type : given) {
    if (!type.is_string() && type.kind != TypeKind::null_) {
      return std::nullopt;
    }
  }
  auto signature =
      partial("CONVERT_TZ", fitted(given, {kText, kText, kText}, 3), Type::string(), converted);
  if (signature) {
    signature->memory = std::make_shared<ZonesMemory>();
  }
  return signature;
}

constexpr ScalarFunction kFunctions[] = {
    {"CONVERT_TZ", "CONVERT_TZ(string, from, to)",
     "A time in text, as a clock of another time zone shows it; NULL if it is none.", bind_convert},
    {"FROM_UNIXTIME", "FROM_UNIXTIME(seconds [, pattern])", "Seconds since 1970 as text.",
     [](Types given) {
       return partial("FROM_UNIXTIME", fitted(given, {Accepts::whole, kText}, 1), Type::string(),
                      shown_seconds);
     },
     [](ScalarSignature signature, std::span<const Expression> arguments) {
       check_shown(arguments, DatePattern::Kind::simple);
       return signature;
     }},
    {"UNIX_TIMESTAMP", "UNIX_TIMESTAMP([string [, pattern]])",
     "Seconds since 1970, now or of a time in text.", bind_unix_timestamp},
};

}  // namespace

std::optional<ScalarSignature> bind_unix_timestamp(Types given) {
  if (given.empty()) {
    return ScalarSignature{"UNIX_TIMESTAMP",
                           {},
                           Type::of(TypeKind::bigint, false),
                           seconds_now,
                           Volatility::per_batch};
  }
  for (const Type& type : given) {
    if (!type.is_string() && type.kind != TypeKind::null_) {
      return std::nullopt;
    }
  }
  auto signature = strict("UNIX_TIMESTAMP", fitted(given, {kText, kText}, 1),
                          Type::of(TypeKind::bigint), seconds_of_text);
  if (signature && given.size() > 1) {
    signature->volatility = Volatility::per_batch;  // a pattern's years of two digits are near now
  }
  return signature;
}

std::optional<ScalarSignature> bind_format_text(Types given) {
  return partial("DATE_FORMAT", fitted(given, {kText, kText}, 2), Type::string(), formatted_text);
}

ScalarSignature unix_time_in(ScalarSignature bound, std::shared_ptr<const TimeZone> zone) {
  bound.name += "[" + zone->name() + "]";
  bound.memory = std::make_shared<ZoneMemory>(std::move(zone));
  return bound;
}

std::span<const ScalarFunction> lenient_time_functions() { return kFunctions; }

}  // namespace millrace::function
