#include "connector/topic/options.h"

#include <algorithm>
#include <charconv>

#include "base/split.h"
#include "catalog/table.h"

namespace millrace::connector {

bool is_topic(const catalog::Table& table) {
  return table.option("connector") == kTopicConnector.name ||
         table.option("connector") == kUpsertTopicConnector.name;
}

static constexpr auto kServers = "properties.bootstrap.servers";

std::string foreign_servers(const catalog::Table& table, const std::vector<std::string>& own) {
  const std::string servers = table.option(kServers);
  for (const std::string_view server : split(servers, ',')) {
    if (std::find(own.begin(), own.end(), trimmed(server)) != own.end()) {
      return "";
    }
  }
  return servers;
}

StartupMode startup_of(const catalog::Table& table) {
  if (table.option("connector") == kUpsertTopicConnector.name) {
    return StartupMode::earliest;
  }
  const std::string mode = table.option("scan.startup.mode", "group-offsets");
  if (mode == "earliest-offset") {
    return StartupMode::earliest;
  }
  if (mode == "latest-offset") {
    return StartupMode::latest;
  }
  if (mode == "specific-offsets") {
    return StartupMode::specific_offsets;
  }
  return mode == "timestamp" ? StartupMode::timestamp : StartupMode::group_offsets;
}

namespace {

Timestamp time_of(const catalog::Table& table, const std::string& key, const std::string& mode) {
  const std::string text = table.option(key);
  Timestamp time;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), time.ms);
  if (failure != std::errc() || end != text.data() + text.size()) {
    throw Error(ErrorCode::invalid_argument,
                "table '" + table.name + "': '" + mode + "' is 'timestamp', and so needs '" + key +
                    "' with a number of milliseconds",
                table.place_of(mode));
  }
  return time;
}

void set_start(const catalog::Table& table, TopicOptions& options) {
  static constexpr auto kMode = "scan.startup.mode";
  options.startup = startup_of(table);
  if (options.startup == StartupMode::timestamp) {
    options.start_time = time_of(table, "scan.startup.timestamp-millis", kMode);
  }
  if (options.startup == StartupMode::specific_offsets) {
    options.start_offsets = specific_offsets(table, "scan.startup.specific-offsets", kMode);
  }
  options.start_at_end = table.option("properties.auto.offset.reset") == "latest";
}

void set_end(const catalog::Table& table, TopicOptions& options) {
  static constexpr auto kMode = "scan.bounded.mode";
  const std::string mode = table.option(kMode);
  options.bounded = kTopicConnector.ends(table);
  if (mode == "timestamp") {
    options.end_time = time_of(table, "scan.bounded.timestamp-millis", kMode);
  }
  if (mode == "specific-offsets") {
    options.end_offsets = specific_offsets(table, "scan.bounded.specific-offsets", kMode);
  }
}

void check_servers(const catalog::Table& table, const std::vector<std::string>& own) {
  const std::string servers = own.empty() ? "" : foreign_servers(table, own);
  if (!servers.empty()) {
    throw Error(ErrorCode::unsupported,
                "topics of other servers cannot be reached yet: '" + servers +
                    "' does not name this " + "one, which is " + own.front() + "; leave '" +
                    kServers + "' out to mean this one",
                table.place_of(kServers));
  }
}

size_t physical_number(const catalog::Table& table, const std::string& name) {
  const Schema schema = physical_schema(table);
  const auto number = schema.find(name);
  if (!number) {
    throw Error(ErrorCode::not_found,
                "'key.fields' of table '" + table.name + "' names '" + name +
                    "', which is none of its physical columns",
                table.place_of("key.fields"));
  }
  return *number;
}

// Of upserts the primary key's.
std::vector<size_t> key_fields_of(const catalog::Table& table) {
  std::vector<size_t> fields;
  if (table.option("connector") == kUpsertTopicConnector.name) {
    for (const size_t column : table.primary_key) {
      fields.push_back(physical_number(table, table.columns[column].name));
    }
    return fields;
  }
  const std::string names = table.option("key.fields");
  for (const std::string_view name : split(names, ';')) {
    if (!name.empty()) {
      fields.push_back(physical_number(table, std::string(name)));
    }
  }
  if (fields.empty() != table.option("key.format").empty()) {
    const std::string given = fields.empty() ? "key.format" : "key.fields";
    throw Error(ErrorCode::invalid_argument,
                "table '" + table.name + "' has '" + given + "' and so needs '" +
                    (fields.empty() ? "key.fields" : "key.format") + "' too",
                table.place_of(given));
  }
  return fields;
}

bool has_key_apart(const catalog::Table& table) {
  return table.option("value.fields-include", "ALL") == "EXCEPT_KEY";
}

// A prefix tells columns of the key from those of the value that are called alike.
std::vector<std::string> key_names_of(const catalog::Table& table,
                                      const std::vector<size_t>& fields) {
  static constexpr auto kPrefix = "key.fields-prefix";
  const std::string prefix = table.option(kPrefix);
  const auto refuse = [&](const std::string& why) {
    throw Error(ErrorCode::invalid_argument, "table '" + table.name + "': " + why,
                table.place_of(kPrefix));
  };
  if (!prefix.empty() && !has_key_apart(table)) {
    refuse("'key.fields-prefix' needs 'value.fields-include' = 'EXCEPT_KEY'");
  }
  std::vector<std::string> names;
  for (const size_t field : fields) {
    const std::string name = physical_schema(table)[field].name;
    if (!name.starts_with(prefix)) {
      refuse("the key's column '" + name + "' does not begin with the prefix '" + prefix + "'");
    }
    names.push_back(name.substr(prefix.size()));
  }
  return names;
}

std::vector<size_t> value_fields_of(const catalog::Table& table, const std::vector<size_t>& key) {
  std::vector<size_t> fields;
  for (size_t field = 0; field < physical_schema(table).size(); ++field) {
    const bool in_key = std::find(key.begin(), key.end(), field) != key.end();
    if (!in_key || !has_key_apart(table)) {
      fields.push_back(field);
    }
  }
  return fields;
}

// Records that are read before their epoch is durable cannot be exactly once.
bool is_exactly_once(const catalog::Table& table) {
  if (table.option("visibility", "epoch") != "immediate") {
    return table.option("sink.delivery-guarantee", "exactly-once") == "exactly-once";
  }
  if (table.option("sink.delivery-guarantee") == "exactly-once") {
    throw Error(ErrorCode::invalid_argument,
                "'visibility' = 'immediate' shows records before their epoch is safe, which "
                "'sink.delivery-guarantee' = 'exactly-once' excludes",
                table.place_of("visibility"));
  }
  return false;
}

void check_is_one(const catalog::Table& table, const TopicNames& topics) {
  if (!topics.is_one()) {
    throw Error(ErrorCode::unsupported,
                "table '" + table.name + "' is over " + topics.text() +
                    ": it can be read, and a table that is written has one topic",
                table.place_of(topics.is_pattern() ? "topic-pattern" : "topic"));
  }
}

Partitioner::Keyless keyless_of(const catalog::Table& table) {
  const std::string name = table.option("sink.partitioner");
  return name == "fixed"         ? Partitioner::Keyless::fixed
         : name == "round-robin" ? Partitioner::Keyless::round_robin
                                 : Partitioner::Keyless::together;
}

}  // namespace

// What reading and writing have in common.
static TopicOptions options_of(const catalog::Table& table,
                               const std::vector<std::string>& own_addresses) {
  check_servers(table, own_addresses);
  TopicOptions options;
  options.topics = TopicNames::from(table);
  options.format = format_of(table);
  if (table.option("connector") == kUpsertTopicConnector.name) {
    options.meaning = TopicOptions::Meaning::upserts;
  }
  options.key_fields = key_fields_of(table);
  options.key_names = key_names_of(table, options.key_fields);
  options.value_fields = value_fields_of(table, options.key_fields);
  options.physical_fields = physical_schema(table).size();
  options.key_format = key_format_of(table);
  return options;
}

TopicOptions TopicOptions::of_source(const catalog::Table& table,
                                     const std::vector<std::string>& own_addresses) {
  TopicOptions options = options_of(table, own_addresses);
  set_start(table, options);
  set_end(table, options);
  const auto discovery =
      parse_duration(table.option("scan.topic-partition-discovery.interval", "5 min"));
  options.discovers_partitions = discovery.value_or(Duration()) > Duration();
  options.group = table.option("properties.group.id");
  if (table.option("properties.isolation.level") == "read_uncommitted") {
    options.isolation = Isolation::uncommitted;
  }
  return options;
}

TopicOptions TopicOptions::of_sink(const catalog::Table& table,
                                   const std::vector<std::string>& own_addresses) {
  TopicOptions options = options_of(table, own_addresses);
  check_is_one(table, options.topics);
  options.exactly_once = is_exactly_once(table);
  options.keyless = keyless_of(table);
  return options;
}

Schema key_record(const catalog::Table& table, const TopicOptions& options) {
  const Schema all = physical_schema(table);
  Schema record;
  for (size_t i = 0; i < options.key_fields.size(); ++i) {
    record.fields.push_back({options.key_names[i], all[options.key_fields[i]].type});
  }
  return record;
}

Schema value_record(const catalog::Table& table, const TopicOptions& options) {
  const Schema all = physical_schema(table);
  Schema record;
  for (const size_t column : options.value_fields) {
    record.fields.push_back(all[column]);
  }
  return record;
}

}  // namespace millrace::connector
