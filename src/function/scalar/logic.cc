// NOT and the tests for NULL and for truth. AND and OR are expressions of their own (conditions.h).

#include "column/builder.h"
#include "function/kernel.h"
#include "function/scalar/families.h"

namespace millrace::function {

namespace {

Column negate(const KernelCall& call) {
  return map_values<uint8_t, uint8_t>(call, [](uint8_t value) -> uint8_t { return value ^ 1; });
}

Column one_for_all(const KernelCall& call, bool value) {
  ColumnBuilder builder(call.result);
  builder.add<uint8_t>(value);
  return Column::constant(builder.finish(), call.size);
}

template <bool when_null>
Column test_null(const KernelCall& call) {
  const Column& argument = call.arguments[0];
  if (!argument.may_have_nulls()) {
    return one_for_all(call, !when_null);
  }
  FlatBuffer<uint8_t> result(call.size);
  for_each(call.rows, [&](uint32_t row) { result[row] = argument.is_null(row) == when_null; });
  return result.finish(call.result);
}

// Whether the value is TRUE (or FALSE); NULL is neither.
template <bool value, bool when_so>
Column test_truth(const KernelCall& call) {
  const View<uint8_t> view(call.arguments[0]);
  FlatBuffer<uint8_t> result(call.size);
  for_each(call.rows, [&](uint32_t row) {
    result[row] = (!view.is_null(row) && (view[row] != 0) == value) == when_so;
  });
  return result.finish(call.result);
}

std::optional<ScalarSignature> bind_not(std::span<const Type> given) {
  if (given.size() != 1 ||
      (given[0].kind != TypeKind::boolean && given[0].kind != TypeKind::null_)) {
    return std::nullopt;
  }
  const Type boolean = Type::of(TypeKind::boolean, given[0].nullable);
  ScalarSignature signature{"NOT", {boolean}, boolean, negate};
  signature.predicate = Predicate::negation;
  return signature;
}

std::optional<ScalarSignature> bind_test(std::string_view name, std::span<const Type> given,
                                         bool of_boolean, Kernel kernel,
                                         Predicate predicate = Predicate::other) {
  if (given.size() != 1) {
    return std::nullopt;
  }
  if (of_boolean && given[0].kind != TypeKind::boolean && given[0].kind != TypeKind::null_) {
    return std::nullopt;
  }
  const Type argument = of_boolean ? Type::of(TypeKind::boolean, given[0].nullable) : given[0];
  ScalarSignature signature{
      std::string(name), {argument}, Type::of(TypeKind::boolean, false), kernel};
  signature.predicate = predicate;
  return signature;
}

using Types = std::span<const Type>;

constexpr ScalarFunction kFunctions[] = {
    {"NOT", "NOT a", "TRUE for FALSE and FALSE for TRUE.", bind_not},
    {"IS NULL", "a IS NULL", "Whether there is no value.",
     [](Types given) {
       return bind_test("IS NULL", given, false, test_null<true>, Predicate::null);
     }},
    {"IS NOT NULL", "a IS NOT NULL", "Whether there is a value.",
     [](Types given) {
       return bind_test("IS NOT NULL", given, false, test_null<false>, Predicate::not_null);
     }},
    {"IS TRUE", "a IS TRUE", "Whether a is TRUE; FALSE for NULL.",
     [](Types given) {
       return bind_test("IS TRUE", given, true, test_truth<true, true>, Predicate::is_true);
     }},
    {"IS NOT TRUE", "a IS NOT TRUE", "Whether a is FALSE or NULL.",
     [](Types given) { return bind_test("IS NOT TRUE", given, true, test_truth<true, false>); }},
    {"IS FALSE", "a IS FALSE", "Whether a is FALSE; FALSE for NULL.",
     [](Types given) {
       return bind_test("IS FALSE", given, true, test_truth<false, true>, Predicate::is_false);
     }},
    {"IS NOT FALSE", "a IS NOT FALSE", "Whether a is TRUE or NULL.",
     [](Types given) { return bind_test("IS NOT FALSE", given, true, test_truth<false, false>); }},
    {"IS UNKNOWN", "a IS UNKNOWN", "Whether a boolean is NULL.",
     [](Types given) {
       return bind_test("IS UNKNOWN", given, true, test_null<true>, Predicate::null);
     }},
    {"IS NOT UNKNOWN", "a IS NOT UNKNOWN", "Whether a boolean is TRUE or FALSE.",
     [](Types given) {
       return bind_test("IS NOT UNKNOWN", given, true, test_null<false>, Predicate::not_null);
     }},
};

}  // namespace

std::span<const ScalarFunction> logic_functions() { return kFunctions; }

}  // namespace millrace::function
