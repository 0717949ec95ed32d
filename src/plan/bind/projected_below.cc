#include "plan/bind/projected_below.h"

#include <algorithm>

#include "plan/columns.h"
#include "plan/new_nodes.h"

namespace millrace::plan {

using function::Expression;

static std::vector<std::string> names_in(const Schema& schema) {
  std::vector<std::string> names;
  for (const Field& field : schema.fields) {
    names.push_back(field.name);
  }
  return names;
}

ProjectedBelow::ProjectedBelow(Schema input, Begins begins) : input_(std::move(input)) {
  if (begins == Begins::with_columns) {
    expressions_ = all_columns(input_);
    names_ = names_in(input_);
  }
}

size_t ProjectedBelow::number_of(Expression expression) {
  if (const auto number = find(expression)) {
    return *number;
  }
  std::string name = expression.to_string(names_in(input_));
  return number_of(std::move(expression), std::move(name));
}

std::optional<size_t> ProjectedBelow::find(const Expression& expression) const {
  const auto found =
      std::find_if(expressions_.begin(), expressions_.end(),
                   [&](const Expression& other) { return other.equals(expression); });
  return found == expressions_.end() ? std::nullopt
                                     : std::optional<size_t>(found - expressions_.begin());
}

size_t ProjectedBelow::number_of(Expression expression, std::string name) {
  if (const auto number = find(expression)) {
    return *number;
  }
  names_.push_back(std::move(name));
  expressions_.push_back(std::move(expression));
  return expressions_.size() - 1;
}

size_t ProjectedBelow::number_of_column(size_t column) {
  return number_of(Expression::of_column(column, input_[column].type));
}

Node* ProjectedBelow::add_to(Plan& plan, Node* input) const {
  return new_project(plan, input, expressions_, names_);
}

}  // namespace millrace::plan
