#include "function/scalar/lenient_times.h"

#include <limits>
#include <map>

#include "base/error.h"
#include "column/builder.h"
#include "function/kernel.h"
#include "function/scalar/binding.h"
#include "function/scalar/families.h"
#include "function/value/date_pattern.h"
#include "function/value/lenient_time.h"

namespace millrace::function {

namespace {

using Types = std::span<const Type>;

constexpr std::string_view kUsual = "yyyy-MM-dd HH:mm:ss";

struct ZoneMemory final : KernelMemory {
  explicit ZoneMemory(std::shared_ptr<const TimeZone> the_zone) : zone(std::move(the_zone)) {}
  std::shared_ptr<const TimeZone> zone;
};

// Keeps the pattern compiled as long as the rows have the same.
class Patterns {
 public:
  const LenientPattern& of(std::string_view pattern) {
    if (!compiled_ || text_ != pattern) {
      text_ = pattern;
      compiled_.emplace(pattern);
    }
    return *compiled_;
  }

 private:
  std::string text_;
  std::optional<LenientPattern> compiled_;
};

int64_t shown_by_utc(const LenientTime& time) { return time.clock_ms - time.offset_ms.value_or(0); }

// UNIX_TIMESTAMP(text [, pattern]): what is no time is the least number there is, as in Flink.
Column seconds_of_text(const KernelCall& call) {
  const auto* memory = static_cast<const ZoneMemory*>(call.memory);
  ResultValues<int64_t> result(call);
  const View<StringRef> text(call.arguments[0]);
  const bool has_pattern = call.arguments.size() > 1;
  const View<StringRef> pattern(call.arguments[has_pattern ? 1 : 0]);
  Patterns patterns;
  for_each_present(
      call.rows, result,
      [&](uint32_t row) {
        const auto time =
            patterns.of(has_pattern ? pattern[row].view() : kUsual).parse(text[row].view());
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
  const LenientPattern usual(kUsual);
  std::string out;
  for_each_present(
      call.rows, result,
      [&](uint32_t row) {
        const auto time = usual.parse(text[row].view());
        if (!time) {
          return result.set_null(row);
        }
        out.clear();
        DatePattern(pattern[row].view()).append(moment_of(time->clock_ms, 1000), out);
        result.set(row, out);
      },
      text, pattern);
  return result.finish();
}

// Names that Java keeps from its first years.
std::string_view full_name(std::string_view name) {
  struct Named {
    std::string_view name, zone;
  };
  static constexpr Named kOld[] = {
      {"ACT", "Australia/Darwin"},
      {"AET", "Australia/Sydney"},
      {"AGT", "America/Argentina/Buenos_Aires"},
      {"ART", "Africa/Cairo"},
      {"AST", "America/Anchorage"},
      {"BET", "America/Sao_Paulo"},
      {"BST", "Asia/Dhaka"},
      {"CAT", "Africa/Harare"},
      {"CNT", "America/St_Johns"},
      {"CST", "America/Chicago"},
      {"CTT", "Asia/Shanghai"},
      {"EAT", "Africa/Addis_Ababa"},
      {"ECT", "Europe/Paris"},
      {"IET", "America/Indiana/Indianapolis"},
      {"IST", "Asia/Kolkata"},
      {"JST", "Asia/Tokyo"},
      {"MIT", "Pacific/Apia"},
      {"NET", "Asia/Yerevan"},
      {"NST", "Pacific/Auckland"},
      {"PLT", "Asia/Karachi"},
      {"PNT", "America/Phoenix"},
      {"PRT", "America/Puerto_Rico"},
      {"PST", "America/Los_Angeles"},
      {"SST", "Pacific/Guadalcanal"},
      {"VST", "Asia/Ho_Chi_Minh"},
  };
  for (const Named& old : kOld) {
    if (old.name == name) {
      return old.zone;
    }
  }
  return name;
}

// Zones by name, each found once; what is none is UTC, as for java.util.TimeZone.
class Zones {
 public:
  const TimeZone& of(std::string_view name) {
    const auto found = zones_.find(name);
    return found != zones_.end() ? *found->second : *zones_.emplace(name, find(name)).first->second;
  }

 private:
  static std::shared_ptr<const TimeZone> find(std::string_view name) {
    std::string full(full_name(name));
    // "GMT+2" is written out; "+02:00" alone is no zone.
    if (full.starts_with("GMT") && full.size() > 4 && full.find(':') == std::string::npos) {
      const bool short_hour = full.size() == 5;
      full = full.substr(0, 4) + (short_hour ? "0" : "") + full.substr(4, short_hour ? 1 : 2) +
             ":" + (full.size() > 6 ? full.substr(6) : "00");
    }
    const bool is_name = !full.empty() && full.front() != '+' && full.front() != '-';
    // A name that is none is an answer here, no error.
    try {
      return TimeZone::find(is_name ? full : "UTC");
    } catch (const Error&) {
      return TimeZone::find("UTC");
    }
  }

  std::map<std::string, std::shared_ptr<const TimeZone>, std::less<>> zones_;
};

// CONVERT_TZ(text, from, to)
Column converted(const KernelCall& call) {
  ResultStrings result(call);
  const View<StringRef> text(call.arguments[0]);
  const View<StringRef> from(call.arguments[1]);
  const View<StringRef> to(call.arguments[2]);
  const LenientPattern usual(kUsual);
  const DatePattern shown(kUsual);
  Zones zones;
  std::string out;
  for_each_present(
      call.rows, result,
      [&](uint32_t row) {
        const auto time = usual.parse(text[row].view());
        if (!time) {
          return result.set_null(row);
        }
        const int64_t instant = lenient_instant(*time, zones.of(from[row].view()));
        out.clear();
        shown.append(moment_of(zones.of(to[row].view()).to_local(instant), 1000), out);
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
  return partial("CONVERT_TZ", fitted(given, {kText, kText, kText}, 3), Type::string(), converted);
}

constexpr ScalarFunction kFunctions[] = {
    {"CONVERT_TZ", "CONVERT_TZ(string, from, to)",
     "A time in text, as a clock of another time zone shows it; NULL if it is none.", bind_convert},
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
  return strict("UNIX_TIMESTAMP", fitted(given, {kText, kText}, 1), Type::of(TypeKind::bigint),
                seconds_of_text);
}

std::optional<ScalarSignature> bind_format_text(Types given) {
  return partial("DATE_FORMAT", fitted(given, {kText, kText}, 2), Type::string(), formatted_text);
}

ScalarSignature unix_timestamp_in(ScalarSignature bound, std::shared_ptr<const TimeZone> zone) {
  bound.name += "[" + zone->name() + "]";
  bound.memory = std::make_shared<ZoneMemory>(std::move(zone));
  return bound;
}

std::span<const ScalarFunction> lenient_time_functions() { return kFunctions; }

}  // namespace millrace::function
