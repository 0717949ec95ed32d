#include <numeric>

#include "plan/columns.h"
#include "plan/new_nodes.h"
#include "plan/node_schemas.h"
#include "plan/rules/read_columns.h"
#include "plan/rules/rules.h"

namespace millrace::plan {

namespace {

using Columns = ReadColumns::Columns;

// New numbers of the input's columns; those that go have none.
std::vector<size_t> narrow(Plan& plan, Node*& input, const Columns& used) {
  std::vector<size_t> numbers(input->schema.size());
  if (used.size() == numbers.size()) {
    std::iota(numbers.begin(), numbers.end(), size_t{0});
    return numbers;
  }
  std::vector<function::Expression> columns;
  std::vector<std::string> names;
  for (const size_t column : used) {
    numbers[column] = columns.size();
    columns.push_back(function::Expression::of_column(column, input->schema[column].type));
    names.push_back(input->schema[column].name);
  }
  input = new_project(plan, input, std::move(columns), names);
  return numbers;
}

void narrow(Plan& plan, Join& join) {
  Columns used[2];
  add_columns_of_sides(join, Columns(join.output.begin(), join.output.end()), used[0], used[1]);
  std::vector<size_t> numbers = narrow(plan, join.inputs[0], used[0]);
  const std::vector<size_t> right = narrow(plan, join.inputs[1], used[1]);
  for (Join::Key& key : join.keys) {
    key.left = numbers[key.left];
    key.right = right[key.right];
  }
  if (join.has_time_columns()) {
    join.times->left = numbers[join.times->left];
    join.times->right = right[join.times->right];
  }
  for (const size_t number : right) {
    numbers.push_back(number + join.inputs[0]->schema.size());
  }
  for (size_t& column : join.output) {
    column = numbers[column];
  }
  if (join.condition) {
    join.condition = renumbered(std::move(*join.condition), numbers);
  }
  describe(join);
}

}  // namespace

void narrow_joins(Plan& plan) {
  std::vector<Join*> joins;  // found first: narrowing adds nodes
  for (const auto& node : plan.nodes) {
    if (node->kind == NodeKind::join) {
      joins.push_back(static_cast<Join*>(node.get()));
    }
  }
  for (Join* join : joins) {
    narrow(plan, *join);
  }
  drop_unread(plan);
}

}  // namespace millrace::plan
