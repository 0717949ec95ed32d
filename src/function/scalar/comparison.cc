// = <> < <= > >= over every ordered type, after a cast to the common one. Strings compare by their
// bytes. IS [NOT] DISTINCT FROM takes NULL for a value.

#include <algorithm>

#include "column/physical.h"
#include "function/evaluate.h"
#include "function/kernel.h"
#include "function/scalar/families.h"
#include "function/value/nested_equality.h"

namespace millrace::function {

namespace {

enum class Order : uint8_t { equal, not_equal, less, less_or_equal, greater, greater_or_equal };

template <Order order, typename T>
bool holds(const T& a, const T& b) {
  if constexpr (std::is_same_v<T, StringRef>) {
    if constexpr (order == Order::equal) {
      return a == b;
    } else if constexpr (order == Order::not_equal) {
      return !(a == b);
    } else {
      return holds<order, int>(a.view().compare(b.view()), 0);
    }
  } else {
    switch (order) {
      case Order::equal: return a == b;
      case Order::not_equal: return a != b;
      case Order::less: return a < b;
      case Order::less_or_equal: return a <= b;
      case Order::greater: return a > b;
      case Order::greater_or_equal: return a >= b;
    }
  }
}

template <Order order, typename T>
Column compare(const KernelCall& call) {
  return map_pairs<uint8_t, T, T>(
      call, [](const T& a, const T& b) -> uint8_t { return holds<order, T>(a, b); });
}

template <bool distinct, typename T>
Column compare_with_nulls(const KernelCall& call) {
  ResultValues<uint8_t> result(call);
  const View<T> a(call.arguments[0]);
  const View<T> b(call.arguments[1]);
  for_each(call.rows, [&](uint32_t row) {
    const bool both = !a.is_null(row) && !b.is_null(row);
    const bool same =
        both ? holds<Order::equal, T>(a[row], b[row]) : a.is_null(row) == b.is_null(row);
    result.set(row, same != distinct);
  });
  return result.finish();
}

template <bool distinct>
Column compare_nested(const KernelCall& call) {
  ResultValues<uint8_t> result(call);
  const Column& a = call.arguments[0];
  const Column& b = call.arguments[1];
  const bool nulls_are_values = !call.result.nullable;
  for_each(call.rows, [&](uint32_t row) {
    if (!nulls_are_values && (a.is_null(row) || b.is_null(row))) {
      result.set_null(row);
    } else {
      result.set(row, equal_values(a, row, b, row, NullElements::differ) != distinct);
    }
  });
  return result.finish();
}

bool is_date_beside_timestamp(const Type& a, const Type& b) {
  return (a.kind == TypeKind::date && b.is_timestamp()) ||
         (b.kind == TypeKind::date && a.is_timestamp());
}

// The type in which both are compared. A string takes the type of what it is compared with. Dates
// and timestamps have a common type, and yet Flink does not compare them. Whether an instant and a
// clock are equal is said by what the clock shows, which comes first by the instants.
std::optional<Type> compared_as(std::string_view name, const Type& a, const Type& b) {
  if (is_date_beside_timestamp(a, b)) {
    return std::nullopt;
  }
  if (a.kind == TypeKind::null_ && b.kind == TypeKind::null_) {
    return Type::of(TypeKind::boolean);
  }
  // A condition beside a text is compared by its own text, TRUE or FALSE.
  if ((a.kind == TypeKind::boolean && b.is_string()) ||
      (b.kind == TypeKind::boolean && a.is_string())) {
    return Type::string();
  }
  if ((a.is_binary() && b.is_string()) || (b.is_binary() && a.is_string())) {
    return std::nullopt;
  }
  std::optional<Type> common = common_type(a, b);
  if (common && common->kind == TypeKind::decimal) {
    common->scale = std::max({common->scale, a.scale, b.scale});  // no fraction is cut to compare
  }
  if (!common && a.is_string() && can_cast(a, b)) {
    common = b;
  } else if (!common && b.is_string() && can_cast(b, a)) {
    common = a;
  }
  const bool by_order = name.starts_with('<') || name.starts_with('>');
  if (common && common->kind == TypeKind::timestamp_ltz && a.kind != b.kind &&
      (!by_order || name == "<>")) {
    common = Type::timestamp(common->precision);
  }
  return common;
}

std::optional<ScalarSignature> bind_pair(std::string_view name, std::span<const Type> given,
                                         Kernel (*kernel_for)(Physical), Kernel nested) {
  if (given.size() != 2) {
    return std::nullopt;
  }
  const std::optional<Type> common = compared_as(name, given[0], given[1]);
  const bool has_order =
      common && common->physical() != Physical::nested && !common->is_without_order();
  if (!common || (!has_order && nested == nullptr)) {
    return std::nullopt;
  }
  ScalarSignature signature;
  signature.name = name;
  signature.arguments = {common->as_nullable(given[0].nullable),
                         common->as_nullable(given[1].nullable)};
  signature.result = nullable_by(Type::of(TypeKind::boolean), signature.arguments);
  signature.kernel =
      common->physical() == Physical::nested ? nested : kernel_for(common->physical());
  return signature;
}

constexpr Predicate predicate_of(Order order) {
  constexpr Predicate kPredicates[] = {Predicate::equal,   Predicate::not_equal,
                                       Predicate::less,    Predicate::less_or_equal,
                                       Predicate::greater, Predicate::greater_or_equal};
  return kPredicates[static_cast<size_t>(order)];
}

constexpr std::string_view sign_of(Order order) {
  constexpr std::string_view kSigns[] = {"=", "<>", "<", "<=", ">", ">="};
  return kSigns[static_cast<size_t>(order)];
}

// Nested values and variants are equal or not, and have no order.
template <Order order>
std::optional<ScalarSignature> bind(std::span<const Type> given) {
  constexpr Kernel kNested = order == Order::equal       ? compare_nested<false>
                             : order == Order::not_equal ? compare_nested<true>
                                                         : nullptr;
  auto signature = bind_pair(
      sign_of(order), given,
      [](Physical physical) {
        return with_physical(physical,
                             [](auto zero) -> Kernel { return compare<order, decltype(zero)>; });
      },
      kNested);
  if (signature) {
    signature->predicate = predicate_of(order);
  }
  return signature;
}

template <bool distinct>
std::optional<ScalarSignature> bind_distinct(std::span<const Type> given) {
  auto signature = bind_pair(
      distinct ? "IS DISTINCT FROM" : "IS NOT DISTINCT FROM", given,
      [](Physical physical) {
        return with_physical(physical, [](auto zero) -> Kernel {
          return compare_with_nulls<distinct, decltype(zero)>;
        });
      },
      compare_nested<distinct>);
  if (signature) {
    signature->result.nullable = false;
    signature->predicate = distinct ? Predicate::distinct : Predicate::same;
  }
  return signature;
}

constexpr ScalarFunction kFunctions[] = {
    {"=", "a = b", "Whether two values are equal.", bind<Order::equal>},
    {"<>", "a <> b", "Whether two values differ.", bind<Order::not_equal>},
    {"<", "a < b", "Whether a comes before b.", bind<Order::less>},
    {"<=", "a <= b", "Whether a does not come after b.", bind<Order::less_or_equal>},
    {">", "a > b", "Whether a comes after b.", bind<Order::greater>},
    {">=", "a >= b", "Whether a does not come before b.", bind<Order::greater_or_equal>},
    {"IS DISTINCT FROM", "a IS DISTINCT FROM b", "Whether two values differ, NULL being a value.",
     bind_distinct<true>},
    {"IS NOT DISTINCT FROM", "a IS NOT DISTINCT FROM b",
     "Whether two values are equal, NULL being a value.", bind_distinct<false>},
};

}  // namespace

std::span<const ScalarFunction> comparison_functions() { return kFunctions; }

}  // namespace millrace::function
