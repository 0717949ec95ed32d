// Queries by event time. What Flink's window functions give is written out for DuckDB.

#include <array>

#include "duckdb/expressions.h"
#include "duckdb/queries.h"

namespace millrace::random_queries {

namespace {

constexpr std::array kJoins{"JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"};

struct WindowTable {
  const char* flink;
  const char* duckdb;
};

// {0} is the table.
constexpr std::array kWindowTables{
    WindowTable{"TABLE(TUMBLE(TABLE {0}, DESCRIPTOR(ts), INTERVAL '10' SECOND))",
                "(SELECT *, time_bucket(INTERVAL 10 SECOND, ts, TIMESTAMP '1970-01-01') AS "
                "window_start, window_start + INTERVAL 10 SECOND AS window_end FROM {0})"},
    WindowTable{"TABLE(HOP(TABLE {0}, DESCRIPTOR(ts), INTERVAL '4' SECOND, INTERVAL '12' SECOND))",
                "(SELECT {0}.*, time_bucket(INTERVAL 4 SECOND, ts, TIMESTAMP '1970-01-01') - "
                "INTERVAL 4 SECOND * n AS window_start, window_start + INTERVAL 12 SECOND AS "
                "window_end FROM {0}, range(3) AS numbers(n))"},
    WindowTable{
        "TABLE(CUMULATE(TABLE {0}, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '15' SECOND))",
        "(SELECT * FROM (SELECT {0}.*, time_bucket(INTERVAL 15 SECOND, ts, TIMESTAMP "
        "'1970-01-01') AS window_start, window_start + INTERVAL 5 SECOND * (n + 1) AS window_end "
        "FROM {0}, range(3) AS numbers(n)) WHERE ts < window_end)"},
    WindowTable{
        "TABLE(SESSION(TABLE {0} PARTITION BY k, DESCRIPTOR(ts), INTERVAL '3' SECOND))",
        "(SELECT *, min(ts) OVER session AS window_start, max(ts) OVER session + INTERVAL 3 SECOND "
        "AS window_end FROM (SELECT *, sum(fresh) OVER (PARTITION BY k ORDER BY ts) AS number "
        "FROM (SELECT *, CASE WHEN ts <= lag(ts) OVER (PARTITION BY k ORDER BY ts) + INTERVAL 3 "
        "SECOND THEN 0 ELSE 1 END AS fresh FROM {0})) WINDOW session AS (PARTITION BY k, number))"},
};
constexpr size_t kSession = 3;

// An aggregate over the rows before; {1} is the window.
struct OverCall {
  Sort sort;
  Sort of;
  const char* flink;
  const char* duckdb;
};
constexpr std::array kOverCalls{
    OverCall{Sort::bigint, Sort::integer, "COUNT({0}) OVER {1}", ""},
    OverCall{Sort::integer, Sort::integer, "SUM({0}) OVER {1}",
             "CAST(SUM({0}) OVER {1} AS INTEGER)"},
    OverCall{Sort::real, Sort::real, "SUM({0}) OVER {1}", ""},
    OverCall{Sort::text, Sort::text, "MIN({0}) OVER {1}", ""},
    OverCall{Sort::integer, Sort::integer, "MAX({0}) OVER {1}", ""},
    OverCall{Sort::decimal, Sort::decimal, "SUM({0}) OVER {1}", ""},
};
constexpr std::array kFrames{"ROWS BETWEEN 2 PRECEDING AND CURRENT ROW",
                             "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW",
                             "RANGE BETWEEN INTERVAL '4' SECOND PRECEDING AND CURRENT ROW",
                             "RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"};

Piece piece(std::string flink, std::string duckdb, std::vector<Piece> parts) {
  return {.sort = Sort::other,
          .flink = std::move(flink),
          .duckdb = std::move(duckdb),
          .parts = std::move(parts)};
}

// Without the row time, which may not be given on everywhere.
std::vector<Column> without_time(const std::string& alias) {
  std::vector<Column> columns;
  for (const Column& column : table_columns()) {
    if (column.name != "ts") {
      columns.push_back({alias + column.name, column.sort});
    }
  }
  return columns;
}

}  // namespace

QueryMaker::Source QueryMaker::window_table(std::vector<Column>& keys, Sessions sessions) {
  const size_t which = below(sessions == Sessions::some ? kWindowTables.size() : kSession);
  const Piece table = verbatim(Sort::other, tables_[below(tables_.size())]);
  Source from{piece(kWindowTables[which].flink, kWindowTables[which].duckdb, {table}),
              without_time("")};
  keys = {{"window_start", Sort::time}, {"window_end", Sort::time}};
  if (which == kSession) {
    keys.push_back({"k", Sort::integer});
  }
  return from;
}

Query QueryMaker::window_group() {
  std::vector<Column> keys;
  const Source from = window_table(keys, Sessions::some);
  const bool is_session = keys.size() > 2;
  // Groups of sessions are of all rows, and by no other columns.
  const Piece condition = is_session ? piece("", "", {}) : where(from.columns);
  if (!is_session && random_->one_in(2)) {
    keys.push_back(any_column(from.columns));
  }
  std::vector<Piece> shown;
  std::string names;
  for (const Column& key : keys) {
    shown.push_back(verbatim(key.sort, key.name));
    names += (names.empty() ? "" : ", ") + key.name;
  }
  Piece having =
      aggregates_behind(shown, from.columns, is_session ? Distinct::none : Distinct::some);
  Query query = selecting(shown);
  query.piece = piece("SELECT {0} FROM {1}{2} GROUP BY " + names + "{3}", "",
                      {query.piece, from.piece, condition, std::move(having)});
  return query;
}

Query QueryMaker::window_top() {
  std::vector<Column> keys;
  const Source from = window_table(keys, Sessions::none);
  std::vector<Piece> shown;
  for (const Column& column :
       {keys[0], keys[1], Column{"id", Sort::integer}, any_column(from.columns)}) {
    shown.push_back(verbatim(column.sort, column.name));
  }
  Query query = selecting(shown);
  const std::string order = any_column(from.columns).name;
  const std::string number = "ROW_NUMBER() OVER (PARTITION BY window_start, window_end" +
                             std::string(random_->one_in(2) ? ", k" : "") + " ORDER BY " + order;
  const std::string filter = ") AS ranked WHERE rn <= " + std::to_string(1 + below(3));
  const std::string outer = "SELECT c0, c1, c2, c3 FROM (SELECT {0}, " + number;
  query.piece = piece(outer + " DESC, id) AS rn FROM {1}{2}" + filter,
                      outer + " DESC NULLS LAST, id) AS rn FROM {1}{2}" + filter,
                      {query.piece, from.piece, where(from.columns)});
  return query;
}

Query QueryMaker::window_join() {
  const size_t which = below(kSession);
  std::vector<Piece> sides;
  for (size_t i = 0; i < 2; ++i) {
    const Piece table = verbatim(Sort::other, tables_[below(tables_.size())]);
    sides.push_back(piece(kWindowTables[which].flink, kWindowTables[which].duckdb, {table}));
  }
  std::vector<Column> scope = without_time("l.");
  for (const Column& column : without_time("r.")) {
    scope.push_back(column);
  }
  scope.push_back({"l.window_start", Sort::time});
  Query query = selecting(some_sorts(), scope);
  query.piece = piece(
      std::string("SELECT {0} FROM (SELECT * FROM {1}) AS l ") + kJoins[below(kJoins.size())] +
          " (SELECT * FROM {2}) AS r ON l.window_start = r.window_start AND l.window_end = "
          "r.window_end AND l.k = r.k",
      "", {query.piece, sides[0], sides[1]});
  return query;
}

Query QueryMaker::interval_join() {
  std::vector<Column> scope = without_time("l.");
  for (const Column& column : without_time("r.")) {
    scope.push_back(column);
  }
  Query query = selecting(some_sorts(), scope);
  query.piece = piece("SELECT {0} FROM " + tables_[below(tables_.size())] + " AS l " +
                          kJoins[below(kJoins.size())] + " " + tables_[below(tables_.size())] +
                          " AS r ON l.k = r.k AND l.ts BETWEEN r.ts - INTERVAL '" +
                          std::to_string(1 + below(5)) + "' SECOND AND r.ts + INTERVAL '" +
                          std::to_string(below(4)) + "' SECOND",
                      "", {query.piece});
  return query;
}

Query QueryMaker::over() {
  const std::vector<Column> scope = without_time("");
  const Piece window =
      verbatim(Sort::other, "(" + std::string(random_->one_in(3) ? "" : "PARTITION BY k ") +
                                "ORDER BY ts " + kFrames[below(kFrames.size())] + ")");
  std::vector<Piece> shown{verbatim(Sort::integer, "id")};
  for (size_t i = 1 + below(2); i > 0; --i) {
    const OverCall& call = kOverCalls[below(kOverCalls.size())];
    Piece made =
        piece(call.flink, call.duckdb, {random_expression(call.of, scope, 1, *random_), window});
    made.sort = call.sort;
    shown.push_back(std::move(made));
  }
  Query query = selecting(shown);
  query.piece = piece("SELECT {0} FROM " + tables_[below(tables_.size())] + "{1}", "",
                      {query.piece, where(scope)});
  return query;
}

Query QueryMaker::first_or_last() {
  const std::vector<Column> scope = without_time("");
  std::vector<Piece> shown;
  for (const Column& column : {any_column(scope), any_column(scope), scope[0]}) {
    shown.push_back(verbatim(column.sort, column.name));
  }
  Query query = selecting(shown);
  query.piece = piece(
      "SELECT c0, c1, c2 FROM (SELECT {0}, ROW_NUMBER() OVER (PARTITION BY k ORDER "
      "BY ts " +
          std::string(random_->one_in(2) ? "ASC" : "DESC") + ") AS rn FROM " +
          tables_[below(tables_.size())] + "{1}) AS ranked WHERE rn = 1",
      "", {query.piece, where(scope)});
  return query;
}

Query QueryMaker::by_event_time() {
  Query query = [this] {
    switch (below(8)) {
      case 0: return window_top();
      case 1: return window_join();
      case 2: return interval_join();
      case 3: return over();
      case 4: return first_or_last();
      default: return window_group();
    }
  }();
  query.piece.sort = Sort::query;
  return query;
}

}  // namespace millrace::random_queries
