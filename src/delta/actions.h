#pragma once

// What a Delta log is made of: one JSON object a line, one action each.
// https://github.com/delta-io/delta/blob/master/PROTOCOL.md#actions
//
// Kinds that neither reading nor appending needs (commitInfo, domainMetadata, cdc) are passed over
// when a log is read; the protocol gate (protocol.h) refuses tables where that would be wrong.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/id.h"
#include "base/json.h"

namespace millrace::delta {

using Version = Id<struct VersionTag>;  // of a table: the number of its commit

struct Protocol {
  int64_t reader_version = 1;
  int64_t writer_version = 2;
  // From reader version 3 and writer version 7 on; empty before.
  std::vector<std::string> reader_features;
  std::vector<std::string> writer_features;

  bool operator==(const Protocol&) const = default;
};

struct Metadata {
  std::string id;
  std::string name;
  std::string schema_json;
  std::vector<std::string> partition_columns;
  std::map<std::string, std::string> configuration;
  std::optional<int64_t> created_ms;

  bool operator==(const Metadata&) const = default;
};

// By column; nullopt for NULL. Text as literal.h says.
using PartitionValues = std::map<std::string, std::optional<std::string>>;

struct Add {
  std::string path;  // relative to the table, URL-encoded
  PartitionValues partition_values;
  int64_t size = 0;
  int64_t modified_ms = 0;
  bool data_change = true;
  std::string stats;            // JSON text, or empty
  std::string deletion_vector;  // its descriptor as JSON, or empty
};

struct Remove {
  std::string path;
  std::optional<int64_t> deleted_ms;
  bool data_change = true;
  std::string deletion_vector;
  std::optional<PartitionValues> partition_values = std::nullopt;  // where the writer says them
};

// "This application has committed everything up to its version."
struct Txn {
  std::string app_id;
  int64_t version = 0;
  std::optional<int64_t> updated_ms;
};

using Action = std::variant<Protocol, Metadata, Add, Remove, Txn>;

Json to_json(const Add& add);
Json to_json(const Action& action);  // {"add":{...}}
Add add_from_json(const Json& add);
// Nothing where the kind of action is one that is passed over.
std::optional<Action> action_from_json(const Json& line);
// The actions of a commit file. Throws Error(corrupt) naming the line.
std::vector<Action> parse_actions(std::string_view lines);

}  // namespace millrace::delta
