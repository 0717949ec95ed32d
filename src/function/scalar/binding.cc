#include "function/scalar/binding.h"

#include "base/check.h"
#include "function/evaluate.h"
#include "function/kernel.h"

namespace millrace::function {

static std::optional<Type> fitted_one(const Type& given, Accepts parameter) {
  const bool is_null = given.kind == TypeKind::null_;
  switch (parameter) {
    case Accepts::text:
      return given.is_string() ? std::optional(given)
             : is_null         ? std::optional(Type::string(given.nullable))
                               : std::nullopt;
    case Accepts::bytes:
      return given.is_binary() ? std::optional(given) : fitted_one(given, Accepts::text);
    case Accepts::whole:
      return given.is_integer() || is_null
                 ? std::optional(Type::of(TypeKind::bigint, given.nullable))
                 : std::nullopt;
    case Accepts::number:
      return given.is_numeric() || is_null
                 ? std::optional(Type::of(TypeKind::double_, given.nullable))
                 : std::nullopt;
    case Accepts::boolean:
      return given.kind == TypeKind::boolean || is_null
                 ? std::optional(Type::of(TypeKind::boolean, given.nullable))
                 : std::nullopt;
    case Accepts::any: return given;
  }
  check(false, "parameter outside the enumeration");
  return std::nullopt;
}

std::optional<std::vector<Type>> fitted(std::span<const Type> given,
                                        std::initializer_list<Accepts> parameters,
                                        size_t required) {
  if (given.size() < required || given.size() > parameters.size()) {
    return std::nullopt;
  }
  std::vector<Type> types;
  for (size_t i = 0; i < given.size(); ++i) {
    const std::optional<Type> type = fitted_one(given[i], parameters.begin()[i]);
    if (!type) {
      return std::nullopt;
    }
    types.push_back(*type);
  }
  return types;
}

std::optional<ScalarSignature> strict(std::string_view name,
                                      std::optional<std::vector<Type>> fitted, Type result,
                                      Kernel kernel) {
  if (!fitted) {
    return std::nullopt;
  }
  result = nullable_by(std::move(result), *fitted);
  return ScalarSignature{std::string(name), std::move(*fitted), std::move(result), kernel};
}

std::optional<ScalarSignature> partial(std::string_view name,
                                       std::optional<std::vector<Type>> fitted, Type result,
                                       Kernel kernel) {
  if (!fitted) {
    return std::nullopt;
  }
  return ScalarSignature{std::string(name), std::move(*fitted), result.as_nullable(), kernel};
}

std::optional<ScalarSignature> within_length(std::optional<ScalarSignature> signature) {
  if (signature) {
    signature->result = Type::with_length(TypeKind::varchar, signature->arguments[0].precision,
                                          signature->result.nullable);
  }
  return signature;
}

}  // namespace millrace::function
