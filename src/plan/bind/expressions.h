#pragma once

// From an expression as written to a bound one: names to columns, words to functions, types known,
// implicit casts made explicit. What cannot be bound is an Error that names it and its place.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "catalog/function.h"
#include "function/evaluate.h"
#include "function/expression.h"
#include "plan/bind/scope.h"
#include "sql/expression.h"

namespace millrace::plan {

class ExpressionBinder {
 public:
  // Asked first at every node. Whoever binds the select list of an aggregation answers here for
  // grouping keys and aggregate calls; nothing leaves the node to the ordinary rules.
  using Intercept = std::function<std::optional<function::Expression>(const sql::Expression&)>;

  // `scope` outlives the binder.
  explicit ExpressionBinder(const Scope* scope, Intercept intercept = nullptr)
      : scope_(scope), intercept_(std::move(intercept)) {}

  // The same, which asks `first` ahead of its own intercept.
  ExpressionBinder asking_first(Intercept first) const;

  function::Expression bind(const sql::Expression& written) const;
  // The same, which must be BOOLEAN: of WHERE, HAVING, FILTER; `clause` is for the error.
  function::Expression bind_condition(const sql::Expression& written,
                                      std::string_view clause) const;
  // A call in FROM of a table function of the user's: an ARRAY of its ROWs (user_calls.cc).
  function::Expression bind_table_call(const sql::Expression& written) const;

 private:
  function::Expression bind_node(const sql::Expression& written) const;
  std::vector<function::Expression> bind_all(const std::vector<sql::ExpressionPtr>& list) const;

  function::Expression bind(const sql::ColumnName& name) const;
  function::Expression bind_item(const sql::ElementAccess& access, const Position& at) const;
  function::Expression bind_map(const sql::MapConstructor& map, const Position& at) const;
  function::Expression bind(const sql::Cast& cast, const Position& at) const;
  function::Expression bind(const sql::FunctionCall& call, const Position& at) const;
  std::optional<function::Expression> bind_fact(const sql::FunctionCall& call) const;
  // operators.cc
  function::Expression bind(const sql::Unary& unary, const Position& at) const;
  function::Expression bind(const sql::Binary& binary, const Position& at) const;
  function::Expression bind_logic(const sql::Binary& binary) const;
  function::Expression bind(const sql::Is& is, const Position& at) const;
  function::Expression bind(const sql::IsDistinctFrom& is, const Position& at) const;
  function::Expression bind(const sql::Between& between, const Position& at) const;
  function::Expression bind(const sql::In& in, const Position& at) const;
  function::Expression bind(const sql::Quantified& quantified, const Position& at) const;
  function::Expression bind(const sql::Like& like, const Position& at) const;
  function::Expression bind(const sql::Case& cases, const Position& at) const;
  function::Expression bind_values(const sql::Expression& operand,
                                   const sql::Case::When& when) const;
  // user_calls.cc
  std::shared_ptr<const catalog::Function> own_function(const sql::QualifiedName& name,
                                                        const Position& at) const;
  function::Expression bind_own_call(const catalog::Function& function,
                                     const sql::FunctionCall& call, const Position& at) const;
  // json_constructors.cc
  function::Expression bind(const sql::JsonObject& object, const Position& at) const;
  function::Expression bind(const sql::JsonArray& array, const Position& at) const;
  function::Expression bind_json(const sql::Expression& written) const;
  // json_calls.cc
  function::Expression bind(const sql::JsonPathCall& call, const Position& at) const;
  void add_fallback(const std::optional<sql::JsonFallback>& fallback, std::string_view otherwise,
                    std::vector<function::Expression>& arguments) const;

  const Scope* scope_;
  Intercept intercept_;
};

// A call of the function of this name, its arguments cast to what it takes. Throws Error(not_found)
// for an unknown function and Error(type_mismatch) for arguments that do not fit.
function::Expression call_of(std::string_view name, std::vector<function::Expression> arguments,
                             const Position& at);
// Whether it is the name of a function that every session knows.
bool is_built_in(const sql::QualifiedName& name);
// Throws Error(not_found), with the nearest of the built-in functions and of `own` ones.
[[noreturn]] void fail_unknown_function(const sql::QualifiedName& name,
                                        std::vector<std::string> own, const Position& at);
// Throws Error where the name is that of an aggregate function, whose place is not here.
void refuse_aggregate(std::string_view name, const Position& at);
// The expression as a value of `type`, through an implicit cast where the types differ in more than
// nullability. Whether such a cast is allowed is the caller's affair.
function::Expression implicitly_cast(function::Expression from, const Type& type);
// All of them as values of the type they have in common. `what` is for the error.
using TypeInCommon = std::optional<Type> (*)(const Type&, const Type&);
Type cast_to_common_type(std::vector<function::Expression*> expressions, std::string_view what,
                         const Position& at, TypeInCommon type_in_common = function::common_type);

}  // namespace millrace::plan
