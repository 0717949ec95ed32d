#pragma once

// The projection below an aggregation: what keys and arguments are computed as, each once.

#include <string>
#include <vector>

#include "function/expression.h"
#include "plan/nodes.h"

namespace millrace::plan {

class ProjectedBelow {
 public:
  // Expressions are over `input`, which outlives this.
  explicit ProjectedBelow(Node* input) : input_(input) {}

  // Its number in the projection.
  size_t number_of(function::Expression expression);
  size_t number_of_column(size_t column);

  // The projection, once all are there.
  Node* add_to(Plan& plan) const;

 private:
  Node* input_;
  std::vector<function::Expression> expressions_;
  std::vector<std::string> names_;
};

}  // namespace millrace::plan
