#include "connector/topic/options.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "catalog/table.h"

namespace millrace::connector {

// Settings of a client that talks over a network, which change no result here, in process. Others
// are refused: a file that asks for, say, encryption must not be told that it has it.
static constexpr catalog::OptionDescription client_setting(std::string_view key) {
  return {.key = key, .description = "of clients over a network; here it changes nothing"};
}

// Of tables over a topic, of either kind.
static constexpr std::array kShared = {
    catalog::OptionDescription{.key = "topic",
                               .required = true,
                               .type = "string",
                               .description = "name of the topic; made where there is none"},
    catalog::OptionDescription{.key = "properties.bootstrap.servers",
                               .type = "string",
                               .description = "host:port of this server; may be left out"},
    catalog::OptionDescription{
        .key = "properties.group.id",
        .type = "string",
        .description = "consumer group that is told how far the pipeline has read"},
    catalog::OptionDescription{.key = "properties.auto.offset.reset",
                               .type = "earliest|latest",
                               .otherwise = "earliest",
                               .description = "where to begin when the group has no offset yet"},
    catalog::OptionDescription{
        .key = "properties.isolation.level",
        .type = "read_committed|read_uncommitted",
        .otherwise = "read_committed",
        .description = "read_uncommitted: records of transactions that are open or aborted too"},
    client_setting("properties.client.id"),
    client_setting("properties.client.id.prefix"),
    client_setting("properties.partition.discovery.interval.ms"),
    client_setting("properties.commit.offsets.on.checkpoint"),
    client_setting("properties.enable.auto.commit"),
    client_setting("properties.auto.commit.interval.ms"),
    client_setting("properties.check.crcs"),
    client_setting("properties.fetch.min.bytes"),
    client_setting("properties.fetch.max.bytes"),
    client_setting("properties.fetch.max.wait.ms"),
    client_setting("properties.max.partition.fetch.bytes"),
    client_setting("properties.max.poll.records"),
    client_setting("properties.max.poll.interval.ms"),
    client_setting("properties.session.timeout.ms"),
    client_setting("properties.heartbeat.interval.ms"),
    client_setting("properties.request.timeout.ms"),
    client_setting("properties.default.api.timeout.ms"),
    client_setting("properties.receive.buffer.bytes"),
    client_setting("properties.send.buffer.bytes"),
    client_setting("properties.metadata.max.age.ms"),
    client_setting("properties.connections.max.idle.ms"),
    client_setting("properties.reconnect.backoff.ms"),
    client_setting("properties.reconnect.backoff.max.ms"),
    client_setting("properties.retry.backoff.ms"),
    client_setting("properties.client.dns.lookup"),
    client_setting("properties.group.instance.id"),
    catalog::OptionDescription{.key = "scan.bounded.mode",
                               .type = "unbounded|latest-offset",
                               .otherwise = "unbounded",
                               .description = "latest-offset: end with what is there at the start"},
    catalog::OptionDescription{
        .key = "sink.delivery-guarantee",
        .type = "exactly-once|at-least-once|none",
        .otherwise = "exactly-once",
        .description = "exactly-once: readers of committed records see whole epochs; else records "
                       "are there at once, and perhaps again after a crash"},
    catalog::OptionDescription{
        .key = "visibility",
        .type = "epoch|immediate",
        .otherwise = "epoch",
        .description = "immediate: records are there for all readers as soon as they are written, "
                       "and perhaps again after a crash, as at-least-once has it"},
    catalog::OptionDescription{
        .key = "sink.transactional-id-prefix",
        .description = "of Flink's transactions; those of this program need no names"},
    catalog::OptionDescription{.key = "sink.parallelism",
                               .type = "integer",
                               .description = "of Flink's tasks; a pipeline is one here"},
    catalog::OptionDescription{
        .key = "scan.watermark.idle-timeout",
        .type = "duration",
        .otherwise = "5 s",
        .description = "after this long without records a partition holds no watermark back"},
    catalog::OptionDescription{.key = "key.fields-prefix",
                               .description = "of the names of the key's columns, which its fields "
                                              "do not have; with EXCEPT_KEY"},
    catalog::OptionDescription{
        .key = "value.fields-include",
        .type = "ALL|EXCEPT_KEY",
        .otherwise = "ALL",
        .description = "whether the columns of the key are in the value as well"},
};

static constexpr std::array kOfRows = {
    catalog::OptionDescription{
        .key = "scan.startup.mode",
        .type = "earliest-offset|latest-offset|timestamp|group-offsets",
        .otherwise = "group-offsets",
        .description = "where a new pipeline begins; a restarted one goes on where it was"},
    catalog::OptionDescription{.key = "scan.startup.timestamp-millis",
                               .type = "integer",
                               .description = "begin at the first record of this time or later"},
    catalog::OptionDescription{
        .key = "scan.topic-partition-discovery.interval",
        .type = "duration",
        .otherwise = "5 min",
        .description = "0: partitions added later are not read; else they are as soon as they "
                       "are there"},
    catalog::OptionDescription{.key = "key.fields",
                               .description = "columns, with ';' between them, that make a "
                                              "record's key"},
    catalog::OptionDescription{.key = "sink.partitioner",
                               .type = "default|fixed|round-robin",
                               .otherwise = "default",
                               .description = "where records without a key go"},
    catalog::OptionDescription{
        .key = "key.format", .type = "json|csv|raw", .description = "how the key is written"},
};

static constexpr std::array kOfUpserts = {
    catalog::OptionDescription{.key = "key.format",
                               .required = true,
                               .type = "json|csv|raw",
                               .description = "how the key is written"},
    catalog::OptionDescription{.key = "sink.buffer-flush.max-rows",
                               .type = "integer",
                               .description = "of Flink's buffer of rows; an epoch's are here"},
    catalog::OptionDescription{.key = "sink.buffer-flush.interval",
                               .type = "duration",
                               .description = "of Flink's buffer of rows; an epoch's are here"},
};

template <size_t a, size_t b>
static constexpr std::array<catalog::OptionDescription, a + b> joined(
    const std::array<catalog::OptionDescription, a>& first,
    const std::array<catalog::OptionDescription, b>& second) {
  std::array<catalog::OptionDescription, a + b> all;
  std::copy(second.begin(), second.end(), std::copy(first.begin(), first.end(), all.begin()));
  return all;
}
static constexpr std::array kOptions = joined(kShared, kOfRows);
static constexpr std::array kUpsertOptions = joined(kShared, kOfUpserts);

static constexpr std::array kMetadata = {
    catalog::OptionDescription{.key = "topic", .type = "STRING NOT NULL"},
    catalog::OptionDescription{.key = "partition", .type = "INT NOT NULL"},
    catalog::OptionDescription{.key = "offset", .type = "BIGINT NOT NULL"},
    catalog::OptionDescription{.key = "timestamp", .type = "TIMESTAMP_LTZ(3) NOT NULL"},
};

const catalog::ConnectorDescription kTopicConnector = {.name = "kafka",
                                                       .can_read = true,
                                                       .can_write = true,
                                                       .takes_format = true,
                                                       .look_ups = catalog::LookUps::keyed,
                                                       .options = kOptions,
                                                       .metadata = kMetadata};

const catalog::ConnectorDescription kUpsertTopicConnector = {.name = "upsert-kafka",
                                                             .can_read = true,
                                                             .can_write = true,
                                                             .takes_format = true,
                                                             .gives = catalog::Changes::upserts,
                                                             .takes = catalog::Changes::upserts,
                                                             .needs_key = true,
                                                             .look_ups = catalog::LookUps::keyed,
                                                             .options = kUpsertOptions,
                                                             .metadata = kMetadata};

bool is_topic(const catalog::Table& table) {
  return table.option("connector") == kTopicConnector.name ||
         table.option("connector") == kUpsertTopicConnector.name;
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
  return mode == "timestamp" ? StartupMode::timestamp : StartupMode::group_offsets;
}

namespace {

Position position_of(const catalog::Table& table, const std::string& key) {
  const auto found = table.options.find(key);
  return found == table.options.end() ? Position{} : found->second.position;
}

Timestamp start_time_of(const catalog::Table& table) {
  static constexpr auto kKey = "scan.startup.timestamp-millis";
  const std::string text = table.option(kKey);
  Timestamp time;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), time.ms);
  if (failure != std::errc() || end != text.data() + text.size()) {
    throw Error(ErrorCode::invalid_argument,
                "table '" + table.name + "' begins at a timestamp, and so needs the option '" +
                    kKey + "' with a number of milliseconds",
                position_of(table, "scan.startup.mode"));
  }
  return time;
}

void check_servers(const catalog::Table& table, const std::vector<std::string>& own) {
  static constexpr auto kKey = "properties.bootstrap.servers";
  const std::string servers = table.option(kKey);
  if (servers.empty() || own.empty()) {
    return;
  }
  for (size_t from = 0; from <= servers.size();) {
    const size_t end = std::min(servers.find(',', from), servers.size());
    if (std::find(own.begin(), own.end(), servers.substr(from, end - from)) != own.end()) {
      return;
    }
    from = end + 1;
  }
  throw Error(ErrorCode::unsupported,
              "topics of other servers cannot be reached yet: '" + servers +
                  "' does not name this " + "one, which is " + own.front() + "; leave '" + kKey +
                  "' out to mean this one",
              position_of(table, kKey));
}

size_t physical_number(const catalog::Table& table, const std::string& name) {
  const Schema schema = physical_schema(table);
  const auto number = schema.find(name);
  if (!number) {
    throw Error(ErrorCode::not_found,
                "'key.fields' of table '" + table.name + "' names '" + name +
                    "', which is none of its physical columns",
                position_of(table, "key.fields"));
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
  for (size_t from = 0; from < names.size();) {
    const size_t end = std::min(names.find(';', from), names.size());
    fields.push_back(physical_number(table, names.substr(from, end - from)));
    from = end + 1;
  }
  if (fields.empty() != table.option("key.format").empty()) {
    const std::string given = fields.empty() ? "key.format" : "key.fields";
    throw Error(ErrorCode::invalid_argument,
                "table '" + table.name + "' has '" + given + "' and so needs '" +
                    (fields.empty() ? "key.fields" : "key.format") + "' too",
                position_of(table, given));
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
                position_of(table, kPrefix));
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
                position_of(table, "visibility"));
  }
  return false;
}

Partitioner::Keyless keyless_of(const catalog::Table& table) {
  const std::string name = table.option("sink.partitioner");
  return name == "fixed"         ? Partitioner::Keyless::fixed
         : name == "round-robin" ? Partitioner::Keyless::round_robin
                                 : Partitioner::Keyless::together;
}

}  // namespace

TopicOptions TopicOptions::from(const catalog::Table& table,
                                const std::vector<std::string>& own_addresses) {
  check_servers(table, own_addresses);
  TopicOptions options;
  options.topic = table.option("topic");
  options.startup = startup_of(table);
  if (options.startup == StartupMode::timestamp) {
    options.start_time = start_time_of(table);
  }
  options.start_at_end = table.option("properties.auto.offset.reset") == "latest";
  options.bounded = table.option("scan.bounded.mode") == "latest-offset";
  const auto discovery =
      parse_duration(table.option("scan.topic-partition-discovery.interval", "5 min"));
  options.discovers_partitions = discovery.value_or(Duration()) > Duration();
  options.group = table.option("properties.group.id");
  if (table.option("properties.isolation.level") == "read_uncommitted") {
    options.isolation = Isolation::uncommitted;
  }
  options.format = format_of(table);
  options.exactly_once = is_exactly_once(table);
  options.keyless = keyless_of(table);
  if (table.option("connector") == kUpsertTopicConnector.name) {
    options.meaning = Meaning::upserts;
  }
  options.key_fields = key_fields_of(table);
  options.key_names = key_names_of(table, options.key_fields);
  options.value_fields = value_fields_of(table, options.key_fields);
  options.physical_fields = physical_schema(table).size();
  options.key_format = key_format_of(table);
  return options;
}

}  // namespace millrace::connector
