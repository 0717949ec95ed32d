#pragma once

// WITH ('connector' = 'kafka', ...) and 'upsert-kafka': a topic of the embedded broker, with the
// options that Flink's connectors have.

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "catalog/connector_description.h"
#include "connector/formats.h"
#include "connector/topic/partitioner.h"
#include "connector/topic/specific_offsets.h"
#include "connector/topic/topic_names.h"
#include "exec/positions.h"

namespace millrace::connector {

extern const catalog::ConnectorDescription kTopicConnector;
extern const catalog::ConnectorDescription kUpsertTopicConnector;
// Whether it is a table over a topic, of either kind.
bool is_topic(const catalog::Table& table);

// As ConnectorDescription has them, of both.
void check_topic_read(const catalog::Table& table, const std::vector<size_t>& columns);
void check_topic_written(const catalog::Table& table);

// What 'properties.bootstrap.servers' names where none of that is one of `own`; else nothing.
std::string foreign_servers(const catalog::Table& table, const std::vector<std::string>& own);

enum class StartupMode : uint8_t { earliest, latest, timestamp, group_offsets, specific_offsets };
// Where a table over a topic begins: one of upserts, which is what all its records say, at its
// beginning.
StartupMode startup_of(const catalog::Table& table);

// Which records of transactions are rows.
enum class Isolation : uint8_t { committed, uncommitted };

struct TopicOptions {
  TopicNames topics;
  StartupMode startup = StartupMode::group_offsets;
  Timestamp start_time;           // of StartupMode::timestamp
  SpecificOffsets start_offsets;  // of StartupMode::specific_offsets; others begin at the beginning
  bool start_at_end = false;      // where the group has no offset: 'properties.auto.offset.reset'
  bool bounded = false;           // ends at what is there at the start
  std::optional<Timestamp> end_time = std::nullopt;           // or ahead of the first of this time
  std::optional<SpecificOffsets> end_offsets = std::nullopt;  // or there; others are not read
  std::optional<exec::Positions> until = std::nullopt;        // or there, whatever the table says
  bool discovers_partitions = true;  // reads partitions that are added later
  std::string group;                 // empty for none
  Isolation isolation = Isolation::committed;
  FormatChoice format;
  // A record is a row, or what the row of its key is from now on.
  enum class Meaning : uint8_t { rows, upserts };
  Meaning meaning = Meaning::rows;
  // Among the physical columns: of the key, none for records without one, and of the value.
  std::vector<size_t> key_fields;
  std::vector<size_t> value_fields;
  std::vector<std::string> key_names;  // as the key's fields are called in it
  FormatChoice key_format;
  // Whether what is read stands in keys.
  bool reads_keys() const {
    return meaning == Meaning::upserts || value_fields.size() < physical_fields;
  }
  size_t physical_fields = 0;
  // Of writing.
  bool exactly_once = true;
  Partitioner::Keyless keyless = Partitioner::Keyless::together;

  // `own_addresses` name this server: 'properties.bootstrap.servers' may be one of them. Empty for
  // "any will do". Throws Error at the option's position for what is not offered.
  static TopicOptions of_source(const catalog::Table& table,
                                const std::vector<std::string>& own_addresses);
  static TopicOptions of_sink(const catalog::Table& table,
                              const std::vector<std::string>& own_addresses);
};

// The fields of a record's key, under the names that they have in it, and of its value.
Schema key_record(const catalog::Table& table, const TopicOptions& options);
Schema value_record(const catalog::Table& table, const TopicOptions& options);

}  // namespace millrace::connector
