// Queries by event time. What Flink's window functions give is written out for DuckDB.

#include <array>

#include "duckdb/expressions.h"
#include "duckdb/queries.h"
#include "duckdb/scope.h"

namespace millrace::random_queries {

namespace {

constexpr std::array kJoins{"JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"};

// A window function over the table {0}.
struct WindowFunction {
  std::string flink;
  std::string duckdb;
  bool is_session = false;
  std::vector<Column> partition = {};  // of sessions
};

std::string seconds(size_t count) { return "INTERVAL '" + std::to_string(count) + "' SECOND"; }

// Where a window of this length begins that a row is in.
std::string bucket(size_t length, size_t offset, const std::string& time) {
  return "time_bucket(" + seconds(length) + ", " + time + ", TIMESTAMP '1970-01-01 00:00:0" +
         std::to_string(offset) + "')";
}

constexpr const char* kTime = ", window_end - INTERVAL 1 MILLISECOND AS window_time";

WindowFunction tumble(Random& random, const std::string& time) {
  const size_t size = std::array<size_t, 4>{3, 7, 10, 15}[random.below(4)];
  const size_t offset = random.one_in(3) ? 1 + random.below(2) : 0;
  return {"TABLE(TUMBLE(TABLE {0}, DESCRIPTOR(" + time + "), " + seconds(size) +
              (offset == 0 ? "" : ", " + seconds(offset)) + "))",
          "(SELECT *, " + bucket(size, offset, time) + " AS window_start, window_start + " +
              seconds(size) + " AS window_end" + kTime + " FROM {0})"};
}

WindowFunction hop(Random& random, const std::string& time) {
  const size_t slide = 2 + random.below(4);
  const size_t count = 1 + random.below(4);
  const size_t size = slide * count;
  return {"TABLE(HOP(TABLE {0}, DESCRIPTOR(" + time + "), " + seconds(slide) + ", " +
              seconds(size) + "))",
          "(SELECT {0}.*, " + bucket(slide, 0, time) + " - " + seconds(slide) +
              " * nth AS window_start, window_start + " + seconds(size) + " AS window_end" + kTime +
              " FROM {0}, range(" + std::to_string(count) + ") AS numbers(nth))"};
}

WindowFunction cumulate(Random& random, const std::string& time) {
  const size_t step = 2 + random.below(4);
  const size_t count = 1 + random.below(4);
  const size_t size = step * count;
  return {"TABLE(CUMULATE(TABLE {0}, DESCRIPTOR(" + time + "), " + seconds(step) + ", " +
              seconds(size) + "))",
          "(SELECT * FROM (SELECT {0}.*, " + bucket(size, 0, time) +
              " AS window_start, window_start + " + seconds(step) + " * (nth + 1) AS window_end" +
              kTime + " FROM {0}, range(" + std::to_string(count) + ") AS numbers(nth)) WHERE " +
              time + " < window_end)"};
}

WindowFunction session(Random& random) {
  const std::string gap = seconds(2 + random.below(4));
  const std::vector<Column> partition =
      random.one_in(3) ? std::vector<Column>{}
                       : std::vector<Column>{random.one_in(3) ? Column{"f", Sort::boolean}
                                                              : Column{"k", Sort::integer}};
  const std::string by = partition.empty() ? "" : "PARTITION BY " + partition[0].name;
  return {"TABLE(SESSION(TABLE {0} " + by + ", DESCRIPTOR(ts), " + gap + "))",
          "(SELECT *, min(ts) OVER session AS window_start, max(ts) OVER session + " + gap +
              " AS window_end FROM (SELECT *, sum(fresh) OVER (" + by +
              " ORDER BY ts) AS number FROM (SELECT *, CASE WHEN ts <= lag(ts) OVER (" + by +
              " ORDER BY ts, id) + " + gap +
              " THEN 0 ELSE 1 END AS fresh FROM {0})) WINDOW session AS (PARTITION BY " +
              (partition.empty() ? "" : partition[0].name + ", ") + "number))",
          true, partition};
}

WindowFunction fixed_window(Random& random, const std::string& time) {
  switch (random.below(3)) {
    case 0: return tumble(random, time);
    case 1: return hop(random, time);
    default: return cumulate(random, time);
  }
}

Piece of(const WindowFunction& function, const Piece& table) {
  return piece(function.flink, function.duckdb, {table});
}

std::vector<Column> of_two_tables() {
  return both(columns_without_time("l."), columns_without_time("r."));
}

}  // namespace

Piece QueryMaker::any_table() { return verbatim(Sort::other, tables_[below(tables_.size())]); }

Query QueryMaker::window_group() {
  const bool is_session = !is_in_batch(form_) && random_->one_in(4);
  const WindowFunction function = is_session ? session(*random_) : fixed_window(*random_, "ts");
  const std::vector<Column> scope = columns_without_time("");
  std::vector<Column> keys{{"window_start", Sort::time}, {"window_end", Sort::time}};
  keys.insert(keys.end(), function.partition.begin(), function.partition.end());
  // Groups of sessions are of all rows, and by no other columns.
  const Piece condition = is_session ? piece("", {}) : where(scope);
  std::string sets;
  if (!is_session && random_->one_in(2)) {
    keys.push_back(any_column(scope));
  }
  if (!is_session && keys.size() > 2 && keys[2].name != "f" && random_->one_in(4)) {
    keys.push_back({"f", Sort::boolean});
    sets = (random_->one_in(2) ? "CUBE (" : "ROLLUP (") + keys[2].name + ", f)";
  }
  std::vector<Piece> shown;
  std::string names;
  for (const Column& key : keys) {
    shown.push_back(verbatim(key.sort, key.name));
    const bool in_sets = !sets.empty() && shown.size() > 2;
    names += (names.empty() ? "" : ", ") + (in_sets ? sets : key.name);
    if (in_sets) {
      shown.push_back(verbatim(Sort::boolean, "f"));
      break;
    }
  }
  Piece having = aggregates_behind(shown, scope, is_session ? Distinct::none : Distinct::some);
  Query query = selecting(shown);
  query.piece = piece("SELECT {0} FROM {1}{2} GROUP BY " + names + "{3}",
                      {query.piece, of(function, any_table()), condition, std::move(having)});
  return query;
}

// Windows of what comes out of windows.
Query QueryMaker::window_of_windows() {
  const std::string inner = "w" + std::to_string(aliases_++);
  const WindowFunction first = fixed_window(*random_, "ts");
  const WindowFunction second = fixed_window(*random_, "rt");
  const std::vector<Column> scope = columns_without_time("");
  const Piece groups = piece(
      "SELECT window_time AS rt, k, COUNT(*) AS n, {0} AS a FROM {1}{2} GROUP BY "
      "window_start, window_end, window_time, k",
      {piece("SUM({0})", "CAST(SUM({0}) AS BIGINT)",
             {random_expression(Sort::bigint, scope, 1, *random_)}),
       of(first, any_table()), where(scope)});
  std::vector<Piece> shown{verbatim(Sort::time, "window_start"),
                           verbatim(Sort::time, "window_end")};
  const std::vector<Column> made{{"k", Sort::integer}, {"n", Sort::bigint}, {"a", Sort::bigint}};
  for (size_t i = 1 + below(2); i > 0; --i) {
    shown.push_back(random_aggregate(made, Distinct::some, *random_));
  }
  Query query = selecting(shown);
  query.piece =
      piece("WITH " + inner + " AS ({0}) SELECT {1} FROM {2} GROUP BY window_start, window_end",
            {groups, query.piece, of(second, verbatim(Sort::other, inner))});
  return query;
}

Query QueryMaker::window_top() {
  const WindowFunction function = fixed_window(*random_, "ts");
  const std::vector<Column> scope = columns_without_time("");
  std::vector<Piece> shown;
  for (const Column& column : {Column{"window_start", Sort::time}, Column{"window_end", Sort::time},
                               Column{"id", Sort::integer}, any_column(scope)}) {
    shown.push_back(verbatim(column.sort, column.name));
  }
  Query query = selecting(shown);
  // The first or the last row by time, of several of the same the one that came so; or the first
  // ones in any order.
  const bool by_time = random_->one_in(3);
  const bool descending = random_->one_in(2);
  const std::string order = by_time ? "ts" : any_column(scope).name;
  const std::string direction = descending ? " DESC" : " ASC";
  const std::string number = "ROW_NUMBER() OVER (PARTITION BY window_start, window_end" +
                             std::string(random_->one_in(2) ? ", k" : "") + " ORDER BY " + order +
                             direction;
  const std::string filter =
      ") AS ranked WHERE rn <= " + std::to_string(by_time ? 1 : 1 + below(3));
  const std::string outer = "SELECT c0, c1, c2, c3 FROM (SELECT {0}, " + number;
  query.piece = piece(outer + (by_time ? "" : ", id") + ") AS rn FROM {1}{2}" + filter,
                      outer + (descending ? " NULLS LAST" : " NULLS FIRST") + ", id" +
                          (by_time ? direction : "") + ") AS rn FROM {1}{2}" + filter,
                      {query.piece, of(function, any_table()), where(scope)});
  return query;
}

Query QueryMaker::window_join() {
  const WindowFunction function = fixed_window(*random_, "ts");
  const Piece left = of(function, any_table());
  const Piece right = of(function, any_table());
  const std::string same =
      "l.window_start = r.window_start AND l.window_end = r.window_end AND l.k = r.k";
  if (random_->one_in(3)) {
    const std::vector<Column> scope = columns_without_time("l.");
    Query query = selecting(some_sorts(), scope);
    query.piece = piece("SELECT {0} FROM (SELECT * FROM {1}) AS l WHERE " +
                            std::string(random_->one_in(2) ? "NOT " : "") +
                            "EXISTS (SELECT * FROM (SELECT * FROM {2}) AS r WHERE " + same + ")",
                        {query.piece, left, right});
    return query;
  }
  const std::vector<Column> scope = of_two_tables();
  Query query = selecting(some_sorts(), both(scope, {{"l.window_start", Sort::time}}));
  query.piece =
      piece(std::string("SELECT {0} FROM (SELECT * FROM {1}) AS l ") +
                kJoins[below(kJoins.size())] + " (SELECT * FROM {2}) AS r ON " + same + "{3}",
            {query.piece, left, right, and_condition(scope)});
  return query;
}

Query QueryMaker::interval_join() {
  const std::vector<Column> scope = of_two_tables();
  const std::string bounds =
      random_->one_in(2)
          ? "l.ts BETWEEN r.ts - " + seconds(1 + below(5)) + " AND r.ts + " + seconds(below(4))
          : "l.ts > r.ts - " + seconds(below(5)) + " AND l.ts <= r.ts + " + seconds(1 + below(3));
  Query query = selecting(some_sorts(), scope);
  query.piece = piece("SELECT {0} FROM {1} AS l " + std::string(kJoins[below(kJoins.size())]) +
                          " {2} AS r ON l.k = r.k AND " + bounds + "{3}",
                      {query.piece, any_table(), any_table(), and_condition(scope)});
  return query;
}

// With the row of the key that was the last one at the time, which for DuckDB is the nearest one.
// A row that comes behind a later one of its key was never the last; of several of one time the one
// is that came last. A key that is NULL meets the row whose key is, as in Flink.
Query QueryMaker::temporal_join() {
  const std::vector<Column> scope = of_two_tables();
  const std::string versions = tables_[below(tables_.size())];
  const std::string left = random_->one_in(2) ? "LEFT " : "";
  Query query = selecting(some_sorts(), scope);
  query.piece = piece("SELECT {0} FROM {1} AS l " + left + "JOIN versions_of_" + versions +
                          " FOR SYSTEM_TIME AS OF l.ts AS r ON l.k = r.k{2}",
                      "SELECT {0} FROM {1} AS l ASOF " + left +
                          "JOIN (SELECT * FROM (SELECT * FROM " + versions +
                          " QUALIFY ts >= MAX(ts) OVER (PARTITION BY k ORDER BY id)) QUALIFY "
                          "ROW_NUMBER() OVER (PARTITION BY k, ts ORDER BY id DESC) = 1) AS r ON "
                          "COALESCE(l.k, -1000) = COALESCE(r.k, -1000) AND l.ts >= r.ts{2}",
                      {query.piece, any_table(), where(scope)});
  return query;
}

Query QueryMaker::first_or_last() {
  const std::vector<Column> scope = columns_without_time("");
  std::vector<Piece> shown;
  for (const Column& column : {any_column(scope), any_column(scope), scope[0]}) {
    shown.push_back(verbatim(column.sort, column.name));
  }
  Query query = selecting(shown);
  const std::string direction = random_->one_in(2) ? " ASC" : " DESC";
  const std::string head =
      "SELECT c0, c1, c2 FROM (SELECT {0}, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts" +
      direction;
  const std::string tail = ") AS rn FROM {1}{2}) AS ranked WHERE rn = 1";
  query.piece = piece(head + tail, head + ", id" + direction + tail,
                      {query.piece, any_table(), where(scope)});
  return query;
}

Query QueryMaker::by_event_time() {
  Query query = [this] {
    switch (below(12)) {
      case 0: return window_top();
      case 1:
      case 2: return window_join();
      case 3: return interval_join();
      case 4: return is_in_batch(form_) ? over_in_batch(1) : temporal_join();
      case 5: return window_of_windows();
      case 6: return first_or_last();
      case 7:
      case 8: return over();
      default: return window_group();
    }
  }();
  query.piece.sort = Sort::query;
  return query;
}

}  // namespace millrace::random_queries
