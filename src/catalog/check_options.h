#pragma once

// Holds a table's WITH options to what its connector and format understand: a misspelt option is an
// error with the nearest known name, never silently ignored.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "catalog/connector_description.h"
#include "catalog/table.h"

namespace millrace::catalog {

// What the program can connect to, handed to the front end by whoever knows the connectors.
struct Connections {
  std::span<const ConnectorDescription> connectors;
  std::span<const ConnectorDescription> formats;

  // What a table with these options sends and takes.
  Changes given_by(const Table& table) const;
  Changes taken_by(const Table& table) const;
  bool reads_members_of(const Table& table) const;

  const ConnectorDescription* find_connector(std::string_view name) const;
  const ConnectorDescription* find_format(std::string_view name) const;
};

// The value of an option of that type (OptionDescription::type), a boolean or a choice in the case
// in which the engine asks for it; none where it is no value of that type.
std::optional<std::string> option_value(std::string_view type, const std::string& value);
// What such a value is, for a person: "duration, such as '10 s'".
std::string describe_option_type(std::string_view type);

// Throws Error at the option's position, or at `at` (the table's) for one that is missing:
// Error(unsupported) for what Flink may have and is not here. Also
// checks metadata columns against what the connector gives. From then on the table's booleans and
// choices are in the case in which the engine asks for them, whichever they were written in.
void check_options(Table& table, const Connections& connections, const Position& at);

}  // namespace millrace::catalog
