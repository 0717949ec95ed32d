#include "base/error.h"
#include "function/cast/casts.h"
#include "function/evaluate.h"
#include "function/narrow.h"

namespace millrace::function {

// Of the same scale, with room for all digits.
static bool is_widening(const Type& from, const Type& to) {
  return from.kind == TypeKind::decimal && to.kind == TypeKind::decimal && from.scale == to.scale &&
         from.precision <= to.precision && from.physical() == to.physical();
}

// Between types that differ in nullability, in a name or in how many digits a decimal may have,
// values stay as they are.
static bool is_renaming(const Type& from, const Type& to) {
  if (from.same_but_nullability(to) || is_widening(from, to)) {
    return true;
  }
  if (from.kind != to.kind || from.children == nullptr || to.children == nullptr ||
      from.children->size() != to.children->size()) {
    return false;
  }
  for (size_t i = 0; i < from.children->size(); ++i) {
    if (!is_renaming((*from.children)[i].type, (*to.children)[i].type)) {
      return false;
    }
  }
  return true;
}

static CastKernel find_cast(const Type& from, const Type& to) {
  for (const auto find : {find_number_cast, find_time_cast, find_nested_cast, find_to_text_cast,
                          find_from_text_cast}) {
    if (const CastKernel kernel = find(from, to)) {
      return kernel;
    }
  }
  return nullptr;
}

bool can_cast(const Type& from, const Type& to) {
  return from.kind == TypeKind::null_ || is_renaming(from, to) || find_cast(from, to) != nullptr;
}

Column cast(const Column& from, const Type& to, const Rows& rows, bool null_on_failure,
            EvaluationContext& context) {
  if (from.type().kind == TypeKind::null_) {
    return Column::null(to, from.size());
  }
  if (is_renaming(from.type(), to)) {
    return from.retyped(to);
  }
  const CastKernel kernel = find_cast(from.type(), to);
  if (kernel == nullptr) {
    throw Error(ErrorCode::type_mismatch,
                "cannot cast " + from.type().to_string() + " to " + to.to_string());
  }
  const Compute compute = [&](std::span<const Column> columns, const Rows& some, size_t size,
                              EvaluationContext& where) {
    return kernel({{columns, some, size, to, where}, null_on_failure});
  };
  return compute_narrowly({&from, 1}, rows, from.size(), context, compute);
}

}  // namespace millrace::function
