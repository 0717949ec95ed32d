#include "plan/session/describe_function.h"

#include "function/aggregate.h"
#include "function/scalar.h"
#include "plan/bind/user_functions.h"

namespace millrace::plan {

namespace {

const char* truth(bool value) { return value ? "true" : "false"; }

// What stands behind EXTENDED of any function.
void add_nature(Answer& answer, const char* kind, bool deterministic, bool foldable,
                const std::string& signature) {
  answer.rows.push_back({"kind", kind});
  answer.rows.push_back({"requirements", "[]"});
  answer.rows.push_back({"is deterministic", truth(deterministic)});
  answer.rows.push_back({"supports constant folding", truth(foldable)});
  answer.rows.push_back({"signature", signature});
}

const char* kind_of(const catalog::Function& function) {
  switch (function.kind) {
    case catalog::Function::Kind::scalar: break;
    case catalog::Function::Kind::table: return "TABLE";
    case catalog::Function::Kind::aggregate: return "AGGREGATE";
  }
  return "SCALAR";
}

Answer described(const sql::Describe& describe, const catalog::Function& function) {
  Answer answer{{"info name", "info value"}, {}};
  answer.rows.push_back({"is system function", "false"});
  answer.rows.push_back({"is temporary", truth(function.temporary)});
  answer.rows.push_back({"function language", function.body ? "SQL" : "C"});
  if (describe.extended) {
    const bool is_volatile = function.signature != nullptr &&
                             function.signature->volatility != function::Volatility::immutable;
    add_nature(answer, kind_of(function), !is_volatile, !is_volatile, signature_text(function));
  }
  return answer;
}

// Those that do not are clocks, and take no arguments.
bool gives_the_same(const function::ScalarFunction& scalar) {
  const auto signature = scalar.bind({});
  return !signature || signature->volatility == function::Volatility::immutable;
}

Answer described_built_in(const sql::Describe& describe, const std::string& name,
                          const Position& at) {
  const function::ScalarFunction* scalar = function::find_scalar(name);
  const function::AggregateFunction* aggregate = function::find_aggregate(name);
  if (scalar == nullptr && aggregate == nullptr) {
    throw Error(ErrorCode::not_found, "no function '" + name + "' is known", at);
  }
  Answer answer{{"info name", "info value"}, {}};
  answer.rows.push_back({"is system function", "true"});
  answer.rows.push_back({"is temporary", "false"});
  if (describe.extended && scalar != nullptr) {
    const bool same = gives_the_same(*scalar);
    add_nature(answer, "SCALAR", same, same, std::string(scalar->signature));
  } else if (describe.extended) {
    add_nature(answer, "AGGREGATE", true, true, std::string(aggregate->signature));
  }
  return answer;
}

}  // namespace

Answer describe_function(const sql::Describe& describe, const catalog::Catalog& catalog) {
  const UserFunctions own(catalog, catalog.current());
  const std::string& name = describe.name.last().text;
  const Position& at = describe.name.position();
  if (const auto ahead = own.find_ahead(describe.name)) {
    return described(describe, *ahead);
  }
  const bool is_word = describe.name.parts.size() == 1;
  if (is_word &&
      (function::find_scalar(name) != nullptr || function::find_aggregate(name) != nullptr)) {
    return described_built_in(describe, name, at);
  }
  const auto found = own.find(describe.name);
  return found ? described(describe, *found) : described_built_in(describe, name, at);
}

}  // namespace millrace::plan
