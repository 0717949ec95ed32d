#pragma once

// Makes nodes whose schema and row time follow from their inputs. The plan owns what they return.

#include <string>
#include <vector>

#include "plan/nodes.h"

namespace millrace::plan {

// All columns of the table, in its order: a scan, and a projection above it where computed columns
// stand before others.
Node* new_scan(Plan& plan, std::shared_ptr<const catalog::Table> table);
Filter* new_filter(Plan& plan, Node* input, function::Expression predicate);
Node* new_project(Plan& plan, Node* input, std::vector<function::Expression> expressions,
                  const std::vector<std::string>& names);
// The window's time column is the input's row time.
Node* new_window_table_function(Plan& plan, Node* input, Window window, const Position& at);
Node* new_group_aggregate(Plan& plan, Node* input, std::vector<size_t> keys,
                          std::vector<AggregateCall> aggregates);
Node* new_expand(Plan& plan, Node* input, std::vector<size_t> keys,
                 std::vector<std::vector<bool>> sets);
Node* new_repeat(Plan& plan, Node* input, size_t times);
// Rows `start` to `end` of the order, or of arrival where there is none.
Node* new_limit(Plan& plan, Node* input, std::vector<SortKey> order_by, int64_t start, int64_t end);
Node* new_time_sort(Plan& plan, Node* input, std::vector<SortKey> order_by, const Position& at);
Node* new_final_rows(Plan& plan, Node* input, std::vector<SortKey> order_by);
// The rows that differ from each other, once each. Throws Error at `at` for types that cannot be
// compared.
Node* new_distinct(Plan& plan, Node* input);
// Of the rows of each key that are there the one that came last.
Node* new_resolve(Plan& plan, const Sink& sink);
Unnest* new_unnest(Plan& plan, Node* input, size_t collection, bool keeps_empty,
                   bool with_ordinality);
// The inputs have the same types; names are those of the first.
Node* new_union(Plan& plan, std::vector<Node*> inputs);
// Each row as wide as `names`, its values of the same types as those of the others.
Node* new_values(Plan& plan, std::vector<std::vector<function::Expression>> rows,
                 const std::vector<std::string>& names);
// All columns of both inputs, of semi and anti joins those of the left one. Keys are found in the
// condition by arrange_joins().
Join* new_join(Plan& plan, JoinKind kind, Node* left, Node* right,
               std::optional<function::Expression> condition);
Sink* new_sink(Plan& plan, Node* input, std::shared_ptr<const catalog::Table> table,
               const Position& at);

}  // namespace millrace::plan
