#pragma once

// The projection below what groups rows, numbers them or matches them: what its keys and arguments
// are computed as, each once.

#include <optional>
#include <string>
#include <vector>

#include "function/expression.h"
#include "plan/nodes.h"

namespace millrace::plan {

class ProjectedBelow {
 public:
  enum class Begins : uint8_t { empty, with_columns };
  // Over rows of this schema, of which there is nothing yet, or all columns under their numbers.
  ProjectedBelow(Schema input, Begins begins);

  // Its number in the projection, where it is called what it is computed as, or by this name.
  size_t number_of(function::Expression expression);
  size_t number_of(function::Expression expression, std::string name);
  size_t number_of_column(size_t column);

  size_t size() const { return expressions_.size(); }
  const function::Expression& operator[](size_t number) const { return expressions_[number]; }

  // The projection, once all are there.
  Node* add_to(Plan& plan, Node* input) const;

 private:
  std::optional<size_t> find(const function::Expression& expression) const;

  Schema input_;
  std::vector<function::Expression> expressions_;
  std::vector<std::string> names_;
};

}  // namespace millrace::plan
