#include "function/types.h"

#include <algorithm>

#include "base/check.h"
#include "function/evaluate.h"

namespace millrace::function {

// Where more than 38 digits were needed, digits after the point are given up, down to six.
static Type adjusted(int32_t precision, int32_t scale) {
  constexpr int32_t kMost = 38;
  constexpr int32_t kKeptScale = 6;
  if (precision <= kMost) {
    return Type::decimal(precision, scale);
  }
  const int32_t whole_digits = precision - scale;
  return Type::decimal(kMost, std::max(kMost - whole_digits, std::min(scale, kKeptScale)));
}

Type sum_of_decimals(const Type& a, const Type& b) {
  const int32_t scale = std::max(a.scale, b.scale);
  return adjusted(std::max(a.precision - a.scale, b.precision - b.scale) + scale + 1, scale);
}

Type product_of_decimals(const Type& a, const Type& b) {
  return adjusted(a.precision + b.precision + 1, a.scale + b.scale);
}

Type quotient_of_decimals(const Type& a, const Type& b) {
  const int32_t scale = std::max(6, a.scale + b.precision + 1);
  return adjusted(a.precision - a.scale + b.scale + scale, scale);
}

Type remainder_of_decimals(const Type& a, const Type& b) {
  const int32_t scale = std::max(a.scale, b.scale);
  return adjusted(std::min(a.precision - a.scale, b.precision - b.scale) + scale, scale);
}

Type as_decimal(const Type& exact) {
  if (exact.kind == TypeKind::decimal) {
    return exact;
  }
  check(exact.is_integer());
  const int32_t digits = exact.kind == TypeKind::tinyint    ? 3
                         : exact.kind == TypeKind::smallint ? 5
                         : exact.kind == TypeKind::integer  ? 10
                                                            : 19;
  return Type::decimal(digits, 0, exact.nullable);
}

static bool is_floating(const Type& type) {
  return type.kind == TypeKind::float_ || type.kind == TypeKind::double_;
}

// Where both parts do not fit, the fraction is cut.
static Type common_decimal(const Type& a, const Type& b) {
  constexpr int32_t kMostDigits = 38;
  const int32_t whole_digits = std::max(a.precision - a.scale, b.precision - b.scale);
  const int32_t scale = std::min(std::max(a.scale, b.scale), kMostDigits - whole_digits);
  return Type::decimal(whole_digits + scale, scale);
}

// FLOAT keeps integers approximate; with decimals it becomes DOUBLE.
static Type common_number(const Type& a, const Type& b) {
  const bool any_decimal = a.kind == TypeKind::decimal || b.kind == TypeKind::decimal;
  if (is_floating(a) || is_floating(b)) {
    const bool is_double =
        a.kind == TypeKind::double_ || b.kind == TypeKind::double_ || any_decimal;
    return Type::of(is_double ? TypeKind::double_ : TypeKind::float_);
  }
  return any_decimal ? common_decimal(as_decimal(a), as_decimal(b))
                     : Type::of(std::max(a.kind, b.kind));
}

// Strings of different lengths meet as varying ones, so that none is padded.
static Type common_bytes(const Type& a, const Type& b, TypeKind fixed, TypeKind varying) {
  const bool same = a.kind == fixed && b.kind == fixed && a.precision == b.precision;
  return Type::with_length(same ? fixed : varying, std::max(a.precision, b.precision));
}

static std::optional<Type> common_time(const Type& a, const Type& b) {
  if (a.kind == TypeKind::time && b.kind == TypeKind::time) {
    return Type::with_length(TypeKind::time, std::max(a.precision, b.precision));
  }
  const auto is_moment = [](const Type& type) {
    return type.is_timestamp() || type.kind == TypeKind::date;
  };
  if (!is_moment(a) || !is_moment(b)) {
    return std::nullopt;
  }
  const bool local = a.kind == TypeKind::timestamp_ltz || b.kind == TypeKind::timestamp_ltz;
  const int32_t precision = std::max(a.precision, b.precision);
  return local ? Type::timestamp_ltz(precision) : Type::timestamp(precision);
}

// Of rows, arrays and maps: part by part, with the names of the first.
static std::optional<Type> common_nested(const Type& a, const Type& b) {
  if (a.kind != b.kind || a.children->size() != b.children->size()) {
    return std::nullopt;
  }
  std::vector<Field> children;
  for (size_t i = 0; i < a.children->size(); ++i) {
    const std::optional<Type> common = common_type((*a.children)[i].type, (*b.children)[i].type);
    if (!common) {
      return std::nullopt;
    }
    children.push_back({(*a.children)[i].name, *common});
  }
  Type type = a;
  type.children = std::make_shared<const std::vector<Field>>(std::move(children));
  return type;
}

static std::optional<Type> common_of_values(const Type& a, const Type& b) {
  if (a.children != nullptr && b.children != nullptr) {
    return common_nested(a, b);
  }
  if (a.same_but_nullability(b)) {
    return a;
  }
  if (a.is_numeric() && b.is_numeric()) {
    return common_number(a, b);
  }
  if (a.is_string() && b.is_string()) {
    return common_bytes(a, b, TypeKind::char_, TypeKind::varchar);
  }
  if (a.is_binary() && b.is_binary()) {
    return common_bytes(a, b, TypeKind::binary, TypeKind::varbinary);
  }
  return common_time(a, b);
}

// Both kinds of timestamps make that of the first, or where their precisions differ, the second.
static Type common_timestamp(const Type& a, const Type& b) {
  Type type = a.precision == b.precision ? a : b;
  type.precision = std::max(a.precision, b.precision);
  return type.as_nullable(a.nullable || b.nullable);
}

std::optional<Type> unmixed_type(const Type& a, const Type& b) {
  if (a.is_timestamp() && b.is_timestamp() && a.kind != b.kind) {
    return common_timestamp(a, b);
  }
  const bool mixes_dates = (a.kind == TypeKind::date && b.is_timestamp()) ||
                           (b.kind == TypeKind::date && a.is_timestamp());
  return mixes_dates ? std::nullopt : common_type(a, b);
}

std::optional<Type> leading_type(const Type& a, const Type& b) {
  return is_floating(a) && is_floating(b) ? std::optional(a.as_nullable(a.nullable || b.nullable))
                                          : unmixed_type(a, b);
}

std::optional<Type> present_type(const Type& a, const Type& b) {
  const auto is_date_beside = [&](TypeKind kind) {
    return (a.kind == TypeKind::date && b.kind == kind) ||
           (b.kind == TypeKind::date && a.kind == kind);
  };
  if (is_date_beside(TypeKind::timestamp)) {
    return Type::of(TypeKind::date, a.nullable || b.nullable);  // so Flink's COALESCE has it
  }
  if (is_date_beside(TypeKind::timestamp_ltz)) {
    return std::nullopt;
  }
  return a.kind == TypeKind::decimal && b.kind == TypeKind::float_
             ? std::optional(b.as_nullable(a.nullable || b.nullable))
             : common_type(a, b);
}

std::optional<Type> common_type(const Type& a, const Type& b) {
  std::optional<Type> common = a.kind == TypeKind::null_   ? b
                               : b.kind == TypeKind::null_ ? a
                                                           : common_of_values(a, b);
  if (common) {
    common->nullable = a.nullable || b.nullable;
  }
  return common;
}

}  // namespace millrace::function
