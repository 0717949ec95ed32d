#pragma once

// How tightly operators bind, for the parser and the printer alike: Calcite's order, in which
// || stands with * and IS below the comparisons.

#include <cstdint>
#include <optional>
#include <string_view>

#include "sql/expression.h"

namespace millrace::sql {

enum class Precedence : uint8_t {
  or_,
  and_,
  not_,
  is,          // IS NULL, IS TRUE
  comparison,  // = < IS DISTINCT FROM, = ANY
  range,       // BETWEEN, IN, LIKE
  additive,
  multiplicative,
  unary,
  primary,  // names, literals, calls, a[1], a.b
};

constexpr Precedence tighter(Precedence precedence) {
  return static_cast<Precedence>(static_cast<uint8_t>(precedence) + 1);
}

struct OperatorWord {
  BinaryOperator op;
  std::string_view word;
  Precedence precedence;
};

// Of a keyword or symbol.
std::optional<OperatorWord> find_binary_operator(std::string_view word);
const OperatorWord& word_of(BinaryOperator op);

}  // namespace millrace::sql
