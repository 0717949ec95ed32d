#include "plan/bind/projected_below.h"

#include "plan/new_nodes.h"

namespace millrace::plan {

size_t ProjectedBelow::number_of(function::Expression expression) {
  for (size_t i = 0; i < expressions_.size(); ++i) {
    if (expressions_[i].equals(expression)) {
      return i;
    }
  }
  std::vector<std::string> names;
  for (const Field& field : input_->schema.fields) {
    names.push_back(field.name);
  }
  names_.push_back(expression.to_string(names));
  expressions_.push_back(std::move(expression));
  return expressions_.size() - 1;
}

size_t ProjectedBelow::number_of_column(size_t column) {
  return number_of(function::Expression::of_column(column, input_->schema[column].type));
}

Node* ProjectedBelow::add_to(Plan& plan) const {
  return new_project(plan, input_, expressions_, names_);
}

}  // namespace millrace::plan
