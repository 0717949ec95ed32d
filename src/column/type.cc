#include "column/type.h"

#include "base/check.h"

namespace millrace {

Type Type::of(TypeKind kind, bool nullable) {
  Type type;
  type.kind = kind;
  type.nullable = nullable;
  return type;
}

Type Type::decimal(int32_t precision, int32_t scale, bool nullable) {
  check(precision >= 1 && precision <= 38 && scale >= 0 && scale <= precision);
  Type type = of(TypeKind::decimal, nullable);
  type.precision = precision;
  type.scale = scale;
  return type;
}

Type Type::with_length(TypeKind kind, int32_t length, bool nullable) {
  Type type = of(kind, nullable);
  type.precision = length;
  return type;
}

Type Type::string(bool nullable) { return with_length(TypeKind::varchar, kMaxLength, nullable); }
Type Type::bytes(bool nullable) { return with_length(TypeKind::varbinary, kMaxLength, nullable); }

Type Type::timestamp(int32_t precision, bool nullable) {
  check(precision >= 0 && precision <= 9);
  return with_length(TypeKind::timestamp, precision, nullable);
}

Type Type::timestamp_ltz(int32_t precision, bool nullable) {
  check(precision >= 0 && precision <= 9);
  return with_length(TypeKind::timestamp_ltz, precision, nullable);
}

static Type nested(TypeKind kind, std::vector<Field> children, bool nullable) {
  Type type = Type::of(kind, nullable);
  type.children = std::make_shared<const std::vector<Field>>(std::move(children));
  return type;
}

Type Type::row(std::vector<Field> fields, bool nullable) {
  return nested(TypeKind::row, std::move(fields), nullable);
}
Type Type::array(Type element, bool nullable) {
  return nested(TypeKind::array, {{"element", std::move(element)}}, nullable);
}
Type Type::map(Type key, Type value, bool nullable) {
  return nested(TypeKind::map, {{"key", std::move(key)}, {"value", std::move(value)}}, nullable);
}

Physical Type::physical() const {
  switch (kind) {
    case TypeKind::null_:
    case TypeKind::boolean: return Physical::u8;
    case TypeKind::tinyint: return Physical::i8;
    case TypeKind::smallint: return Physical::i16;
    case TypeKind::integer:
    case TypeKind::date:
    case TypeKind::time:
    case TypeKind::interval_month: return Physical::i32;
    case TypeKind::bigint:
    case TypeKind::timestamp:
    case TypeKind::timestamp_ltz:
    case TypeKind::interval_ms: return Physical::i64;
    case TypeKind::float_: return Physical::f32;
    case TypeKind::double_: return Physical::f64;
    case TypeKind::decimal: return precision <= 18 ? Physical::i64 : Physical::i128;
    case TypeKind::char_:
    case TypeKind::varchar:
    case TypeKind::binary:
    case TypeKind::varbinary:
    case TypeKind::variant:
    case TypeKind::bitmap: return Physical::string;
    case TypeKind::array:
    case TypeKind::map:
    case TypeKind::multiset:
    case TypeKind::row: return Physical::nested;
  }
  check(false, "type kind outside the enumeration");
  return Physical::u8;
}

Type Type::as_nullable(bool to) const {
  Type type = *this;
  type.nullable = to;
  return type;
}

int64_t Type::timestamp_unit() const {
  check(is_timestamp());
  return precision <= 3 ? 1'000 : precision <= 6 ? 1'000'000 : 1'000'000'000;
}

static std::string with_number(const char* name, int32_t n) {
  return std::string(name) + "(" + std::to_string(n) + ")";
}

static std::string row_text(const std::vector<Field>& fields) {
  std::string text = "ROW<";
  for (size_t i = 0; i < fields.size(); ++i) {
    text += (i > 0 ? ", `" : "`") + fields[i].name + "` " + fields[i].type.to_string();
  }
  return text + ">";
}

static std::string bare_text(const Type& type) {
  const auto child = [&](size_t i) { return (*type.children)[i].type.to_string(); };
  switch (type.kind) {
    case TypeKind::null_: return "NULL";
    case TypeKind::boolean: return "BOOLEAN";
    case TypeKind::tinyint: return "TINYINT";
    case TypeKind::smallint: return "SMALLINT";
    case TypeKind::integer: return "INT";
    case TypeKind::bigint: return "BIGINT";
    case TypeKind::float_: return "FLOAT";
    case TypeKind::double_: return "DOUBLE";
    case TypeKind::decimal:
      return "DECIMAL(" + std::to_string(type.precision) + ", " + std::to_string(type.scale) + ")";
    case TypeKind::char_: return with_number("CHAR", type.precision);
    case TypeKind::varchar:
      return type.precision == Type::kMaxLength ? "STRING" : with_number("VARCHAR", type.precision);
    case TypeKind::binary: return with_number("BINARY", type.precision);
    case TypeKind::varbinary:
      return type.precision == Type::kMaxLength ? "BYTES"
                                                : with_number("VARBINARY", type.precision);
    case TypeKind::date: return "DATE";
    case TypeKind::time: return with_number("TIME", type.precision);
    case TypeKind::timestamp: return with_number("TIMESTAMP", type.precision);
    case TypeKind::timestamp_ltz: return with_number("TIMESTAMP_LTZ", type.precision);
    case TypeKind::interval_month: return "INTERVAL YEAR TO MONTH";
    case TypeKind::interval_ms: return "INTERVAL DAY TO SECOND";
    case TypeKind::array: return "ARRAY<" + child(0) + ">";
    case TypeKind::map: return "MAP<" + child(0) + ", " + child(1) + ">";
    case TypeKind::multiset: return "MULTISET<" + child(0) + ">";
    case TypeKind::row: return row_text(*type.children);
    case TypeKind::variant: return "VARIANT";
    case TypeKind::bitmap: return "BITMAP";
  }
  check(false, "type kind outside the enumeration");
  return "";
}

std::string Type::to_string() const { return bare_text(*this) + (nullable ? "" : " NOT NULL"); }

bool Type::same_but_nullability(const Type& other) const {
  if (kind != other.kind || precision != other.precision || scale != other.scale ||
      (children == nullptr) != (other.children == nullptr)) {
    return false;
  }
  if (children == nullptr) {
    return true;
  }
  return std::equal(children->begin(), children->end(), other.children->begin(),
                    other.children->end(), [](const Field& a, const Field& b) {
                      return a.name == b.name && a.type.same_but_nullability(b.type);
                    });
}

bool Type::operator==(const Type& other) const {
  if (nullable != other.nullable || !same_but_nullability(other)) {
    return false;
  }
  return children == nullptr || *children == *other.children;
}

std::optional<size_t> Schema::find(std::string_view name) const {
  for (size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].name == name) {
      return i;
    }
  }
  return std::nullopt;
}

}  // namespace millrace
