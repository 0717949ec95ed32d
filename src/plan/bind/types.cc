#include "plan/bind/types.h"

#include "base/check.h"

namespace millrace::plan {

namespace {

int32_t in_range(const sql::TypeName& written, const char* what, std::optional<int32_t> given,
                 int32_t otherwise, int32_t least, int32_t most) {
  const int32_t value = given.value_or(otherwise);
  if (value < least || value > most) {
    throw Error(ErrorCode::invalid_argument,
                std::string(word_of(written.word)) + " " + what + " must be between " +
                    std::to_string(least) + " and " + std::to_string(most) + ", found " +
                    std::to_string(value),
                written.position);
  }
  return value;
}

// Of CHAR and BINARY one where none is written; what varies may be as long as can be.
int32_t length_of(const sql::TypeName& written) {
  const bool varies =
      written.word == sql::TypeWord::varchar || written.word == sql::TypeWord::varbinary;
  return in_range(written, "length", written.precision, varies ? Type::kMaxLength : 1, 1,
                  Type::kMaxLength);
}

Type bind_decimal(const sql::TypeName& written, bool nullable) {
  const int32_t precision = in_range(written, "precision", written.precision, 10, 1, 38);
  const int32_t scale = in_range(written, "scale", written.scale, 0, 0, precision);
  return Type::decimal(precision, scale, nullable);
}

bool counts_months(sql::TimeUnit unit) {
  return unit == sql::TimeUnit::year || unit == sql::TimeUnit::quarter ||
         unit == sql::TimeUnit::month;
}

Type bind_row(const sql::TypeName& written, bool nullable) {
  std::vector<Field> fields;
  for (const sql::RowField& field : written.fields) {
    fields.push_back({field.name.text, bind_type(field.type)});
  }
  return Type::row(std::move(fields), nullable);
}

}  // namespace

Type bind_type(const sql::TypeName& written) {
  const bool nullable = !written.not_null;
  const auto precision = [&](int32_t otherwise) {
    return in_range(written, "precision", written.precision, otherwise, 0, 9);
  };
  switch (written.word) {
    case sql::TypeWord::boolean: return Type::of(TypeKind::boolean, nullable);
    case sql::TypeWord::tinyint: return Type::of(TypeKind::tinyint, nullable);
    case sql::TypeWord::smallint: return Type::of(TypeKind::smallint, nullable);
    case sql::TypeWord::integer: return Type::of(TypeKind::integer, nullable);
    case sql::TypeWord::bigint: return Type::of(TypeKind::bigint, nullable);
    case sql::TypeWord::float_: return Type::of(TypeKind::float_, nullable);
    case sql::TypeWord::double_: return Type::of(TypeKind::double_, nullable);
    case sql::TypeWord::decimal: return bind_decimal(written, nullable);
    case sql::TypeWord::char_:
      return Type::with_length(TypeKind::char_, length_of(written), nullable);
    case sql::TypeWord::varchar:
      return Type::with_length(TypeKind::varchar, length_of(written), nullable);
    case sql::TypeWord::string: return Type::string(nullable);
    case sql::TypeWord::binary:
      return Type::with_length(TypeKind::binary, length_of(written), nullable);
    case sql::TypeWord::varbinary:
      return Type::with_length(TypeKind::varbinary, length_of(written), nullable);
    case sql::TypeWord::bytes: return Type::bytes(nullable);
    case sql::TypeWord::date: return Type::of(TypeKind::date, nullable);
    case sql::TypeWord::time: return Type::with_length(TypeKind::time, precision(0), nullable);
    case sql::TypeWord::timestamp: return Type::timestamp(precision(6), nullable);
    case sql::TypeWord::timestamp_ltz: return Type::timestamp_ltz(precision(6), nullable);
    case sql::TypeWord::interval:
      return Type::of(
          counts_months(written.interval->from) ? TypeKind::interval_month : TypeKind::interval_ms,
          nullable);
    case sql::TypeWord::array: return Type::array(bind_type(written.arguments[0]), nullable);
    case sql::TypeWord::map:
      return Type::map(bind_type(written.arguments[0]), bind_type(written.arguments[1]), nullable);
    case sql::TypeWord::multiset: {
      Type type = Type::array(bind_type(written.arguments[0]), nullable);
      type.kind = TypeKind::multiset;
      return type;
    }
    case sql::TypeWord::row: return bind_row(written, nullable);
    case sql::TypeWord::null_: return Type::of(TypeKind::null_);
    case sql::TypeWord::variant: return Type::of(TypeKind::variant, nullable);
    case sql::TypeWord::bitmap: return Type::of(TypeKind::bitmap, nullable);
  }
  check(false, "type word outside the enumeration");
  return {};
}

}  // namespace millrace::plan
