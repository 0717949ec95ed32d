#include "duckdb/tables.h"

#include <algorithm>

#include "base/check.h"
#include "base/json.h"
#include "base/time.h"

namespace millrace::random_queries {

namespace {

struct SortNames {
  const char* flink;
  const char* duckdb;
  // What tables hold: common values, then edges, which are rare.
  std::vector<std::string> values;
  std::vector<std::string> edges;
};

const SortNames& names_of(Sort sort) {
  static const std::array<SortNames, kValueSorts> kNames{{
      {"BOOLEAN", "BOOLEAN", {"true", "false"}, {"true"}},
      {"INT",
       "INTEGER",
       {"-3", "-1", "0", "1", "2", "3", "4", "5", "7", "12"},
       {"2147483647", "-2147483648", "100000"}},
      {"BIGINT",
       "BIGINT",
       {"-20", "-2", "0", "1", "2", "3", "8", "10", "40"},
       {"9223372036854775807", "-9223372036854775808", "2147483648"}},
      {"DOUBLE",
       "DOUBLE",
       {"-2.5", "-0.75", "0.0", "0.25", "0.5", "1.0", "1.5", "2.0", "3.75"},
       {"1048576.25", "-99999.5"}},
      {"DECIMAL(10, 2)",
       "DECIMAL(10, 2)",
       {"-3.33", "-0.50", "0.00", "0.01", "0.99", "1.00", "1.25", "2.50", "10.00"},
       {"99999999.99", "-99999999.99"}},
      {"STRING",
       "VARCHAR",
       {"", "a", "b", "ab", "Abc", "abc", "ba", "a b", "x", "12"},
       {" a ", "é", "日本語", "a%b", "a_b", "aaaaaaaaaaaaaaaaaaaaaaaaaaa"}},
      // None before 1970, of which Flink, and so Millrace, finds other parts than DuckDB does.
      {"TIMESTAMP(3)",
       "TIMESTAMP",
       {"2026-01-01 00:00:00", "2026-01-01 00:00:01.5", "2026-01-01 00:00:10",
        "2026-01-01 00:00:59.999", "2026-01-02 12:30:00"},
       {"1999-12-31 23:59:59.999", "2024-02-29 23:59:59", "1970-01-01 00:00:00"}},
      {"DATE",
       "DATE",
       {"2026-01-01", "2026-01-02", "2026-01-31", "2026-03-31"},
       {"1969-12-31", "2024-02-29", "2000-01-01"}},
  }};
  return kNames[static_cast<size_t>(sort)];
}

std::string random_value(Sort sort, Random& random) {
  const SortNames& names = names_of(sort);
  const std::vector<std::string>& from = random.one_in(12) ? names.edges : names.values;
  return from[random.below(from.size())];
}

// Row n's event time, at most four seconds behind that of a row before it.
std::string event_time(size_t row, Random& random) {
  constexpr int64_t kBase = 1'767'225'600'000;  // 2026-01-01
  constexpr int64_t kStepMs = 1'500;
  const auto n = static_cast<int64_t>(row);
  const auto jitter = static_cast<int64_t>(random.below(5)) * 1'000;
  // Half of the rows have last digits of their own; the others may share their times.
  const int64_t own = random.one_in(2) ? n % 100 : 0;
  std::string text = to_iso8601(Timestamp{kBase + n * kStepMs + jitter + own});
  text[text.find('T')] = ' ';
  text.pop_back();  // the Z
  return text;
}

Values random_row(size_t number, Random& random) {
  Values values;
  for (const Column& column : table_columns()) {
    if (column.name == "id") {
      values.emplace_back(std::to_string(number + 1));
    } else if (column.name == "ts") {
      values.emplace_back(event_time(number, random));
    } else if (random.one_in(6)) {
      values.emplace_back();
    } else if (column.name == "k") {
      values.emplace_back(std::to_string(random.below(4)));
    } else {
      values.emplace_back(random_value(column.sort, random));
    }
  }
  return values;
}

// One row less, or another in its place; gives what stands there now.
void change_one(Table& table, std::vector<Values>& live, size_t number, Random& random) {
  const size_t which = random.below(live.size());
  const Values old = live[which];
  if (random.one_in(2)) {
    table.changes.push_back({RowKind::delete_, old});
    live.erase(live.begin() + static_cast<ptrdiff_t>(which));
    return;
  }
  live[which] = random_row(number, random);
  live[which][0] = old[0];
  if (table.gives == Gives::changes) {
    table.changes.push_back({RowKind::update_before, old});
  }
  table.changes.push_back({RowKind::update_after, live[which]});
}

std::string duckdb_value(const Value& value, Sort sort) {
  return !value                 ? "NULL"
         : sort == Sort::text   ? "'" + *value + "'"
         : sort >= Sort::time   ? "'" + *value + "'"
         : sort == Sort::bigint ? "CAST('" + *value + "' AS BIGINT)"
                                : *value;
}

}  // namespace

const std::vector<Column>& table_columns() {
  static const std::vector<Column> kColumns{
      {"id", Sort::integer}, {"ts", Sort::time}, {"k", Sort::integer}, {"i", Sort::integer},
      {"b", Sort::bigint},   {"r", Sort::real},  {"d", Sort::decimal}, {"s", Sort::text},
      {"f", Sort::boolean},  {"tm", Sort::time}, {"dt", Sort::date}};
  return kColumns;
}

std::string flink_type(Sort sort) { return names_of(sort).flink; }
std::string duckdb_type(Sort sort) { return names_of(sort).duckdb; }

Piece random_literal(Sort sort, Random& random) {
  const std::string quoted =
      "'" + names_of(sort).values[random.below(names_of(sort).values.size())];
  const std::string value = quoted.substr(1);
  Piece piece{.sort = sort, .flink = value, .duckdb = "", .parts = {}};
  if (sort == Sort::text) {
    piece.flink = quoted + "'";
  } else if (sort == Sort::time) {
    piece.flink = "TIMESTAMP " + quoted + "'";
  } else if (sort == Sort::date) {
    piece.flink = "DATE " + quoted + "'";
  } else if (sort != Sort::boolean && sort != Sort::integer) {
    piece.flink = "CAST(" + value + " AS " + flink_type(sort) + ")";
    piece.duckdb = "CAST(" + value + " AS " + duckdb_type(sort) + ")";
  }
  return piece;
}

Table random_table(const std::string& name, Gives gives, size_t rows, Random& random) {
  Table table{name, gives, {}};
  std::vector<Values> live;
  for (size_t number = 0; number < rows; ++number) {
    if (gives != Gives::insertions && !live.empty() && random.one_in(3)) {
      change_one(table, live, number, random);
    } else {
      live.push_back(random_row(number, random));
      const bool upsert = gives == Gives::upserts;
      table.changes.push_back({upsert ? RowKind::update_after : RowKind::insert, live.back()});
    }
  }
  return table;
}

std::vector<Values> rows_left(const Table& table) {
  std::vector<Values> rows;
  for (const Change& change : table.changes) {
    const auto same = std::find_if(rows.begin(), rows.end(),
                                   [&](const Values& row) { return row[0] == change.values[0]; });
    const bool adds = is_addition(change.kind);
    if (same != rows.end() && adds) {
      *same = change.values;
    } else if (same != rows.end()) {
      rows.erase(same);
    } else if (adds) {
      rows.push_back(change.values);
    }
  }
  return rows;
}

std::string as_json(const Values& values) {
  std::string text = "{";
  for (size_t i = 0; i < values.size(); ++i) {
    const Column& column = table_columns()[i];
    text += (i == 0 ? "\"" : ", \"") + column.name + "\": ";
    if (!values[i]) {
      text += "null";
    } else if (column.sort < Sort::text) {
      text += *values[i];
    } else {
      append_json_string(*values[i], text);
    }
  }
  return text + "}";
}

std::vector<std::string> duckdb_statements(const Table& table) {
  std::string create = "CREATE OR REPLACE TABLE " + table.name + " (";
  for (const Column& column : table_columns()) {
    create += (column.name == "id" ? "" : ", ") + column.name + " " + duckdb_type(column.sort);
  }
  std::string insert = "INSERT INTO " + table.name + " VALUES ";
  const std::vector<Values> rows = rows_left(table);
  for (size_t row = 0; row < rows.size(); ++row) {
    insert += row == 0 ? "(" : ", (";
    for (size_t i = 0; i < rows[row].size(); ++i) {
      insert += (i == 0 ? "" : ", ") + duckdb_value(rows[row][i], table_columns()[i].sort);
    }
    insert += ")";
  }
  std::vector<std::string> statements{create + ")"};
  if (!rows.empty()) {
    statements.push_back(insert);
  }
  return statements;
}

}  // namespace millrace::random_queries
