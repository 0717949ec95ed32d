#include "sql/operators.h"

#include "base/check.h"

namespace millrace::sql {

static constexpr OperatorWord kOperators[] = {
    {BinaryOperator::or_, "OR", Precedence::or_},
    {BinaryOperator::and_, "AND", Precedence::and_},
    {BinaryOperator::equal, "=", Precedence::comparison},
    {BinaryOperator::not_equal, "<>", Precedence::comparison},
    {BinaryOperator::less, "<", Precedence::comparison},
    {BinaryOperator::less_equal, "<=", Precedence::comparison},
    {BinaryOperator::greater, ">", Precedence::comparison},
    {BinaryOperator::greater_equal, ">=", Precedence::comparison},
    {BinaryOperator::overlaps, "OVERLAPS", Precedence::comparison},
    {BinaryOperator::add, "+", Precedence::additive},
    {BinaryOperator::subtract, "-", Precedence::additive},
    {BinaryOperator::multiply, "*", Precedence::multiplicative},
    {BinaryOperator::divide, "/", Precedence::multiplicative},
    {BinaryOperator::modulo, "%", Precedence::multiplicative},
    {BinaryOperator::concatenate, "||", Precedence::multiplicative}};

std::optional<OperatorWord> find_binary_operator(std::string_view word) {
  for (const OperatorWord& known : kOperators) {
    if (known.word == word) {
      return known;
    }
  }
  return std::nullopt;
}

const OperatorWord& word_of(BinaryOperator op) {
  for (const OperatorWord& known : kOperators) {
    if (known.op == op) {
      return known;
    }
  }
  check(false, "operator outside the enumeration");
  return kOperators[0];
}

}  // namespace millrace::sql
