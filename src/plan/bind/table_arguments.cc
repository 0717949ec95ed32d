#include "plan/bind/table_arguments.h"

#include <algorithm>

#include "base/ascii_case.h"

namespace millrace::plan {

void TableFunction::fail(const std::string& problem, const Position& at, ErrorCode code) const {
  throw Error(code, problem + "; it is " + std::string(name) + std::string(usage), at);
}

static size_t place_of(const TableFunction& function, const sql::NamedArgument& argument) {
  const auto found = std::find_if(
      function.parameters.begin(), function.parameters.end(), [&](std::string_view parameter) {
        return parameter == argument.name.text || parameter == upper_case(argument.name.text);
      });
  if (found == function.parameters.end()) {
    // Some are passed over by Flink.
    function.fail(std::string(function.name) + " has no parameter " + argument.name.text,
                  argument.name.position, ErrorCode::unsupported);
  }
  return static_cast<size_t>(found - function.parameters.begin());
}

std::vector<const sql::Expression*> arguments_of(const TableFunction& function,
                                                 const sql::FunctionCall& call) {
  std::vector<const sql::Expression*> places(function.parameters.size(), nullptr);
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    const sql::Expression* argument = call.arguments[i].get();
    const Position& at = argument->position;
    size_t place = i;
    if (const auto* named = std::get_if<sql::NamedArgument>(&argument->node)) {
      place = place_of(function, *named);
      argument = named->value.get();
    }
    if (place >= places.size() || places[place] != nullptr) {
      function.fail("too many arguments of " + std::string(function.name), at);
    }
    places[place] = argument;
  }
  return places;
}

TableInput read_table_input(const TableFunction& function, const sql::Expression& argument) {
  const auto* table = std::get_if<sql::TableArgument>(&argument.node);
  const auto* query = std::get_if<sql::ScalarSubquery>(&argument.node);
  if (query == nullptr && table == nullptr) {
    function.fail("the first argument of " + std::string(function.name) +
                      " must be TABLE and a name, or a query in parentheses",
                  argument.position);
  }
  return {table, query != nullptr ? query->query.get() : table->query.get()};
}

}  // namespace millrace::plan
