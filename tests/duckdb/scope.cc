#include "duckdb/scope.h"

namespace millrace::random_queries {

std::vector<Column> columns_without_time(const std::string& prefix) {
  std::vector<Column> columns;
  for (const Column& column : table_columns()) {
    if (column.name != "ts") {
      columns.push_back({prefix + column.name, column.sort});
    }
  }
  return columns;
}

std::vector<Column> ordinary(const std::vector<Column>& columns) {
  std::vector<Column> some;
  for (const Column& column : columns) {
    if (column.sort != Sort::rounded) {
      some.push_back(column);
    }
  }
  return some;
}

std::vector<Column> qualified(const std::vector<Column>& columns, const std::string& alias) {
  std::vector<Column> named;
  for (const Column& column : columns) {
    named.push_back({alias + "." + column.name, column.sort});
  }
  return named;
}

std::vector<Column> both(std::vector<Column> left, const std::vector<Column>& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

Piece ordered(const Column& column, Random& random) {
  const bool descending = random.one_in(2);
  return piece(column.name + (descending ? " DESC" : " ASC"),
               column.name + (descending ? " DESC NULLS LAST" : " ASC NULLS FIRST"), {});
}

Piece by_all(const std::vector<Column>& columns, Random& random) {
  std::vector<Piece> parts;
  for (const Column& column : columns) {
    parts.push_back(ordered(column, random));
  }
  std::swap(parts[0], parts[random.below(parts.size())]);
  // No list: one left out would make the answer a matter of luck.
  Piece all = piece("{0}", std::move(parts));
  for (size_t i = 1; i < all.parts.size(); ++i) {
    all.flink += ", {" + std::to_string(i) + "}";
  }
  return all;
}

}  // namespace millrace::random_queries
