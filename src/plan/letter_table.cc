#include "plan/letter_table.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/error.h"
#include "function/evaluate.h"

namespace millrace::plan {

namespace {

// Without them a letter says nothing.
constexpr std::array<std::string_view, 2> kRequired{"event_data", "reason"};

bool is_required(std::string_view name) {
  return std::find(kRequired.begin(), kRequired.end(), name) != kRequired.end();
}

// A row that comes of many records has none.
bool is_place(std::string_view name) { return name.starts_with("source"); }

void add_to_list(std::string& list, std::string_view item) {
  list += (list.empty() ? "" : ", ") + std::string(item);
}

std::string all_columns() {
  std::string list;
  for (const Field& field : letter_schema().fields) {
    add_to_list(list, field.name + " " + field.type.to_string() +
                          (field.name == "event_data" ? " or BYTES" : ""));
  }
  return list;
}

// What is wrong with a column of the letters' own; empty where nothing is.
std::string misfit(const Field& field, const Type& type) {
  const std::string is = "its column '" + field.name + "' is " + type.to_string();
  if (!type.nullable && is_place(field.name)) {
    return "its column '" + field.name +
           "' is NOT NULL, and rows that come of several records, as those of a window do, have "
           "no place";
  }
  const bool takes_bytes = field.name == "event_data" && type.is_binary();
  const bool fits = field.type.is_string() ? type.is_string() || takes_bytes
                                           : function::can_cast(field.type, type);
  if (!fits) {
    return is + ", and the letters' is " + field.type.to_string();
  }
  const bool is_whole =
      type.same_but_nullability(Type::string()) || type.same_but_nullability(Type::bytes());
  if (is_required(field.name) && !is_whole) {
    return is + ", which would cut it";
  }
  return "";
}

// What is wrong with the table; empty where nothing is.
std::string misfit(const catalog::Table& table) {
  const Schema known = letter_schema();
  std::string others;
  for (const catalog::ColumnDefinition& column : table.columns) {
    if (column.kind != catalog::ColumnKind::physical) {
      continue;
    }
    const auto found = known.find(column.name);
    const std::string why = found ? misfit(known[*found], column.type) : "";
    if (!why.empty()) {
      return why;
    }
    if (!found && !column.type.nullable) {
      return "its column '" + column.name + "' is NOT NULL, and no letter has such a field";
    }
    if (!found) {
      add_to_list(others, "'" + column.name + "'");
    }
  }
  std::string missing;
  for (const std::string_view name : kRequired) {
    const auto column = table.find(std::string(name));
    if (!column || table.columns[*column].kind != catalog::ColumnKind::physical) {
      add_to_list(missing, "'" + std::string(name) + "'");
    }
  }
  if (missing.empty()) {
    return "";
  }
  return "it has no column " + missing +
         (others.empty() ? "" : ", and of what it has no letter has " + others);
}

}  // namespace

Schema letter_schema() {
  return {{{"event_data", Type::string()},
           {"reason", Type::string()},
           {"stage", Type::string()},
           {"source", Type::string()},
           {"source_partition", Type::of(TypeKind::integer)},
           {"source_offset", Type::of(TypeKind::bigint)},
           {"created_at", Type::timestamp_ltz(3)},
           {"pipeline", Type::string()}}};
}

void check_letter_table(const catalog::Table& table, std::string_view what, const Position& at) {
  const std::string why = misfit(table);
  if (!why.empty()) {
    throw Error(ErrorCode::invalid_argument,
                "table '" + table.name + "' cannot take " + std::string(what) + ": " + why +
                    ". It needs event_data and reason, and may have, of these or types to which "
                    "CAST leads: " +
                    all_columns(),
                at);
  }
}

}  // namespace millrace::plan
