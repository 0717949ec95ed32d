#pragma once

// A function of the user's. One written in SQL is an expression over its parameters; one of a
// shared library is called through the C interface (include/millrace/function.h).

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "catalog/object_name.h"
#include "column/type.h"
#include "function/expression.h"
#include "function/scalar.h"

namespace millrace::catalog {

struct Function {
  std::string name;  // in lower case, for names of functions are the same in any
  Namespace space;
  bool temporary = false;
  std::vector<Field> parameters;
  Type result;
  // Of SQL: over the parameters, by number; of the result's type.
  std::optional<function::Expression> body;
  // Of a shared library.
  std::shared_ptr<const function::ScalarSignature> signature;
};

}  // namespace millrace::catalog
