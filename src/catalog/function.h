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
#include "function/aggregate.h"
#include "function/expression.h"
#include "function/scalar.h"

namespace millrace::catalog {

struct Function {
  enum class Kind : uint8_t { scalar, table, aggregate };

  std::string name;  // in lower case, for names of functions are the same in any
  Namespace space;
  bool temporary = false;
  Kind kind = Kind::scalar;
  std::vector<Field> parameters;  // without names where the library says none
  Type result;                    // of a table function an ARRAY of ROWs
  // Of SQL: over the parameters, by number; of the result's type.
  std::optional<function::Expression> body;
  // Of a shared library: for a value or an array of rows, or for an aggregate.
  std::shared_ptr<const function::ScalarSignature> signature;
  std::shared_ptr<const function::AggregateSignature> aggregate;
};

}  // namespace millrace::catalog
