#include "connector/scan_columns.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"

namespace millrace::connector {

static bool is_in_record(const catalog::Table& table, size_t number,
                         const std::vector<size_t>& outside) {
  return table.columns[number].kind == catalog::ColumnKind::physical &&
         std::find(outside.begin(), outside.end(), number) == outside.end();
}

Schema whole_record(const catalog::Table& table, const std::vector<size_t>& outside) {
  std::vector<size_t> all(table.columns.size());
  std::iota(all.begin(), all.end(), 0);
  return read_schema(table, all, outside);
}

// --- Members of ROWs ---

using Path = std::vector<size_t>;  // numbers of fields, outermost first
using Paths = std::vector<Path>;   // of one column; an empty one is the whole column

// The type with those fields alone that the paths lead to. Paths are in ascending order, and none
// leads into another.
static Type narrowed(const Type& type, const Paths& paths, size_t depth) {
  if (paths.front().size() == depth) {
    return type;
  }
  std::vector<Field> fields;
  for (size_t from = 0; from < paths.size();) {
    const size_t number = paths[from][depth];
    Paths below;
    for (; from < paths.size() && paths[from][depth] == number; ++from) {
      below.push_back(paths[from]);
    }
    const Field& field = (*type.children)[number];
    fields.push_back({field.name, narrowed(field.type, below, depth + 1)});
  }
  return Type::row(std::move(fields), type.nullable);
}

// A member of a column of the narrowed type. Where a ROW is NULL its members are as well, in what a
// decoder gives.
static Column member_of(const Column& column, const Type& whole, const Path& path) {
  Column member = column;
  const Type* type = &whole;
  for (const size_t number : path) {
    const Field& field = (*type->children)[number];
    const std::vector<Field>& fields = *member.type().children;
    const auto place = std::find_if(fields.begin(), fields.end(),
                                    [&](const Field& narrow) { return narrow.name == field.name; });
    check(place != fields.end(), "a member that was read is there");
    const Column inner = member.children()[static_cast<size_t>(place - fields.begin())];
    member = inner;
    type = &field.type;
  }
  return member;
}

static const Path& path_of(const plan::Scan& scan, size_t i) {
  static const Path kWhole;
  return scan.members.empty() ? kWhole : scan.members[i];
}

// Entries of `read` from `i` on that are of the same column.
static Paths paths_from(const plan::Scan& scan, size_t i) {
  Paths paths;
  for (size_t at = i; at < scan.read.size() && scan.read[at] == scan.read[i]; ++at) {
    paths.push_back(path_of(scan, at));
  }
  return paths;
}

Schema read_schema(const plan::Scan& scan, const std::vector<size_t>& outside) {
  Schema schema;
  for (size_t i = 0; i < scan.read.size();) {
    const catalog::ColumnDefinition& column = scan.table->columns[scan.read[i]];
    const Paths paths = paths_from(scan, i);
    if (is_in_record(*scan.table, scan.read[i], outside)) {
      schema.fields.push_back({column.name, narrowed(column.type, paths, 0)});
    }
    i += paths.size();
  }
  return schema;
}

Schema read_schema(const catalog::Table& table, const std::vector<size_t>& columns,
                   const std::vector<size_t>& outside) {
  Schema schema;
  for (const size_t number : columns) {
    if (is_in_record(table, number, outside)) {
      schema.fields.push_back({table.columns[number].name, table.columns[number].type});
    }
  }
  return schema;
}

const std::string& metadata_key(const catalog::ColumnDefinition& column) {
  return column.metadata_key.empty() ? column.name : column.metadata_key;
}

std::vector<Column> scan_columns(
    const plan::Scan& scan, const std::vector<size_t>& outside, std::vector<Column> decoded,
    const std::function<Column(const catalog::ColumnDefinition& column)>& other) {
  std::vector<Column> columns;
  size_t physical = 0;
  for (size_t i = 0; i < scan.read.size(); ++i) {
    const catalog::ColumnDefinition& column = scan.table->columns[scan.read[i]];
    if (!is_in_record(*scan.table, scan.read[i], outside)) {
      columns.push_back(other(column));
      continue;
    }
    columns.push_back(member_of(decoded[physical], column.type, path_of(scan, i)));
    const bool is_last = i + 1 == scan.read.size() || scan.read[i + 1] != scan.read[i];
    physical += is_last ? 1 : 0;
  }
  return columns;
}

}  // namespace millrace::connector
