#pragma once

// What a sub-query has to do with the query around it: conditions that name columns of both.

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "function/expression.h"
#include "plan/bind/scope.h"
#include "sql/expression.h"

namespace millrace::plan {

// Which columns an expression over both uses: the outer ones come first, `width` of them.
enum class Uses : uint8_t { nothing, outer, inner, both };
Uses uses_of(const function::Expression& expression, size_t width);

// An expression over both that uses `inner` inner columns alone, over those.
function::Expression moved_in(function::Expression expression, size_t width, size_t inner);

// The parts of a sub-query's WHERE.
struct InnerConditions {
  std::vector<function::Expression> own;     // on the inner columns, over them
  std::vector<function::Expression> across;  // that name outer ones, over both
};
InnerConditions inner_conditions(const sql::Expression& where, const Scope& outer,
                                 const Scope& inner);

// An equality of something outer with something inner; nothing where the condition is none.
struct Correlation {
  function::Expression outer;
  function::Expression inner;  // over the inner columns
};
std::optional<Correlation> correlation_of(const function::Expression& condition, size_t width,
                                          size_t inner);

// What the rows of a sub-query have in common with those of the query around it: columns of both,
// of which each is compared with its like.
struct CorrelatedKeys {
  std::vector<function::Expression> outer;
  std::vector<function::Expression> inner;
  std::string_view comparison = "=";
};
// The sides of the conditions, where each is an equality as of correlation_of().
std::optional<CorrelatedKeys> equal_keys(const std::vector<function::Expression>& conditions,
                                         size_t width, size_t inner);

// Whether the item of a select list is an aggregate function that is NULL over no rows; or COUNT,
// which is 0.
bool is_null_over_nothing(const sql::Expression& item);
bool is_count(const sql::Expression& item);
function::Expression zero_for_null(function::Expression count);

}  // namespace millrace::plan
