#include "delta/protocol.h"

#include <algorithm>
#include <array>

#include "base/error.h"

namespace millrace::delta {

static bool mentions(const Type& type, TypeKind kind) {
  return type.kind == kind ||
         (type.children != nullptr &&
          std::any_of(type.children->begin(), type.children->end(),
                      [&](const Field& child) { return mentions(child.type, kind); }));
}

Protocol protocol_for(const Schema& schema) {
  const bool has_wall_clock =
      std::any_of(schema.fields.begin(), schema.fields.end(),
                  [](const Field& field) { return mentions(field.type, TypeKind::timestamp); });
  if (!has_wall_clock) {
    return {};
  }
  return {3, 7, {"timestampNtz"}, {"appendOnly", "invariants", "timestampNtz"}};
}

// A table may list a feature that it does not use; what it uses is looked at apart, below.
static constexpr std::array<std::string_view, 4> kReadable = {
    "columnMapping", "deletionVectors", "timestampNtz", "vacuumProtocolCheck"};
static constexpr std::array<std::string_view, 10> kWritable = {
    "appendOnly",      "changeDataFeed",     "checkConstraints", "columnMapping",
    "deletionVectors", "generatedColumns",   "identityColumns",  "invariants",
    "timestampNtz",    "vacuumProtocolCheck"};

template <typename Known>
static void check_known(const std::vector<std::string>& features, const Known& known,
                        std::string_view verb) {
  for (const std::string& feature : features) {
    if (std::find(known.begin(), known.end(), feature) == known.end()) {
      throw Error(ErrorCode::unsupported, "cannot " + std::string(verb) +
                                              " Delta table: it needs the feature '" + feature +
                                              "', which is not supported");
    }
  }
}

static void check_version(int64_t version, int64_t newest, std::string_view verb) {
  if (version < 1 || version > newest) {
    throw Error(ErrorCode::unsupported,
                "cannot " + std::string(verb) + " Delta table: it needs protocol version " +
                    std::to_string(version) + ", " + std::to_string(newest) + " is supported");
  }
}

static void refuse(std::string_view verb, std::string_view what) {
  throw Error(ErrorCode::unsupported, "cannot " + std::string(verb) + " Delta table: it uses " +
                                          std::string(what) + ", which is not supported");
}

void check_readable(const Protocol& protocol, const Metadata& metadata) {
  check_version(protocol.reader_version, 3, "read");
  check_known(protocol.reader_features, kReadable, "read");
  const auto mode = metadata.configuration.find("delta.columnMapping.mode");
  if (mode != metadata.configuration.end() && mode->second != "none") {
    refuse("read", "column mapping");
  }
}

void check_writable(const Protocol& protocol, const Metadata& metadata) {
  check_readable(protocol, metadata);
  check_version(protocol.writer_version, 7, "write to");
  check_known(protocol.writer_features, kWritable, "write to");
  const auto in_schema = [&](std::string_view key) {
    return metadata.schema_json.find(key) != std::string::npos;
  };
  if (in_schema("\"delta.invariants\"")) {
    refuse("write to", "column invariants");
  }
  if (in_schema("\"delta.generationExpression\"")) {
    refuse("write to", "generated columns");
  }
  if (in_schema("\"delta.identity.")) {
    refuse("write to", "identity columns");
  }
  for (const auto& [key, value] : metadata.configuration) {
    if (key.starts_with("delta.constraints.")) {
      refuse("write to", "CHECK constraint '" + key.substr(sizeof("delta.constraints.") - 1) + "'");
    }
  }
}

}  // namespace millrace::delta
