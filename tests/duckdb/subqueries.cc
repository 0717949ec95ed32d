// Sub-queries: [NOT] IN, [NOT] EXISTS, and those that are a value.

#include <array>

#include "duckdb/expressions.h"
#include "duckdb/queries.h"
#include "duckdb/scope.h"

namespace millrace::random_queries {

// [NOT] IN and [NOT] EXISTS.
Query QueryMaker::members(int depth) {
  const Source from = source(depth - 1);
  const Source of = source(depth - 1);
  const Column& key = any_column(from.columns);
  const Column* other = random_column(key.sort, of.columns, *random_);
  if (other == nullptr) {
    return projection(depth);
  }
  const std::string negated = random_->one_in(2) ? "NOT " : "";
  Piece condition =
      random_->one_in(2)
          ? piece(key.name + " " + negated + "IN (SELECT " + other->name + " FROM {0}{1})",
                  {of.piece, where(of.columns)})
          : piece(negated + "EXISTS (SELECT 1 FROM {0} WHERE " + other->name + " = " + key.name +
                      "{1})",
                  {of.piece, clause(" AND {0}",
                                    {random_expression(Sort::boolean, of.columns, 1, *random_)})});
  const Piece rest =
      random_->one_in(2)
          ? clause(" AND {0}", {random_expression(Sort::boolean, from.columns, 1, *random_)})
          : no_clause();
  Query query = selecting(some_sorts(), from.columns);
  query.piece = piece("SELECT {0} FROM {1} WHERE {2}{3}",
                      {query.piece, from.piece, std::move(condition), rest});
  return query;
}

Query QueryMaker::above_scalar(int depth) {
  static constexpr std::array kComparisons{">=", "<", "=", "<>"};
  const Source from = source(depth - 1);
  const Source of = source(depth - 1);
  const Sort sort = random_->one_in(2) ? Sort::integer : Sort::text;
  Query query = selecting(some_sorts(), from.columns);
  query.piece = piece(
      std::string("SELECT {0} FROM {1} WHERE {2} ") + kComparisons[below(kComparisons.size())] +
          (random_->one_in(2) ? " (SELECT MAX({3}) FROM {4}{5})"
                              : " (SELECT MIN({3}) FROM {4}{5})"),
      {query.piece, from.piece, random_expression(sort, from.columns, 1, *random_),
       random_expression(sort, of.columns, 1, *random_), of.piece, where(of.columns)});
  return query;
}

// A sub-query as a value of the select list, by itself or for each row. A COUNT that is compared
// with no column would be of no rows at times, which a stream says nothing of.
Query QueryMaker::beside_value(int depth) {
  const Source from = source(depth - 1);
  const Source of = source(depth - 1);
  const Column& key = any_column(from.columns);
  const Column* other = random_column(key.sort, of.columns, *random_);
  const Sort sort = std::array{Sort::integer, Sort::bigint, Sort::text, Sort::time}[below(4)];
  Piece value = random_expression(sort, of.columns, 1, *random_);
  const bool counts = other != nullptr && random_->one_in(3);
  std::string aggregate = counts ? "COUNT({0})" : random_->one_in(2) ? "MAX({0})" : "MIN({0})";
  Piece condition = where(of.columns);
  if (other != nullptr) {
    condition = piece(
        " WHERE " + other->name + " = " + key.name + "{0}",
        {random_->one_in(2)
             ? no_clause()
             : clause(" AND {0}", {random_expression(Sort::boolean, of.columns, 1, *random_)})});
  }
  Piece chosen = piece("(SELECT " + aggregate + " FROM {1}{2})",
                       {std::move(value), of.piece, std::move(condition)});
  chosen.sort = counts ? Sort::bigint : sort;
  std::vector<Piece> shown{std::move(chosen)};
  for (size_t i = below(3); i > 0; --i) {
    shown.push_back(random_expression(random_sort(*random_), from.columns, 1, *random_));
  }
  Query query = selecting(shown);
  query.piece = piece("SELECT {0} FROM {1}{2}", {query.piece, from.piece, where(from.columns)});
  return query;
}

// IN and EXISTS where they are a value. What IN needs to know of no rows, a stream says nothing of.
Query QueryMaker::either_member(int depth) {
  const Source from = source(depth - 1);
  const Source of = source(depth - 1);
  const Column& key = any_column(from.columns);
  const Column* other = random_column(key.sort, of.columns, *random_);
  if (other == nullptr) {
    return projection(depth);
  }
  const bool in = is_in_batch(form_) && random_->one_in(2);
  Piece member =
      in ? piece(key.name + (random_->one_in(2) ? " NOT" : "") + " IN (SELECT " + other->name +
                     " FROM {0}{1})",
                 {of.piece, where(of.columns)})
         : piece("EXISTS (SELECT 1 FROM {0} WHERE " + other->name + " = " + key.name + ")",
                 {of.piece});
  Query query = selecting(some_sorts(), from.columns);
  query.piece = piece("SELECT {0} FROM {1} WHERE ({2} OR {3})",
                      {query.piece, from.piece, std::move(member),
                       random_expression(Sort::boolean, from.columns, 1, *random_)});
  return query;
}

}  // namespace millrace::random_queries
