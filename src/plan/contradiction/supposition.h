#pragma once

// The values that conditions may have where something is supposed of one subject of theirs.

#include <cstdint>
#include <optional>

#include "function/expression.h"
#include "plan/contradiction/comparisons.h"
#include "plan/contradiction/subjects.h"

namespace millrace::plan {

// The values that a condition may have, as bits.
using Truths = uint8_t;
inline constexpr Truths kTrue = 1;
inline constexpr Truths kFalse = 2;
inline constexpr Truths kUnknown = 4;

// The values that conditions may have where one subject is supposed to be in a place, NULL, or,
// where it is a condition itself, of a truth.
class Supposition {
 public:
  Supposition() = default;
  static Supposition at(const Subject& subject, size_t place) { return {&subject, place, 0}; }
  static Supposition null(const Subject& subject) { return {&subject, std::nullopt, kUnknown}; }
  static Supposition condition(const Subject& subject, Truths truth) {
    return {&subject, std::nullopt, truth};
  }

  Truths of(const function::Expression& condition) const;

 private:
  Supposition(const Subject* subject, std::optional<size_t> place, Truths truth)
      : subject_(subject), place_(place), truth_(truth) {}

  Truths of_parts(const function::Expression& condition) const;
  Truths of_case(const function::Expression& condition) const;
  Truths of_call(const function::Expression& call) const;
  Truths of_null_test(const function::Expression& value) const;
  Truths of_comparison(const WithConstant& compared, const function::Expression& call) const;
  // Of one of which nothing is known but that a NULL within may leave it unknown.
  Truths of_other(const function::Expression& call) const;
  bool is_supposed(const function::Expression& value) const;

  const Subject* subject_ = nullptr;
  std::optional<size_t> place_;  // none for NULL, and for conditions
  Truths truth_ = 0;
};

}  // namespace millrace::plan
