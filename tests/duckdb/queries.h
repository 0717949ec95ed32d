#pragma once

// Random queries, each a piece whose columns are named c0, c1 and so on.

#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "duckdb/expressions.h"
#include "duckdb/piece.h"
#include "duckdb/tables.h"

namespace millrace::random_queries {

// What a query may be made of.
enum class Form : uint8_t {
  stream,   // anything without event time
  batch,    // the same at the end of bounded input: a global aggregate of no rows has a row
  windows,  // windows and joins by event time, and what is done with what comes out of them
  windows_in_batch,
};
inline bool is_by_time(Form form) {
  return form == Form::windows || form == Form::windows_in_batch;
}
inline bool is_in_batch(Form form) { return form == Form::batch || form == Form::windows_in_batch; }

// What DuckDB is asked behind an aggregate over all rows, for whom there is one of no rows as well.
inline constexpr std::string_view kGuardOfNothing = " HAVING COUNT(*) > 0";

struct Query {
  Piece piece;
  std::vector<Column> columns;
};

class QueryMaker {
 public:
  QueryMaker(std::vector<std::string> tables, Form form, Random* random)
      : tables_(std::move(tables)), form_(form), random_(random) {}

  // `depth` bounds the queries inside one another.
  Query make(int depth);

 private:
  // What stands behind FROM or JOIN; its columns are qualified.
  struct Source {
    Piece piece;
    std::vector<Column> columns;
  };

  Query made(int depth);
  Query projection(int depth);
  Query distinct(int depth);
  Query group(int depth);
  Query grouping_sets(int depth);
  Query set_operation(int depth);
  Query join(int depth);
  Query elements(int depth);
  Query top(int depth);
  Query limit(int depth);
  Query twice(int depth);

  // subqueries.cc
  Query members(int depth);
  Query above_scalar(int depth);
  Query beside_value(int depth);
  Query either_member(int depth);

  // windows.cc
  Query window_group();
  Query window_of_windows();
  Query window_top();
  Query window_join();
  Query interval_join();
  Query temporal_join();
  Query first_or_last();
  Query by_event_time();

  // over.cc
  Query over();
  Query over_by_value(int depth);
  Query over_in_batch(int depth);
  Piece call_in_batch(const std::vector<Column>& scope);

  Piece any_table();
  Source source(int depth);
  Source elements_of(const std::vector<Column>& scope);
  Piece where(const std::vector<Column>& scope);
  Piece and_condition(const std::vector<Column>& scope);  // behind others; at times none
  // Expressions AS c0, c1...
  Query selecting(const std::vector<Piece>& expressions);
  Query selecting(const std::vector<Sort>& sorts, const std::vector<Column>& scope);
  std::vector<Sort> some_sorts();
  // Behind what is shown already; gives HAVING.
  Piece aggregates_behind(std::vector<Piece>& shown, const std::vector<Column>& scope,
                          Distinct distinct = Distinct::some);
  const Column& any_column(const std::vector<Column>& scope);
  size_t below(size_t bound) { return random_->below(bound); }

  std::vector<std::string> tables_;
  Form form_;
  Random* random_;
  int aliases_ = 0;
};

}  // namespace millrace::random_queries
