#include "delta/actions.h"

#include "base/error.h"

namespace millrace::delta {

static Json to_json(const std::vector<std::string>& names) {
  Json::Array array;
  for (const std::string& name : names) {
    array.emplace_back(name);
  }
  return array;
}

static Json to_json(const Protocol& protocol) {
  Json json = Json::object({{"minReaderVersion", protocol.reader_version},
                            {"minWriterVersion", protocol.writer_version}});
  if (protocol.reader_version >= 3) {
    json.set("readerFeatures", to_json(protocol.reader_features));
  }
  if (protocol.writer_version >= 7) {
    json.set("writerFeatures", to_json(protocol.writer_features));
  }
  return json;
}

static Json to_json(const Metadata& metadata) {
  Json json = Json::object({{"id", metadata.id}});
  if (!metadata.name.empty()) {
    json.set("name", metadata.name);
  }
  json.set("format", Json::object({{"provider", "parquet"}, {"options", Json::object()}}));
  json.set("schemaString", metadata.schema_json);
  json.set("partitionColumns", to_json(metadata.partition_columns));
  Json configuration = Json::object();
  for (const auto& [key, value] : metadata.configuration) {
    configuration.set(key, value);
  }
  json.set("configuration", configuration);
  if (metadata.created_ms) {
    json.set("createdTime", *metadata.created_ms);
  }
  return json;
}

static Json to_json(const PartitionValues& partition_values) {
  Json values = Json::object();
  for (const auto& [column, value] : partition_values) {
    values.set(column, value ? Json(*value) : Json());
  }
  return values;
}

Json to_json(const Add& add) {
  Json json = Json::object({{"path", add.path},
                            {"partitionValues", to_json(add.partition_values)},
                            {"size", add.size},
                            {"modificationTime", add.modified_ms},
                            {"dataChange", add.data_change}});
  if (!add.stats.empty()) {
    json.set("stats", add.stats);
  }
  if (!add.deletion_vector.empty()) {
    json.set("deletionVector", Json::parse(add.deletion_vector));
  }
  return json;
}

static Json to_json(const Remove& remove) {
  Json json = Json::object({{"path", remove.path}, {"dataChange", remove.data_change}});
  if (remove.deleted_ms) {
    json.set("deletionTimestamp", *remove.deleted_ms);
  }
  if (!remove.deletion_vector.empty()) {
    json.set("deletionVector", Json::parse(remove.deletion_vector));
  }
  if (remove.partition_values) {
    json.set("partitionValues", to_json(*remove.partition_values));
  }
  return json;
}

static Json to_json(const Txn& txn) {
  Json json = Json::object({{"appId", txn.app_id}, {"version", txn.version}});
  if (txn.updated_ms) {
    json.set("lastUpdated", *txn.updated_ms);
  }
  return json;
}

static const char* name_of(const Action& action) {
  static constexpr const char* kNames[] = {"protocol", "metaData", "add", "remove", "txn"};
  return kNames[action.index()];
}

Json to_json(const Action& action) {
  return Json::object(
      {{name_of(action), std::visit([](const auto& held) { return to_json(held); }, action)}});
}

// Absent and null mean the same in a log.
static const Json* find(const Json& object, std::string_view name) {
  const Json* member = object.find(name);
  return member != nullptr && !member->is_null() ? member : nullptr;
}

static std::string text_or_empty(const Json& object, std::string_view name) {
  const Json* member = find(object, name);
  return member != nullptr ? member->as_string() : "";
}

static std::optional<int64_t> int_or_none(const Json& object, std::string_view name) {
  const Json* member = find(object, name);
  return member != nullptr ? std::optional(member->as_int()) : std::nullopt;
}

static bool bool_or(const Json& object, std::string_view name, bool otherwise) {
  const Json* member = find(object, name);
  return member != nullptr ? member->as_bool() : otherwise;
}

static std::string dump_or_empty(const Json& object, std::string_view name) {
  const Json* member = find(object, name);
  return member != nullptr ? member->dump() : "";
}

static std::vector<std::string> names_from(const Json* array) {
  std::vector<std::string> names;
  if (array != nullptr) {
    for (const Json& name : array->as_array()) {
      names.push_back(name.as_string());
    }
  }
  return names;
}

static Protocol protocol_from_json(const Json& json) {
  return {json.at("minReaderVersion").as_int(), json.at("minWriterVersion").as_int(),
          names_from(find(json, "readerFeatures")), names_from(find(json, "writerFeatures"))};
}

static Metadata metadata_from_json(const Json& json) {
  Metadata metadata{.id = json.at("id").as_string(),
                    .name = text_or_empty(json, "name"),
                    .schema_json = text_or_empty(json, "schemaString"),
                    .partition_columns = names_from(find(json, "partitionColumns")),
                    .configuration = {},
                    .created_ms = int_or_none(json, "createdTime")};
  if (const Json* configuration = find(json, "configuration")) {
    for (const auto& [key, value] : configuration->as_members()) {
      metadata.configuration[key] = value.is_null() ? "" : value.as_string();
    }
  }
  return metadata;
}

static std::optional<PartitionValues> partition_values_from(const Json& json) {
  const Json* written = find(json, "partitionValues");
  if (written == nullptr) {
    return std::nullopt;
  }
  PartitionValues values;
  for (const auto& [column, value] : written->as_members()) {
    values[column] = value.is_null() ? std::nullopt : std::optional(value.as_string());
  }
  return values;
}

Add add_from_json(const Json& json) {
  return {.path = json.at("path").as_string(),
          .partition_values = partition_values_from(json).value_or(PartitionValues()),
          .size = int_or_none(json, "size").value_or(0),
          .modified_ms = int_or_none(json, "modificationTime").value_or(0),
          .data_change = bool_or(json, "dataChange", true),
          .stats = text_or_empty(json, "stats"),
          .deletion_vector = dump_or_empty(json, "deletionVector")};
}

static Remove remove_from_json(const Json& json) {
  return {json.at("path").as_string(), int_or_none(json, "deletionTimestamp"),
          bool_or(json, "dataChange", true), dump_or_empty(json, "deletionVector"),
          partition_values_from(json)};
}

static Txn txn_from_json(const Json& json) {
  return {json.at("appId").as_string(), json.at("version").as_int(),
          int_or_none(json, "lastUpdated")};
}

std::optional<Action> action_from_json(const Json& line) {
  if (const Json* add = find(line, "add")) {
    return add_from_json(*add);
  }
  if (const Json* remove = find(line, "remove")) {
    return remove_from_json(*remove);
  }
  if (const Json* txn = find(line, "txn")) {
    return txn_from_json(*txn);
  }
  if (const Json* metadata = find(line, "metaData")) {
    return metadata_from_json(*metadata);
  }
  if (const Json* protocol = find(line, "protocol")) {
    return protocol_from_json(*protocol);
  }
  return std::nullopt;
}

static std::optional<Action> parse_line(std::string_view line, size_t number) {
  try {
    return action_from_json(Json::parse(line));
  } catch (const Error& error) {
    // Thrown on, with the line that it is about.
    throw Error(ErrorCode::corrupt,
                "line " + std::to_string(number) + " is no Delta action: " + error.message());
  }
}

std::vector<Action> parse_actions(std::string_view lines) {
  std::vector<Action> actions;
  for (size_t number = 1; !lines.empty(); ++number) {
    const size_t end = std::min(lines.find('\n'), lines.size());
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(std::min(end + 1, lines.size()));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) {
      continue;
    }
    if (std::optional<Action> action = parse_line(line, number)) {
      actions.push_back(std::move(*action));
    }
  }
  return actions;
}

}  // namespace millrace::delta
