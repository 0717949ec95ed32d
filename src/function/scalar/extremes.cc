// GREATEST and LEAST of several values of one type; NULL where one is NULL.

#include "column/physical.h"
#include "function/evaluate.h"
#include "function/kernel.h"
#include "function/scalar/families.h"

namespace millrace::function {

namespace {

enum class Pick : uint8_t { greatest, least };

template <typename T>
bool comes_before(const T& a, const T& b) {
  if constexpr (std::is_same_v<T, StringRef>) {
    return a.view() < b.view();
  } else {
    return a < b;
  }
}

template <Pick pick, typename T>
Column chosen(const KernelCall& call) {
  const std::vector<View<T>> views(call.arguments.begin(), call.arguments.end());
  FlatBuffer<T> result(call.size);
  for_each(call.rows, [&](uint32_t row) {
    const T* best = nullptr;
    for (const View<T>& view : views) {
      if (view.is_null(row)) {
        return result.set_null(row);
      }
      const T& value = view[row];
      if (best == nullptr ||
          (pick == Pick::greatest ? comes_before(*best, value) : comes_before(value, *best))) {
        best = &value;
      }
    }
    result[row] = *best;
  });
  Owners owners;
  for (const Column& argument : call.arguments) {
    owners.insert(owners.end(), argument.owners().begin(), argument.owners().end());
  }
  return result.finish(call.result, std::move(owners));
}

template <Pick pick>
std::optional<ScalarSignature> bind(std::span<const Type> given) {
  if (given.empty()) {
    return std::nullopt;
  }
  std::optional<Type> type = given[0];
  for (const Type& other : given) {
    type = common_type(*type, other);
    // A NULL without a type has no place in the order, as in Flink.
    if (!type || other.kind == TypeKind::null_) {
      return std::nullopt;
    }
  }
  if (type->physical() == Physical::nested || type->is_without_order()) {
    return std::nullopt;
  }
  ScalarSignature signature;
  signature.name = pick == Pick::greatest ? "GREATEST" : "LEAST";
  signature.arguments.assign(given.size(), *type);
  signature.result = *type;
  signature.kernel = with_physical(
      type->physical(), [](auto zero) -> Kernel { return chosen<pick, decltype(zero)>; });
  return signature;
}

constexpr ScalarFunction kFunctions[] = {
    {"GREATEST", "GREATEST(a, ...)", "The greatest value; NULL where one is NULL.",
     bind<Pick::greatest>},
    {"LEAST", "LEAST(a, ...)", "The least value; NULL where one is NULL.", bind<Pick::least>},
};

}  // namespace

std::span<const ScalarFunction> extreme_functions() { return kFunctions; }

}  // namespace millrace::function
