#include "plan/bind/projected_below.h"

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
  std::string name = expression.to_string(names_in(input_));
  return number_of(std::move(expression), std::move(name));
}

size_t ProjectedBelow::number_of(Expression expression, std::string name) {
  for (size_t i = 0; i < expressions_.size(); ++i) {
    if (expressions_[i].equals(expression)) {
      return i;
    }
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
