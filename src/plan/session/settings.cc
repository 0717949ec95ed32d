#include "plan/session/settings.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "base/similar.h"
#include "base/time.h"
#include "catalog/check_options.h"
#include "plan/bind/inserts.h"
#include "plan/bind/window_updates.h"
#include "plan/runtime_mode.h"
#include "plan/session/materialized_tables.h"
#include "plan/session_clock.h"
#include "plan/state_expiry.h"

namespace millrace::plan {

namespace {

// A setting that works, with the type of its values as options of tables have them.
struct Working {
  std::string_view key;
  std::string_view type;
};
constexpr std::string_view kName = "pipeline.name";
constexpr Working kWorking[] = {{kName, "string"},
                                {"execution.checkpointing.interval", "duration"},
                                {"execution.checkpointing.incremental", "boolean"},
                                {kDeadLetterTable, "string"},
                                {kLateRowTable, "string"},
                                {"millrace.state.memory", "memory size"},
                                {"scan.watermark.idle-timeout", "duration"},
                                {kRuntimeMode, "streaming|batch"},
                                {"table.exec.source.idle-timeout", "duration"},
                                {"table.exec.sink.not-null-enforcer", "ERROR|DROP"},
                                {kRequireOnConflict, "boolean"},
                                {kStateTtl, "duration"},
                                {kEarlyFire, "boolean"},
                                {kLateFire, "boolean"},
                                {kAllowLateness, "duration"},
                                {kFreshnessThreshold, "duration"},
                                {kDefaultFreshness, "duration"},
                                {kLocalTimeZone, "string"}};

// A setting of Flink's that has one value here, because another would change answers.
struct Fixed {
  std::string_view key;
  std::string_view only;
  std::string_view why;
};
constexpr Fixed kFixed[] = {
    {"table.sql-dialect", "default", "the dialect is Flink's own"},
    {"table.plan.compile.catalog-objects", "all", "plans are not compiled"},
    {"table.dml-sync", "false", "a pipeline file starts its jobs together"},
    {"table.exec.legacy-cast-behaviour", "disabled",
     "a cast that cannot be computed fails; TRY_CAST gives NULL"},
    {kEarlyFireDelay, "0 ms", "a window answers when it ends, or with each row"},
    {kLateFireDelay, "0 ms", "a window answers when it ends, or with each row"}};

// Settings of Flink's whose absence changes no answer; those that begin so, where it ends in a dot.
struct Moot {
  std::string_view key;
  std::string_view why;
};
constexpr Moot kMoot[] = {
    {"client.", "there is no cluster to run on"},
    {"execution.checkpointing.", "each epoch ends in a checkpoint, exactly once"},
    {"execution.", "there is no cluster to run on"},
    {"jobmanager.", "there is no cluster to run on"},
    {"materialized-table.default-freshness.full", "tables are refreshed continuously"},
    {"parallelism.default", "a pipeline is one thread"},
    {"pipeline.", "it tunes Flink's runtime"},
    {"rest.", "there is no cluster to run on"},
    {"restart-strategy", "what may pass is tried again with growing pauses"},
    {"restart-strategy.", "what may pass is tried again with growing pauses"},
    {"sql-client.",
     "answers are printed as changes, or as a table where there are only insertions"},
    {"state.", "state is in memory, and in checkpoints under the data directory"},
    {"table.display.", "answers are as wide as Flink's command line prints them"},
    {"table.exec.async-", "it tunes Flink's runtime"},
    {"table.exec.deduplicate.", "each change is sent, whether or not others could do without"},
    {"table.exec.delta-join.", "it tunes Flink's runtime"},
    {"table.exec.disabled-operators", "it tunes Flink's planner"},
    {"table.exec.interval-join.", "it tunes Flink's runtime"},
    {"table.exec.local-hash-agg.", "it tunes Flink's runtime"},
    {"table.exec.mini-batch.", "each record is answered; the final table is the same"},
    {"table.exec.operator-fusion-codegen.", "it tunes Flink's runtime"},
    {"table.exec.rank.", "it tunes Flink's runtime"},
    {"table.exec.resource.", "a pipeline is one thread"},
    {"table.exec.shuffle-mode", "there is no cluster to run on"},
    {"table.exec.simplify-operator-name-enabled", "it is of Flink's web page"},
    {"table.exec.sink.keyed-shuffle", "a pipeline is one thread"},
    {"table.exec.sink.type-length-enforcer", "what is written is cast to its column's type"},
    {"table.exec.sink.upsert-materialize", "ON CONFLICT alone says which of several rows stays"},
    {"table.exec.sort.", "it tunes Flink's runtime"},
    {"table.exec.spill-", "state that does not fit leaves for the disk by 'millrace.state.memory'"},
    {"table.exec.uid.", "there are no savepoints of Flink's to fit"},
    {"table.exec.window-agg.", "it tunes Flink's runtime"},
    {"table.generated-code.", "it tunes Flink's runtime"},
    {"table.optimizer.", "it tunes Flink's planner"},
    {"taskmanager.", "there is no cluster to run on"}};

bool names_more(const Moot& moot) { return moot.key.ends_with('.') || moot.key.ends_with('-'); }

bool is_named(const Moot& moot, std::string_view key) {
  return names_more(moot) ? key.starts_with(moot.key) : key == moot.key;
}

void check_zone(const sql::Option& setting) {
  try {
    TimeZone::find(setting.value);
  } catch (const Error& error) {  // told where the name stands
    throw Error(error.code(), error.what(), setting.value_position);
  }
}

std::string checked_value(const Working& known, const sql::Option& setting) {
  const auto value = catalog::option_value(known.type, setting.value);
  if (!value) {
    throw Error(ErrorCode::invalid_argument,
                "setting '" + setting.key + "' is '" + setting.value + "'; expected " +
                    catalog::describe_option_type(known.type),
                setting.value_position);
  }
  if (known.key == kLocalTimeZone) {
    check_zone(setting);
  }
  return *value;
}

bool is_same(std::string_view only, const std::string& value) {
  const auto duration = parse_duration(only);
  return value == only || (duration && parse_duration(value) == duration);
}

std::string checked_value(const Fixed& known, const sql::Option& setting) {
  // a choice of one
  std::string value = catalog::option_value(known.only, setting.value).value_or(setting.value);
  if (!is_same(known.only, value)) {
    throw Error(ErrorCode::unsupported,
                "setting '" + setting.key + "' can only be '" + std::string(known.only) +
                    "': " + std::string(known.why),
                setting.value_position);
  }
  return value;
}

// Those by their whole key.
std::vector<std::string> known_keys() {
  std::vector<std::string> known;
  for (const Working& each : kWorking) {
    known.emplace_back(each.key);
  }
  for (const Fixed& each : kFixed) {
    known.emplace_back(each.key);
  }
  return known;
}

[[noreturn]] void fail_unknown(const sql::Option& setting,
                               const std::optional<std::string>& similar) {
  throw Error(ErrorCode::invalid_argument,
              "there is no setting '" + setting.key + "'" + did_you_mean(similar),
              setting.key_position);
}

// One that would work if it were not misspelt must not pass for one that changes nothing.
void refuse_misspelt(const Moot& moot, const sql::Option& setting) {
  if (names_more(moot)) {
    const auto similar = most_similar_behind(moot.key, setting.key, known_keys());
    if (similar) {
      fail_unknown(setting, similar);
    }
  }
}

}  // namespace

CheckedSetting check_setting(const sql::Option& setting) {
  for (const Working& known : kWorking) {
    if (known.key == setting.key) {
      return {checked_value(known, setting), std::nullopt};
    }
  }
  for (const Fixed& known : kFixed) {
    if (known.key == setting.key) {
      return {checked_value(known, setting), std::nullopt};
    }
  }
  for (const Moot& known : kMoot) {
    if (is_named(known, setting.key)) {
      refuse_misspelt(known, setting);
      return {setting.value, std::string(known.why)};
    }
  }
  std::vector<std::string> keys = known_keys();
  for (const Moot& known : kMoot) {
    if (!names_more(known)) {
      keys.emplace_back(known.key);
    }
  }
  fail_unknown(setting, most_similar(setting.key, keys));
}

// All others have one value, or none that matters; the name is what tells a pipeline from others.
bool makes_difference(std::string_view key) {
  return key != kName && std::any_of(std::begin(kWorking), std::end(kWorking),
                                     [&](const Working& known) { return known.key == key; });
}

}  // namespace millrace::plan
