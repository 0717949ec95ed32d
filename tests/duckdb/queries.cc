#include "duckdb/queries.h"

#include <array>

#include "duckdb/expressions.h"
#include "duckdb/scope.h"

namespace millrace::random_queries {

namespace {

constexpr int kExpressionDepth = 2;
constexpr std::array kJoins{"JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"};

// An aggregate of nothing is nothing: in a stream, and of sets of columns everywhere.
Piece guard_of_nothing() { return piece("", std::string(kGuardOfNothing), {}); }

}  // namespace

const Column& QueryMaker::any_column(const std::vector<Column>& scope) {
  return scope[below(scope.size())];
}

QueryMaker::Source QueryMaker::source(int depth) {
  const std::string alias = "x" + std::to_string(aliases_++);
  if (is_by_time(form_)) {
    const Query query = by_event_time();
    return {piece("({0}) AS " + alias, {query.piece}), qualified(ordinary(query.columns), alias)};
  }
  if (depth > 0 && random_->one_in(2)) {
    const Query query = make(depth - 1);
    const std::vector<Column> columns = ordinary(query.columns);
    if (!columns.empty()) {
      return {piece("({0}) AS " + alias, {query.piece}), qualified(columns, alias)};
    }
  }
  return {piece(tables_[below(tables_.size())] + " AS " + alias, {}),
          qualified(table_columns(), alias)};
}

Piece QueryMaker::where(const std::vector<Column>& scope) {
  return random_->one_in(3)
             ? no_clause()
             : clause(" WHERE {0}",
                      {random_expression(Sort::boolean, scope, kExpressionDepth, *random_)});
}

Piece QueryMaker::and_condition(const std::vector<Column>& scope) {
  return random_->one_in(3)
             ? clause(" AND {0}", {random_expression(Sort::boolean, scope, 1, *random_)})
             : no_clause();
}

Query QueryMaker::selecting(const std::vector<Piece>& expressions) {
  Query query;
  std::vector<Piece> parts;
  for (const Piece& expression : expressions) {
    const std::string name = "c" + std::to_string(parts.size());
    query.columns.push_back({name, expression.sort});
    parts.push_back(piece("{0} AS " + name, {expression}));
  }
  query.piece = list_of(std::move(parts));
  return query;
}

Query QueryMaker::selecting(const std::vector<Sort>& sorts, const std::vector<Column>& scope) {
  std::vector<Piece> expressions;
  for (const Sort sort : sorts) {
    expressions.push_back(random_expression(sort, scope, kExpressionDepth, *random_));
  }
  return selecting(expressions);
}

std::vector<Sort> QueryMaker::some_sorts() {
  std::vector<Sort> sorts(1 + below(4));
  for (Sort& sort : sorts) {
    sort = random_sort(*random_);
  }
  return sorts;
}

Query QueryMaker::projection(int depth) {
  const Source from = source(depth);
  std::vector<Sort> sorts = some_sorts();
  sorts.push_back(random_shown_sort(*random_));
  Query query = selecting(sorts, from.columns);
  query.piece = piece("SELECT {0} FROM {1}{2}", {query.piece, from.piece, where(from.columns)});
  return query;
}

Query QueryMaker::distinct(int depth) {
  const Source from = source(depth);
  Query query = selecting(some_sorts(), from.columns);
  query.piece =
      piece("SELECT DISTINCT {0} FROM {1}{2}", {query.piece, from.piece, where(from.columns)});
  return query;
}

Piece QueryMaker::aggregates_behind(std::vector<Piece>& shown, const std::vector<Column>& scope,
                                    Distinct distinct) {
  for (size_t i = 1 + below(3); i > 0; --i) {
    shown.push_back(random_aggregate(scope, distinct, *random_));
  }
  if (random_->one_in(3)) {
    return clause(" HAVING {0}",
                  {random_expression(Sort::boolean, {{"COUNT(*)", Sort::bigint}}, 1, *random_)});
  }
  return no_clause();
}

Query QueryMaker::group(int depth) {
  const Source from = source(depth);
  std::vector<Piece> shown;
  for (size_t i = below(3); i > 0; --i) {
    const Column& column = any_column(from.columns);
    shown.push_back(verbatim(column.sort, column.name));
  }
  Piece keys = list_of(shown);
  const bool global = shown.empty();
  Piece having = aggregates_behind(shown, from.columns);
  if (global) {
    having = is_in_batch(form_) ? piece("", {}) : guard_of_nothing();
  }
  Query query = selecting(shown);
  query.piece = piece(
      "SELECT {0} FROM {1}{2}{3}{4}",
      {query.piece, from.piece, where(from.columns),
       global ? piece("", {}) : piece(" GROUP BY {0}", {std::move(keys)}), std::move(having)});
  return query;
}

Query QueryMaker::grouping_sets(int depth) {
  static constexpr std::array kSets{"ROLLUP ({0}, {1})", "CUBE ({0}, {1})",
                                    "GROUPING SETS (({0}, {1}), ({0}), ())",
                                    "GROUPING SETS (({0}), ({1}))"};
  const Source from = source(depth);
  const Column first = any_column(from.columns);
  const Column second = any_column(from.columns);
  if (first.name == second.name) {
    return group(depth);  // how often the same set counts twice is another matter
  }
  std::vector<Piece> shown{verbatim(first.sort, first.name), verbatim(second.sort, second.name)};
  const Piece sets = piece(kSets[below(kSets.size())], {shown[0], shown[1]});
  aggregates_behind(shown, from.columns);
  Query query = selecting(shown);
  query.piece = piece("SELECT {0} FROM {1}{2} GROUP BY {3}{4}",
                      {query.piece, from.piece, where(from.columns), sets, guard_of_nothing()});
  return query;
}

Query QueryMaker::set_operation(int depth) {
  static constexpr std::array kOperations{"UNION",         "UNION ALL", "INTERSECT",
                                          "INTERSECT ALL", "EXCEPT",    "EXCEPT ALL"};
  const std::vector<Sort> sorts = some_sorts();
  Query query;
  std::vector<Piece> sides;
  for (size_t i = 0; i < 2; ++i) {
    const Source from = source(depth);
    query = selecting(sorts, from.columns);
    sides.push_back(
        piece("SELECT {0} FROM {1}{2}", {query.piece, from.piece, where(from.columns)}));
  }
  query.piece = piece(std::string("{0} ") + kOperations[below(kOperations.size())] + " {1}",
                      std::move(sides));
  return query;
}

Query QueryMaker::join(int depth) {
  const Source left = source(depth - 1);
  const Source right = source(depth - 1);
  const std::vector<Column> scope = both(left.columns, right.columns);
  const Column& key = any_column(left.columns);
  const Column* other = random_column(key.sort, right.columns, *random_);
  if (other == nullptr) {
    return projection(depth);
  }
  Query query = selecting(some_sorts(), scope);
  query.piece = piece(std::string("SELECT {0} FROM {1} ") + kJoins[below(kJoins.size())] +
                          " {2} ON " + key.name + " = " + other->name + "{3}{4}",
                      {query.piece, left.piece, right.piece, and_condition(scope), where(scope)});
  return query;
}

// What stands behind LATERAL beside a row: the elements of an array of two, or the numbers that a
// table function gives.
QueryMaker::Source QueryMaker::elements_of(const std::vector<Column>& scope) {
  const std::string alias = "x" + std::to_string(aliases_++);
  const auto value = [&](Sort sort) { return random_expression(sort, scope, 1, *random_); };
  if (random_->one_in(2)) {
    return {piece("LATERAL TABLE(series(MOD({0}, 3), MOD({1}, 5))) AS " + alias + " (n, half)",
                  "(SELECT CAST(n AS INTEGER) AS n, CASE WHEN n % 2 = 0 THEN CAST(n // 2 AS "
                  "INTEGER) END AS half FROM (SELECT UNNEST(generate_series({0} % 3, {1} % 5)) AS "
                  "n)) AS " +
                      alias,
                  {value(Sort::integer), value(Sort::integer)}),
            {{alias + ".n", Sort::integer}, {alias + ".half", Sort::integer}}};
  }
  const Sort sort = std::array{Sort::integer, Sort::bigint, Sort::text, Sort::boolean}[below(4)];
  return {piece("UNNEST(ARRAY[{0}, {1}]) AS " + alias + " (e)",
                "(SELECT UNNEST([{0}, {1}]) AS e) AS " + alias, {value(sort), value(sort)}),
          {{alias + ".e", sort}}};
}

// UNNEST and LATERAL TABLE. A condition on what is kept without elements stands within them for
// DuckDB, which takes none behind LEFT JOIN LATERAL.
Query QueryMaker::elements(int depth) {
  const Source from = source(depth - 1);
  const Source of = elements_of(from.columns);
  const std::vector<Column> scope = both(from.columns, of.columns);
  const std::string alias = of.columns[0].name.substr(0, of.columns[0].name.find('.'));
  const Piece condition =
      random_->one_in(2) ? random_expression(Sort::boolean, scope, 1, *random_) : piece("TRUE", {});
  Query query = selecting(some_sorts(), scope);
  query.piece =
      random_->one_in(2)
          ? piece("SELECT {0} FROM {1} CROSS JOIN {2}{3}",
                  "SELECT {0} FROM {1} CROSS JOIN LATERAL {2}{3}",
                  {query.piece, from.piece, of.piece, where(scope)})
          : piece("SELECT {0} FROM {1} LEFT JOIN {2} ON {3}{4}",
                  "SELECT {0} FROM {1} LEFT JOIN LATERAL (SELECT * FROM {2} WHERE {3}) AS " +
                      alias + " ON TRUE{4}",
                  {query.piece, from.piece, of.piece, condition, where(scope)});
  return query;
}

Query QueryMaker::top(int depth) {
  const Source from = source(depth);
  std::vector<Piece> shown;
  for (const Column& column : from.columns) {
    shown.push_back(verbatim(column.sort, column.name));
  }
  Query inner = selecting(shown);
  const Column& partition = any_column(from.columns);
  Query query = inner;
  std::vector<Piece> names;
  for (const Column& column : inner.columns) {
    names.push_back(verbatim(Sort::other, column.name));
  }
  if (random_->one_in(3)) {
    query.columns.push_back({"rn", Sort::bigint});
    names.push_back(verbatim(Sort::other, "rn"));
  }
  static constexpr std::array kFilters{"rn = 1", "rn <= 2", "rn <= 3", "rn < 6",
                                       "rn BETWEEN 2 AND 3"};
  query.piece = piece("SELECT {0} FROM (SELECT {1}, ROW_NUMBER() OVER (PARTITION BY " +
                          partition.name + " ORDER BY {2}) AS rn FROM {3}{4}) AS ranked WHERE " +
                          kFilters[below(kFilters.size())],
                      {list_of(std::move(names)), inner.piece, by_all(from.columns, *random_),
                       from.piece, where(from.columns)});
  return query;
}

Query QueryMaker::limit(int depth) {
  const Source from = source(depth);
  Query query = selecting(some_sorts(), from.columns);
  query.piece =
      piece("SELECT {0} FROM {1}{2} ORDER BY {3} LIMIT " + std::to_string(1 + below(6)) +
                (random_->one_in(4) ? " OFFSET 2" : ""),
            {query.piece, from.piece, where(from.columns), by_all(query.columns, *random_)});
  return query;
}

// A query by name that is read from two sides.
Query QueryMaker::twice(int depth) {
  static constexpr std::array kOperations{"UNION", "UNION ALL", "INTERSECT", "EXCEPT ALL"};
  const Query shared = make(depth - 1);
  const std::vector<Column> columns = ordinary(shared.columns);
  if (columns.empty()) {
    return projection(depth);
  }
  const std::string name = "w" + std::to_string(aliases_++);
  const std::string with = "WITH " + name + " AS ({0}) ";
  if (random_->one_in(3)) {
    Query query = selecting(some_sorts(), columns);
    query.piece =
        piece(with + "SELECT {1} FROM " + name + "{2} " + kOperations[below(kOperations.size())] +
                  " SELECT {1} FROM " + name + "{3}",
              {shared.piece, query.piece, where(columns), where(columns)});
    return query;
  }
  const std::vector<Column> scope = both(qualified(columns, "l"), qualified(columns, "r"));
  const Column& key = any_column(columns);
  Query query = selecting(some_sorts(), scope);
  query.piece = piece(with + "SELECT {1} FROM " + name + " AS l " + kJoins[below(kJoins.size())] +
                          " " + name + " AS r ON l." + key.name + " = r." + key.name + "{2}{3}",
                      {shared.piece, query.piece, and_condition(scope), where(scope)});
  return query;
}

Query QueryMaker::make(int depth) {
  Query query = made(depth);
  query.piece.sort = Sort::query;
  return query;
}

Query QueryMaker::made(int depth) {
  if (is_by_time(form_) && random_->one_in(2)) {
    return by_event_time();
  }
  if (depth == 0) {
    return projection(0);
  }
  switch (below(18)) {
    case 0: return projection(depth);
    case 1: return distinct(depth);
    case 2:
    case 3: return group(depth);
    case 4: return grouping_sets(depth);
    case 5: return set_operation(depth);
    case 6:
    case 7: return join(depth);
    case 8: return members(depth);
    case 9: return above_scalar(depth);
    case 10: return top(depth);
    case 11: return elements(depth);
    case 12: return beside_value(depth);
    case 13: return either_member(depth);
    case 14: return twice(depth);
    case 15:
    case 16: return is_in_batch(form_) ? over_in_batch(depth) : over_by_value(depth);
    default: return limit(depth);
  }
}

}  // namespace millrace::random_queries
