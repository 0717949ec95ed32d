#include "codec/json/field_writer.h"

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "codec/json/number_text.h"
#include "column/physical.h"

namespace millrace::codec {

static bool is_readable(TypeKind kind) {
  switch (kind) {
    case TypeKind::boolean:
    case TypeKind::tinyint:
    case TypeKind::smallint:
    case TypeKind::integer:
    case TypeKind::bigint:
    case TypeKind::float_:
    case TypeKind::double_:
    case TypeKind::decimal:
    case TypeKind::char_:
    case TypeKind::varchar:
    case TypeKind::date:
    case TypeKind::time:
    case TypeKind::timestamp:
    case TypeKind::timestamp_ltz: return true;
    case TypeKind::null_:
    case TypeKind::binary:
    case TypeKind::varbinary:
    case TypeKind::interval_month:
    case TypeKind::interval_ms:
    case TypeKind::array:
    case TypeKind::map:
    case TypeKind::multiset:
    case TypeKind::row:
    case TypeKind::variant: return false;
  }
  return false;
}

FieldWriter::FieldWriter(const Field& field, TimestampFormat timestamps)
    : field_(field),
      width_(width_of(field.type.physical())),
      unit_(field.type.is_timestamp() ? field.type.timestamp_unit() : 0),
      separator_(timestamps == TimestampFormat::iso_8601 ? 'T' : ' ') {
  if (!is_readable(field.type.kind)) {
    throw Error(ErrorCode::unsupported, "format 'json' does not read field '" + field.name +
                                            "' of type " + field.type.to_string() + " yet");
  }
}

static std::shared_ptr<char[]> room_for(size_t bytes) {
  return std::shared_ptr<char[]>(new char[bytes]);  // aligned for any value, and not cleared
}

void FieldWriter::begin(size_t capacity) {
  values_ = room_for(capacity * width_);
  capacity_ = capacity;
  rows_ = 0;
  validity_ = nullptr;
  arena_ = nullptr;
  borrowed_ = false;
}

void FieldWriter::grow(size_t capacity) {
  auto larger = room_for(capacity * width_);
  std::memcpy(larger.get(), values_.get(), capacity_ * width_);
  values_ = std::move(larger);
  if (validity_) {
    auto longer = std::make_shared<Validity>(capacity);
    for (size_t row = 0; row < capacity_; ++row) {
      if (!validity_->get(row)) {
        longer->set_null(row);
      }
    }
    validity_ = std::move(longer);
  }
  capacity_ = capacity;
}

void FieldWriter::write_null(size_t row) {
  if (!validity_) {
    validity_ = std::make_shared<Validity>(capacity_);
  }
  validity_->set_null(row);
  std::memset(values_.get() + row * width_, 0, width_);
  rows_ = row + 1;
}

bool FieldWriter::write(size_t row, const JsonScalar& scalar) {
  switch (field_.type.physical()) {
    case Physical::string: return put_text(row, scalar);
    case Physical::u8: return put_boolean(row, scalar);
    case Physical::i8: return put_integer<int8_t>(row, scalar);
    case Physical::i16: return put_integer<int16_t>(row, scalar);
    case Physical::i32:
      return field_.type.kind == TypeKind::integer ? put_integer<int32_t>(row, scalar)
                                                   : put_moment(row, scalar);
    case Physical::i64:
      if (field_.type.kind == TypeKind::bigint) {
        return put_integer<int64_t>(row, scalar);
      }
      return field_.type.is_timestamp() ? put_moment(row, scalar) : put_decimal(row, scalar);
    case Physical::i128: return put_decimal(row, scalar);
    case Physical::f32:
    case Physical::f64: return put_double(row, scalar);
    case Physical::nested: break;
  }
  return false;
}

bool FieldWriter::put_text(size_t row, const JsonScalar& scalar) {
  if (scalar.lasting) {
    borrowed_ = borrowed_ || scalar.text.size() > StringRef::kInline;
    return put(row, StringRef(scalar.text));
  }
  if (!arena_) {
    arena_ = std::make_shared<StringArena>();
  }
  return put(row, arena_->copy(scalar.text));
}

bool FieldWriter::put_boolean(size_t row, const JsonScalar& scalar) {
  switch (scalar.kind) {
    case JsonScalar::Kind::true_: return put<uint8_t>(row, 1);
    case JsonScalar::Kind::false_: return put<uint8_t>(row, 0);
    case JsonScalar::Kind::nested: return false;
    case JsonScalar::Kind::string:
    case JsonScalar::Kind::number: break;
  }
  // As Java's Boolean.parseBoolean: "true" in any case is true, everything else is false.
  constexpr std::string_view kTrue = "true";
  const bool is_true = std::equal(scalar.text.begin(), scalar.text.end(), kTrue.begin(),
                                  kTrue.end(), [](char a, char b) { return (a | 0x20) == b; });
  return put<uint8_t>(row, is_true ? 1 : 0);
}

template <typename T>
bool FieldWriter::put_integer(size_t row, const JsonScalar& scalar) {
  constexpr int64_t kLeast = std::numeric_limits<T>::min();
  constexpr int64_t kMost = std::numeric_limits<T>::max();
  std::optional<int64_t> value;
  if (scalar.kind == JsonScalar::Kind::number) {
    value = integer_of_number(scalar.text, kLeast, kMost);
  } else if (scalar.kind == JsonScalar::Kind::string) {
    value = integer_of_string(scalar.text, kLeast, kMost);
  }
  return value && put(row, static_cast<T>(*value));
}

bool FieldWriter::put_double(size_t row, const JsonScalar& scalar) {
  if (scalar.kind != JsonScalar::Kind::number && scalar.kind != JsonScalar::Kind::string) {
    return false;
  }
  const auto value = double_of(scalar.text);
  if (!value) {
    return false;
  }
  return field_.type.physical() == Physical::f32 ? put(row, static_cast<float>(*value))
                                                 : put(row, *value);
}

bool FieldWriter::put_decimal(size_t row, const JsonScalar& scalar) {
  if (scalar.kind != JsonScalar::Kind::number && scalar.kind != JsonScalar::Kind::string) {
    return false;
  }
  const auto decimal = decimal_of(scalar.text, field_.type.precision, field_.type.scale);
  if (!decimal) {
    return false;
  }
  if (!decimal->fits) {
    write_null(row);
    return true;
  }
  return field_.type.physical() == Physical::i64 ? put(row, static_cast<int64_t>(decimal->value))
                                                 : put(row, decimal->value);
}

bool FieldWriter::put_moment(size_t row, const JsonScalar& scalar) {
  if (scalar.kind != JsonScalar::Kind::string) {
    return false;
  }
  if (field_.type.kind == TypeKind::date) {
    const auto days = times_.date(scalar.text);
    return days && put(row, *days);
  }
  if (field_.type.kind == TypeKind::time) {
    const auto ms = TimeText::time(scalar.text);
    return ms && put(row, *ms);
  }
  const auto zone =
      field_.type.kind == TypeKind::timestamp_ltz ? TimeText::Zone::utc : TimeText::Zone::none;
  const auto moment = times_.timestamp(scalar.text, separator_, zone, unit_);
  return moment && put(row, *moment);
}

Column FieldWriter::finish(size_t rows, const std::shared_ptr<const void>& owner) {
  Owners owners;
  if (borrowed_) {
    owners.push_back(owner);
  }
  if (arena_) {
    owners.push_back(std::move(arena_));
  }
  return Column::flat(field_.type, rows, std::move(values_), std::move(validity_),
                      std::move(owners));
}

}  // namespace millrace::codec
