// ELT: one of several values, by its number.

#include "function/evaluate.h"
#include "function/kernel.h"
#include "function/scalar/families.h"

namespace millrace::function {

namespace {

Column numbered(const KernelCall& call) {
  const View<int32_t> number(call.arguments[0]);
  const std::vector<View<StringRef>> values(call.arguments.begin() + 1, call.arguments.end());
  ResultStrings result(call);
  for_each(call.rows, [&](uint32_t row) {
    const bool is_there = !number.is_null(row) && number[row] >= 1 &&
                          static_cast<size_t>(number[row]) <= values.size();
    const View<StringRef>* value =
        is_there ? &values[static_cast<size_t>(number[row]) - 1] : nullptr;
    if (value == nullptr || value->is_null(row)) {
      result.set_null(row);
    } else {
      result.set_borrowed(row, (*value)[row].view());
    }
  });
  return result.finish();
}

// Of wider integers than INT Flink makes a job that fails at its first row.
std::optional<ScalarSignature> bind_elt(std::span<const Type> given) {
  if (given.size() < 2 || given[0].kind != TypeKind::integer) {
    return std::nullopt;
  }
  std::optional<Type> common = given[1];
  for (const Type& other : given.subspan(2)) {
    common = common ? common_type(*common, other) : common;
  }
  if (!common || !(common->is_string() || common->is_binary())) {
    return std::nullopt;
  }
  std::vector<Type> arguments(given.size(), *common);
  arguments[0] = given[0];
  return ScalarSignature{"ELT", std::move(arguments), common->as_nullable(), numbered};
}

constexpr ScalarFunction kFunctions[] = {
    {"ELT", "ELT(number, string, ...)", "The string of that number, from 1; NULL if none is.",
     bind_elt},
};

}  // namespace

std::span<const ScalarFunction> choice_functions() { return kFunctions; }

}  // namespace millrace::function
