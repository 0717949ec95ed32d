// OVER: by event time, by a value, and in batch mode over any frame.

#include <array>

#include "duckdb/expressions.h"
#include "duckdb/queries.h"
#include "duckdb/scope.h"

namespace millrace::random_queries {

namespace {

// An aggregate of {0}; {1} is the window.
struct OverCall {
  Sort sort;
  Sort of;
  const char* flink;
  const char* duckdb;
};
constexpr std::array kAggregates{
    OverCall{Sort::bigint, Sort::text, "COUNT(DISTINCT {0}) OVER {1}", ""},
    OverCall{Sort::bigint, Sort::integer, "COUNT({0}) OVER {1}", ""},
    OverCall{Sort::integer, Sort::integer, "SUM({0}) OVER {1}",
             "CAST(SUM({0}) OVER {1} AS INTEGER)"},
    OverCall{Sort::bigint, Sort::bigint, "SUM({0}) OVER {1}", "CAST(SUM({0}) OVER {1} AS BIGINT)"},
    OverCall{Sort::real, Sort::real, "SUM({0}) OVER {1}", ""},
    OverCall{Sort::rounded, Sort::real, "AVG({0}) OVER {1}", ""},
    OverCall{Sort::text, Sort::text, "MIN({0}) OVER {1}", ""},
    OverCall{Sort::integer, Sort::integer, "MAX({0}) OVER {1}", ""},
    OverCall{Sort::time, Sort::time, "MAX({0}) OVER {1}", ""},
    OverCall{Sort::decimal, Sort::decimal, "SUM({0}) OVER {1}", ""},
};
// Without DISTINCT.
constexpr auto kAggregatesInBatch = std::span(kAggregates).subspan(1);
// Of the first and the last row of the frame: where rows that are level are the same.
constexpr std::array kEnds{
    OverCall{Sort::integer, Sort::integer, "FIRST_VALUE({0}) OVER {1}",
             "FIRST_VALUE({0} IGNORE NULLS) OVER {1}"},
    OverCall{Sort::text, Sort::text, "LAST_VALUE({0}) OVER {1}",
             "LAST_VALUE({0} IGNORE NULLS) OVER {1}"},
};
// Of a row's place among the others, whatever the frame.
constexpr std::array kPlaces{
    OverCall{Sort::bigint, Sort::integer, "ROW_NUMBER() OVER {1}", ""},
};
// By time: as in Flink each of the rows that are level has what the last one finds.
constexpr std::array kLags{
    OverCall{Sort::integer, Sort::integer, "LAG({0}) OVER {1}",
             "(list({0} ORDER BY ts, id) OVER {1})[-2]"},
    OverCall{Sort::text, Sort::text, "LAG({0}, 2) OVER {1}",
             "(list({0} ORDER BY ts, id) OVER {1})[-3]"},
};
// With a default the answer is NOT NULL, as in Flink, also where the value may be NULL.
constexpr std::array kPlacesInBatch{
    OverCall{Sort::integer, Sort::integer, "LAG({0}) OVER {1}", ""},
    OverCall{Sort::text, Sort::text, "LAG({0}, 2) OVER {1}", ""},
    OverCall{Sort::integer, Sort::integer, "LEAD({0}) OVER {1}", ""},
    OverCall{Sort::text, Sort::text, "LEAD(COALESCE({0}, ''), 2, 'none') OVER {1}", ""},
    OverCall{Sort::integer, Sort::integer, "LAG(COALESCE({0}, 0), 1, 7) OVER {1}", ""},
    OverCall{Sort::bigint, Sort::integer, "NTILE(3) OVER {1}", ""},
};
// The same for rows that are level.
constexpr std::array kRanks{
    OverCall{Sort::bigint, Sort::integer, "RANK() OVER {1}", ""},
    OverCall{Sort::bigint, Sort::integer, "DENSE_RANK() OVER {1}", ""},
    OverCall{Sort::rounded, Sort::integer, "PERCENT_RANK() OVER {1}", ""},
};

constexpr std::array kRowsByTime{"ROWS BETWEEN 2 PRECEDING AND CURRENT ROW",
                                 "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"};
constexpr std::array kRangesByTime{"RANGE BETWEEN INTERVAL '4' SECOND PRECEDING AND CURRENT ROW",
                                   "RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"};
constexpr std::array kRows{"ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING",
                           "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING",
                           "ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING",
                           "ROWS BETWEEN CURRENT ROW AND 2 FOLLOWING",
                           "ROWS BETWEEN 1 FOLLOWING AND 3 FOLLOWING",
                           "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING",
                           "ROWS BETWEEN 3 PRECEDING AND 2 PRECEDING"};
constexpr std::array kPeers{"RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW",
                            "RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING",
                            "RANGE BETWEEN CURRENT ROW AND CURRENT ROW"};

// A frame of values of this sort; empty where their distance is no literal.
std::string range_by(Sort sort, Random& random) {
  const bool counts = sort == Sort::integer || sort == Sort::bigint;
  if (!counts && sort != Sort::time && sort != Sort::date) {
    return "";
  }
  const std::string distance = counts               ? "3"
                               : sort == Sort::time ? "INTERVAL '2' SECOND"
                                                    : "INTERVAL '1' DAY";
  const std::array bounds{distance + " PRECEDING AND " + distance + " FOLLOWING",
                          "UNBOUNDED PRECEDING AND " + distance + " FOLLOWING",
                          distance + " PRECEDING AND CURRENT ROW",
                          distance + " FOLLOWING AND UNBOUNDED FOLLOWING"};
  return " RANGE BETWEEN " + bounds[random.below(bounds.size())];
}

Piece one_of(std::span<const OverCall> calls, const std::vector<Column>& scope, const Piece& window,
             Random& random) {
  const OverCall& call = calls[random.below(calls.size())];
  Piece made =
      piece(call.flink, call.duckdb, {random_expression(call.of, scope, 1, random), window});
  made.sort = call.sort;
  return made;
}

Piece any_of(const std::vector<std::span<const OverCall>>& kinds, const std::vector<Column>& scope,
             const Piece& window, Random& random) {
  return one_of(kinds[random.below(kinds.size())], scope, window, random);
}

}  // namespace

// Rows of one time come in the order of their ids.
Query QueryMaker::over() {
  static constexpr std::array kPartitions{"", "PARTITION BY k ", "PARTITION BY f, k ",
                                          "PARTITION BY MOD(id, 3) "};
  const std::vector<Column> scope = columns_without_time("");
  const std::string by = kPartitions[below(kPartitions.size())];
  const bool places = random_->one_in(4);
  const bool rows = random_->one_in(2);
  const bool lags = places && rows;
  const std::string frame =
      places ? ""
             : " " + std::string(rows ? kRowsByTime[below(kRowsByTime.size())]
                                      : kRangesByTime[below(kRangesByTime.size())]);
  const std::string level = (rows || places) && !lags ? ", id" : "";
  const Piece window = piece("(" + by + "ORDER BY ts" + frame + ")",
                             "(" + by + "ORDER BY ts" + level + frame + ")", {});
  const std::span<const OverCall> aggregates =
      is_in_batch(form_) ? kAggregatesInBatch : std::span<const OverCall>(kAggregates);
  std::vector<Piece> shown{verbatim(Sort::integer, "id")};
  for (size_t i = places ? 1 : 1 + below(2); i > 0; --i) {
    shown.push_back(lags     ? one_of(kLags, scope, window, *random_)
                    : places ? one_of(kPlaces, scope, window, *random_)
                    : rows   ? any_of({aggregates, kEnds}, scope, window, *random_)
                             : one_of(aggregates, scope, window, *random_));
  }
  Query query = selecting(shown);
  query.piece = piece("SELECT {0} FROM " + tables_[below(tables_.size())] + "{1}",
                      {query.piece, where(scope)});
  return query;
}

// Of a stream, of which each row is sent again whose window changes: all that come before it in the
// order, and those that are level.
Query QueryMaker::over_by_value(int depth) {
  const Source from = source(depth - 1);
  const Column& partition = any_column(from.columns);
  const std::string order = any_column(from.columns).name;
  const Piece window =
      piece("(PARTITION BY " + partition.name + " ORDER BY " + order + ")",
            "(PARTITION BY " + partition.name + " ORDER BY " + order + " ASC NULLS FIRST)", {});
  std::vector<Piece> shown{verbatim(partition.sort, partition.name)};
  for (size_t i = 1 + below(2); i > 0; --i) {
    shown.push_back(one_of(kAggregates, from.columns, window, *random_));
  }
  Query query = selecting(shown);
  query.piece = piece("SELECT {0} FROM {1}{2}", {query.piece, from.piece, where(from.columns)});
  return query;
}

// A call over a window of its own.
Piece QueryMaker::call_in_batch(const std::vector<Column>& scope) {
  const std::string by = random_->one_in(4) ? "" : "PARTITION BY " + any_column(scope).name + " ";
  const auto window = [&](const Piece& order, const std::string& frame) {
    return piece("(" + by + "ORDER BY {0}" + frame + ")", {order});
  };
  const Column& column = any_column(scope);
  const std::string range = range_by(column.sort, *random_);
  const auto choice = below(6);
  if (choice == 0) {
    const Piece all = window(by_all(scope, *random_), "");
    return any_of({kPlaces, kPlacesInBatch}, scope, all, *random_);
  }
  if (choice == 1) {
    return one_of(kRanks, scope, window(ordered(column, *random_), ""), *random_);
  }
  if (choice == 2) {
    return one_of(kAggregatesInBatch, scope, piece("(" + by + ")", {}), *random_);
  }
  if (choice == 3 || (choice == 4 && !range.empty())) {
    const std::string frame = choice == 3 ? std::string(" ") + kPeers[below(kPeers.size())] : range;
    return one_of(kAggregatesInBatch, scope, window(ordered(column, *random_), frame), *random_);
  }
  const std::string frame = std::string(" ") + kRows[below(kRows.size())];
  return any_of({kAggregatesInBatch, kEnds}, scope, window(by_all(scope, *random_), frame),
                *random_);
}

Query QueryMaker::over_in_batch(int depth) {
  const Source from = source(depth - 1);
  const Column& column = any_column(from.columns);
  std::vector<Piece> shown{verbatim(column.sort, column.name)};
  for (size_t i = 1 + below(3); i > 0; --i) {
    shown.push_back(call_in_batch(from.columns));
  }
  Query query = selecting(shown);
  query.piece = piece("SELECT {0} FROM {1}{2}", {query.piece, from.piece, where(from.columns)});
  return query;
}

}  // namespace millrace::random_queries
