#pragma once

// WITH ('connector' = 'kafka', ...): a topic of the embedded broker, with the options that Flink's
// connector has.

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "catalog/connector_description.h"
#include "connector/formats.h"
#include "connector/topic/partitioner.h"
#include "exec/positions.h"

namespace millrace::catalog {
struct Table;
}

namespace millrace::connector {

extern const catalog::ConnectorDescription kTopicConnector;

enum class StartupMode : uint8_t { earliest, latest, timestamp, group_offsets };

// Which records of transactions are rows.
enum class Isolation : uint8_t { committed, uncommitted };

struct TopicOptions {
  std::string topic;
  StartupMode startup = StartupMode::group_offsets;
  Timestamp start_time;       // of StartupMode::timestamp
  bool start_at_end = false;  // where the group has no offset: 'properties.auto.offset.reset'
  bool bounded = false;       // ends at what is there at the start
  std::optional<exec::Positions> until = std::nullopt;  // or there
  bool discovers_partitions = true;                     // reads partitions that are added later
  std::string group;                                    // empty for none
  Isolation isolation = Isolation::committed;
  FormatChoice format;
  // Of writing.
  bool exactly_once = true;
  Partitioner::Keyless keyless = Partitioner::Keyless::together;
  std::vector<size_t> key_fields;  // among the physical columns
  std::string key_format;

  // `own_addresses` name this server: 'properties.bootstrap.servers' may be one of them. Empty for
  // "any will do". Throws Error at the option's position for what is not offered.
  static TopicOptions from(const catalog::Table& table,
                           const std::vector<std::string>& own_addresses);
};

}  // namespace millrace::connector
