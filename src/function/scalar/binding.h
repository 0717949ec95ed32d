#pragma once

// How the functions of a family say what they take.

#include <initializer_list>
#include <optional>
#include <span>

#include "function/scalar.h"

namespace millrace::function {

enum class Accepts : uint8_t {
  text,    // a string
  bytes,   // a string, or bytes as they are
  whole,   // an integer of any width, given as BIGINT
  number,  // any number, given as DOUBLE
  boolean,
  any,  // as it is
};

// The parameters, of which the first `required` must be given. A bare NULL takes any parameter's
// type. Nothing where the given types do not fit.
std::optional<std::vector<Type>> fitted(std::span<const Type> given,
                                        std::initializer_list<Accepts> parameters, size_t required);

// A strict function: its result may be NULL where an argument may.
std::optional<ScalarSignature> strict(std::string_view name,
                                      std::optional<std::vector<Type>> fitted, Type result,
                                      Kernel kernel);
// A function whose result may be NULL for other reasons too.
std::optional<ScalarSignature> partial(std::string_view name,
                                       std::optional<std::vector<Type>> fitted, Type result,
                                       Kernel kernel);

// Of the first argument, a part: a VARCHAR that is no longer.
std::optional<ScalarSignature> within_length(std::optional<ScalarSignature> signature);

}  // namespace millrace::function
