#include "catalog/check_options.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include "base/ascii_case.h"
#include "base/memory_size.h"
#include "base/similar.h"
#include "base/split.h"
#include "base/time.h"
#include "catalog/option_notices.h"

namespace millrace::catalog {

static const ConnectorDescription* find_named(std::span<const ConnectorDescription> all,
                                              std::string_view name) {
  for (const ConnectorDescription& description : all) {
    if (description.name == name) {
      return &description;
    }
  }
  return nullptr;
}

// The more of what connector and format allow.
static Changes most(const Table& table, const Connections& connections,
                    Changes ConnectorDescription::* which) {
  Changes changes = Changes::inserts;
  const auto add = [&](const ConnectorDescription* description) {
    if (description != nullptr) {
      changes = std::max(changes, description->*which);
    }
  };
  add(connections.find_connector(table.connector()));
  add(connections.find_format(table.option("format", table.option("value.format"))));
  return changes;
}

Changes Connections::given_by(const Table& table) const {
  return most(table, *this, &ConnectorDescription::gives);
}
Changes Connections::taken_by(const Table& table) const {
  return most(table, *this, &ConnectorDescription::takes);
}

bool Connections::reads_members_of(const Table& table) const {
  const auto* format = find_format(table.option("format", table.option("value.format")));
  if (table.options.contains("key.format")) {
    return false;  // the members may lie in keys
  }
  return format != nullptr && format->reads_members;
}

const ConnectorDescription* Connections::find_connector(std::string_view name) const {
  return find_named(connectors, name);
}
const ConnectorDescription* Connections::find_format(std::string_view name) const {
  return find_named(formats, name);
}

namespace {

bool is_integer(std::string_view text) {
  int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc() && end == text.data() + text.size();
}

// The one of `choices` that is the same word in some case.
std::optional<std::string> choice(std::string_view choices, std::string_view value) {
  for (const std::string_view known : split(choices, '|')) {
    if (lower_case(known) == lower_case(value)) {
      return std::string(known);
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> option_value(std::string_view type, const std::string& value) {
  const auto if_it = [&](bool is_one) { return is_one ? std::optional(value) : std::nullopt; };
  if (type == "integer") {
    return if_it(is_integer(value));
  }
  if (type == "boolean") {
    return choice("true|false", value);
  }
  if (type == "duration") {
    return if_it(parse_duration(value).has_value());
  }
  if (type == "memory size") {
    return if_it(parse_memory_size(value).has_value());
  }
  return type == "string" ? value : choice(type, value);
}

std::string describe_option_type(std::string_view type) {
  const std::string_view example = type == "duration"      ? ", such as '10 s'"
                                   : type == "memory size" ? ", such as '64 mb'"
                                                           : "";
  return std::string(type) + std::string(example);
}

namespace {

// The options of the connector and of the format together, the latter under the format's name.
class Known {
 public:
  void add(const ConnectorDescription& description, const std::string& prefix) {
    for (const OptionDescription& option : description.options) {
      names_.push_back(prefix + std::string(option.key));
      options_.push_back(&option);
    }
  }
  const OptionDescription* find(std::string_view key) const {
    for (size_t i = 0; i < options_.size(); ++i) {
      if (is_named(key, names_[i])) {
        return options_[i];
      }
    }
    return nullptr;
  }
  void require(const Table& table, const Position& at) const {
    for (size_t i = 0; i < options_.size(); ++i) {
      const OptionDescription& option = *options_[i];
      const std::string other(option.or_else);
      if (option.required && !table.options.contains(names_[i]) && !table.options.contains(other)) {
        throw Error(ErrorCode::invalid_argument,
                    "table '" + table.name + "' needs the option '" + names_[i] + "'" +
                        (other.empty() ? "" : " or '" + other + "'") + ": " +
                        std::string(option.description),
                    at);
      }
    }
  }
  // Those of which a misspelt one may be.
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    std::copy_if(names_.begin(), names_.end(), std::back_inserter(names),
                 [](const std::string& name) { return !name.ends_with(".*"); });
    return names;
  }

 private:
  // "properties.*" names every key of that prefix.
  static bool is_named(std::string_view key, std::string_view known) {
    return known.ends_with(".*") ? key.starts_with(known.substr(0, known.size() - 1))
                                 : key == known;
  }

  std::vector<std::string> names_;
  std::vector<const OptionDescription*> options_;
};

template <typename Descriptions>
std::vector<std::string> names_of(const Descriptions& descriptions) {
  std::vector<std::string> names;
  for (const auto& description : descriptions) {
    names.emplace_back(description.name);
  }
  return names;
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    text += (text.empty() ? "" : ", ") + name;
  }
  return text;
}

const ConnectorDescription& connector_of(const Table& table, const Connections& connections,
                                         const Position& at) {
  const auto names = names_of(connections.connectors);
  const auto option = table.options.find("connector");
  if (option == table.options.end()) {
    throw Error(ErrorCode::invalid_argument,
                "table '" + table.name + "' needs the option 'connector', one of " + listed(names),
                at);
  }
  if (const auto* found = connections.find_connector(option->second.value)) {
    return *found;
  }
  throw Error(ErrorCode::unsupported,
              "unknown connector '" + option->second.value + "'" +
                  did_you_mean(option->second.value, names) + "; there are " + listed(names),
              option->second.position);
}

const ConnectorDescription& format_of(const Table& table, const Connections& connections,
                                      const Position& at) {
  auto option = table.options.find("format");
  if (option == table.options.end()) {
    option = table.options.find("value.format");
  }
  const auto names = names_of(connections.formats);
  if (option == table.options.end()) {
    throw Error(ErrorCode::invalid_argument,
                "table '" + table.name + "' needs the option 'format', one of " + listed(names),
                at);
  }
  if (const auto* found = connections.find_format(option->second.value)) {
    return *found;
  }
  throw Error(ErrorCode::unsupported,
              "unknown format '" + option->second.value + "'" +
                  did_you_mean(option->second.value, names) + "; there are " + listed(names),
              option->second.position);
}

void check_metadata(const Table& table, const ConnectorDescription& connector, const Position& at) {
  std::vector<std::string> keys;
  for (const OptionDescription& metadata : connector.metadata) {
    keys.emplace_back(metadata.key);
  }
  for (const ColumnDefinition& column : table.columns) {
    if (column.kind == ColumnKind::metadata &&
        std::find(keys.begin(), keys.end(), column.metadata_key) == keys.end()) {
      throw Error(ErrorCode::invalid_argument,
                  "column '" + column.name + "': connector '" + std::string(connector.name) +
                      "' has no metadata '" + column.metadata_key + "'" +
                      did_you_mean(column.metadata_key, keys) +
                      (keys.empty() ? "" : "; it has " + listed(keys)),
                  at);
    }
  }
}

}  // namespace

static void check_key(const Table& table, const ConnectorDescription& connector,
                      const Position& at) {
  if (connector.needs_key && table.primary_key.empty()) {
    throw Error(ErrorCode::invalid_argument,
                "'" + std::string(connector.name) +
                    "' tables require to define a PRIMARY KEY constraint: its columns are the key "
                    "of a record, which says what the row of its key is now",
                at);
  }
}

// Where a record says what the row of its key is now, its value cannot say something else.
static void check_changes(const ConnectorDescription& connector, const ConnectorDescription& format,
                          const Position& at) {
  if (connector.gives == Changes::upserts && format.gives != Changes::inserts) {
    throw Error(ErrorCode::invalid_argument,
                "'" + std::string(connector.name) + "' connector doesn't support '" +
                    std::string(format.name) + "' as value format, because '" +
                    std::string(format.name) + "' is not in insert-only mode: its records say " +
                    "which changes they are; read them by 'kafka'",
                at);
  }
}

static void check_types(const Table& table, const ConnectorDescription& connector,
                        const Position& at) {
  for (const ColumnDefinition& column : table.columns) {
    if (connector.holds != nullptr && column.kind == ColumnKind::physical &&
        !connector.holds(column.type)) {
      throw Error(
          ErrorCode::unsupported,
          "column '" + column.name + "' of table '" + table.name + "' is " +
              column.type.to_string() + ", which connector '" + std::string(connector.name) +
              "' does not support yet; make it STRING" +
              (connector.can_write ? ", and cast what is written to it; a table that is only read "
                                     "can do without the column"
                                   : ""),
          at);
    }
  }
}

// Of every connector of Flink's: which version of its options is meant, of which there is one.
static constexpr std::string_view kVersion = "property-version";

void check_options(Table& table, const Connections& connections, const Position& at) {
  const ConnectorDescription& connector = connector_of(table, connections, at);
  Known known;
  known.add(connector, "");
  if (connector.takes_format) {
    const ConnectorDescription& format = format_of(table, connections, at);
    check_changes(connector, format, at);
    known.add(format, std::string(format.name) + ".");
    known.add(format, "value." + std::string(format.name) + ".");
  }
  if (const auto* format = connections.find_format(table.option("key.format"))) {
    known.add(*format, "key." + std::string(format->name) + ".");
  }
  for (auto& [key, option] : table.options) {
    if (key == "connector" || key == kVersion ||
        (connector.takes_format && (key == "format" || key == "value.format"))) {
      continue;
    }
    const OptionDescription* description = known.find(key);
    if (description == nullptr) {
      throw Error(ErrorCode::unsupported,
                  "unknown option '" + key + "' of connector '" + std::string(connector.name) +
                      "'" + did_you_mean(key, known.names()),
                  option.position);
    }
    auto value = option_value(description->type, option.value);
    if (!value || (description->case_matters && *value != option.value)) {
      throw Error(
          description->has_more_in_flink ? ErrorCode::unsupported : ErrorCode::invalid_argument,
          "option '" + key + "' is '" + option.value + "'; expected " +
              describe_option_type(description->type),
          option.position);
    }
    option.value = std::move(*value);
  }
  known.require(table, at);
  check_metadata(table, connector, at);
  check_key(table, connector, at);
  check_types(table, connector, at);
}

// "properties." of "properties.*", by which keys are taken.
static std::string_view kept_prefix(std::string_view known) {
  return known.ends_with(".*") ? known.substr(0, known.size() - 1) : "";
}

std::vector<std::string> notices_of_options(const Table& table, const Connections& connections) {
  std::vector<std::string> notices;
  const ConnectorDescription* connector = connections.find_connector(table.connector());
  if (connector == nullptr) {
    return notices;
  }
  Known known;
  known.add(*connector, "");
  for (const auto& [key, option] : table.options) {
    const OptionDescription* description = known.find(key);
    if (description == nullptr || !description->is_moot) {
      continue;
    }
    const Error said(
        ErrorCode::unsupported,
        "option '" + key + "' of table '" + table.name +
            "' makes no difference here: " + std::string(description->description) +
            did_you_mean(most_similar_behind(kept_prefix(description->key), key, known.names())),
        option.position);
    notices.emplace_back(said.what());
  }
  return notices;
}

}  // namespace millrace::catalog
