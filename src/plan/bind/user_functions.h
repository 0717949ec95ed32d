#pragma once

// Calls of functions that a user has defined. One written in SQL is replaced by its body, so that
// EXPLAIN, folding and pushing down see what it computes.

#include <memory>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "function/expression.h"
#include "sql/expression.h"
#include "sql/name.h"

namespace millrace::plan {

class UserFunctions {
 public:
  // Both outlive this; a name without database is looked for in `names_in`, as it is then.
  UserFunctions(const catalog::Catalog& catalog, const catalog::Namespace& names_in)
      : catalog_(catalog), names_in_(names_in) {}

  // One that comes before a built-in function of its name; nullptr where there is none.
  std::shared_ptr<const catalog::Function> find_ahead(const sql::QualifiedName& name) const;
  std::shared_ptr<const catalog::Function> find(const sql::QualifiedName& name) const;
  std::vector<std::string> names(const Position& at) const;
  // Of the session: CURRENT_DATABASE().
  const std::string& current_database() const { return names_in_.database; }

 private:
  const catalog::Catalog& catalog_;
  const catalog::Namespace& names_in_;
};

// f(a INT, b STRING NOT NULL), for people.
std::string signature_text(const catalog::Function& function);

// As names of functions are kept and compared.
std::string function_name(std::string_view written);

// The arguments by parameter, whether they are named or not. Throws Error for a name that is no
// parameter's, or where one is missing (user_calls.cc).
std::vector<const sql::Expression*> arguments_in_order(const catalog::Function& function,
                                                       const sql::FunctionCall& call,
                                                       const Position& at);
// Throws Error where the function gives no value for a row.
void check_scalar(const catalog::Function& function, const Position& at);

// Arguments of the parameters' types, cast as INSERT would cast them. Throws Error where one does
// not fit.
std::vector<function::Expression> fitted(const catalog::Function& function,
                                         std::vector<function::Expression> arguments,
                                         const Position& at);

// The call, with arguments cast as INSERT would cast them. Throws Error where one does not fit.
function::Expression call_of(const catalog::Function& function,
                             std::vector<function::Expression> arguments, const Position& at);

}  // namespace millrace::plan
