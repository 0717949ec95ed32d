#include "codec/json/field_writer.h"

#include <algorithm>
#include <limits>
#include <unordered_map>

#include "base/error.h"
#include "codec/json/members.h"
#include "codec/json/number_text.h"
#include "codec/text/base64.h"
#include "column/physical.h"
#include "function/value/java_map.h"

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
    case TypeKind::timestamp_ltz:
    case TypeKind::binary:
    case TypeKind::varbinary:
    case TypeKind::interval_month:
    case TypeKind::interval_ms:
    case TypeKind::array:
    case TypeKind::map:
    case TypeKind::multiset:
    case TypeKind::row: return true;
    case TypeKind::null_:
    case TypeKind::bitmap:
    case TypeKind::variant: return false;
  }
  return false;
}

// The columns below one of a nested type.
static std::vector<Field> fields_below(const Type& type) {
  if (type.kind == TypeKind::array) {
    return {{"element", type.children->front().type}};
  }
  if (type.kind == TypeKind::multiset) {
    return {{"element", type.children->front().type},
            {"count", Type::of(TypeKind::integer, false)}};
  }
  return *type.children;
}

static void check_keys(const Type& type) {
  if ((type.kind == TypeKind::map || type.kind == TypeKind::multiset) &&
      !type.children->front().type.is_string()) {
    throw Error(ErrorCode::invalid_argument,
                "JSON format doesn't support non-string as key type of map. The type is: " +
                    type.to_string());
  }
}

FieldWriter::FieldWriter(const Field& field, TimestampFormat timestamps, Unwritten unwritten)
    : field_(field),
      unwritten_(unwritten),
      width_(width_of(field.type.physical())),
      unit_(field.type.is_timestamp() ? field.type.timestamp_unit() : 0),
      separator_(timestamps == TimestampFormat::iso_8601 ? 'T' : ' ') {
  if (!is_readable(field.type.kind)) {
    throw Error(ErrorCode::unsupported, "format 'json' does not read field '" + field.name +
                                            "' of type " + field.type.to_string() + " yet");
  }
  if (field.type.physical() == Physical::nested) {
    check_keys(field.type);
    members_ = std::make_unique<Members>(fields_below(field.type), timestamps,
                                         is_row() ? Unwritten::null : Unwritten::undefined);
  }
}

FieldWriter::FieldWriter(FieldWriter&&) noexcept = default;
FieldWriter::~FieldWriter() = default;

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
  if (unwritten_ == Unwritten::null) {
    validity_ = std::make_shared<Validity>(capacity, false);
    std::fill_n(values_.get(), capacity * width_, '\0');
  }
  if (is_list()) {
    offsets_ = std::make_shared<std::vector<uint32_t>>(1, 0);
  }
  if (members_) {
    members_->begin(is_row() ? capacity : 0);
  }
}

void FieldWriter::grow(size_t capacity) {
  const bool is_null = unwritten_ == Unwritten::null;
  auto larger = room_for(capacity * width_);
  std::copy_n(values_.get(), capacity_ * width_, larger.get());
  std::fill_n(larger.get() + capacity_ * width_, is_null ? (capacity - capacity_) * width_ : 0,
              '\0');
  values_ = std::move(larger);
  if (validity_) {
    auto longer = std::make_shared<Validity>(capacity, !is_null);
    for (size_t row = 0; row < capacity_; ++row) {
      validity_->get(row) ? longer->set_valid(row) : longer->set_null(row);
    }
    validity_ = std::move(longer);
  }
  capacity_ = capacity;
  if (is_row()) {
    for (FieldWriter& member : members_->fields()) {
      member.grow(capacity);
    }
  }
}

void FieldWriter::make_room(size_t row) {
  if (row >= capacity_) {
    grow(capacity_ * 2 + 16);
  }
}

void FieldWriter::write_null_over(size_t row) {
  if (members_) {
    rewind(row);
    if (is_list()) {
      pad_offsets(row + 1);
    }
  }
  if (!validity_) {
    validity_ = std::make_shared<Validity>(capacity_);
  }
  validity_->set_null(row);
  std::fill_n(values_.get() + row * width_, width_, '\0');
  rows_ = row + 1;
}

void FieldWriter::forget(size_t row) {
  if (unwritten_ == Unwritten::null) {
    std::fill_n(values_.get() + row * width_, (rows_ - row) * width_, '\0');
    for (size_t gone = row; gone < rows_; ++gone) {
      validity_->set_null(gone);
    }
  }
  if (members_) {
    forget_members(row);
  }
  rows_ = row;
}

bool FieldWriter::write(size_t row, const JsonScalar& scalar) {
  switch (field_.type.physical()) {
    case Physical::string:
      return field_.type.is_binary() ? put_bytes(row, scalar) : put_text(row, scalar);
    case Physical::u8: return put_boolean(row, scalar);
    case Physical::i8: return put_integer<int8_t>(row, scalar);
    case Physical::i16: return put_integer<int16_t>(row, scalar);
    case Physical::i32:
      if (field_.type.kind == TypeKind::integer || field_.type.kind == TypeKind::interval_month) {
        return put_integer<int32_t>(row, scalar);
      }
      return put_moment(row, scalar);
    case Physical::i64:
      if (field_.type.kind == TypeKind::bigint || field_.type.kind == TypeKind::interval_ms) {
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

bool FieldWriter::put_bytes(size_t row, const JsonScalar& scalar) {
  const auto bytes =
      scalar.kind == JsonScalar::Kind::string ? bytes_of_base64(scalar.text) : std::nullopt;
  if (!bytes) {
    return false;
  }
  return put_text(row, {JsonScalar::Kind::string, *bytes, false});
}

bool FieldWriter::put_boolean(size_t row, const JsonScalar& scalar) {
  switch (scalar.kind) {
    case JsonScalar::Kind::true_: return put<uint8_t>(row, 1);
    case JsonScalar::Kind::false_: return put<uint8_t>(row, 0);
    case JsonScalar::Kind::nested:
    case JsonScalar::Kind::string:
    case JsonScalar::Kind::number: break;
  }
  // As Java's Boolean.parseBoolean: "true" in any case is true, everything else is false.
  constexpr std::string_view kTrue = "true";
  const std::string_view text = trimmed(scalar.text);
  const bool is_true = std::equal(text.begin(), text.end(), kTrue.begin(), kTrue.end(),
                                  [](char a, char b) { return (a | 0x20) == b; });
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
  return write_timestamp(row, scalar.text);
}

// --- Nested types ---

void FieldWriter::open_row(size_t row) {
  rewind(row);
  if (validity_) {
    validity_->set_valid(row);
  }
  rows_ = row + 1;
}

size_t FieldWriter::open_list(size_t row) {
  open_row(row);
  pad_offsets(row);
  return offsets_->back();
}

void FieldWriter::close_list(size_t end) { offsets_->push_back(static_cast<uint32_t>(end)); }

void FieldWriter::pad_offsets(size_t rows) { offsets_->resize(rows + 1, offsets_->back()); }

void FieldWriter::forget_members(size_t row) {
  size_t from = row;
  if (is_list()) {
    if (offsets_->size() > row + 1) {
      offsets_->resize(row + 1);
    }
    from = offsets_->back();
  }
  for (FieldWriter& member : members_->fields()) {
    member.rewind(from);
  }
}

const FieldWriter* FieldWriter::missing_member(size_t row) const {
  if (!is_row() || (validity_ && !validity_->get(row))) {
    return nullptr;
  }
  for (const FieldWriter& member : members_->fields()) {
    if (!member.has(row)) {
      return &member;
    }
    if (const FieldWriter* missing = member.missing_member(row)) {
      return missing;
    }
  }
  return nullptr;
}

// What other columns of so many rows can be compared with, word by word.
static std::shared_ptr<const Validity> first_of(const std::shared_ptr<Validity>& validity,
                                                size_t rows, size_t capacity) {
  if (validity == nullptr || rows == capacity) {
    return validity;
  }
  auto first = std::make_shared<Validity>(rows);
  for (size_t row = 0; row < rows; ++row) {
    if (!validity->get(row)) {
      first->set_null(row);
    }
  }
  return first;
}

// The entries from `begin` to `end` as the java.util.Map has them that Flink makes: of the same key
// the last one stays.
static std::vector<uint32_t> entries_of_map(const View<StringRef>& keys, uint32_t begin,
                                            uint32_t end) {
  std::unordered_map<std::string_view, uint32_t> last;
  std::vector<std::string_view> names;
  std::vector<int32_t> hashes;
  for (uint32_t entry = begin; entry < end; ++entry) {
    const std::string_view key = keys[entry].view();
    if (last.insert_or_assign(key, entry).second) {
      names.push_back(key);
      hashes.push_back(function::hash_of_flink_string(key));
    }
  }
  std::vector<uint32_t> entries = function::order_in_java_map(hashes);
  for (uint32_t& entry : entries) {
    entry = last[names[entry]];
  }
  return entries;
}

static Column in_map_order(const Column& map) {
  const View<StringRef> keys(map.children()[0]);
  auto offsets = std::make_shared<std::vector<uint32_t>>(1, 0);
  std::vector<uint32_t> kept;
  for (size_t row = 0; row < map.size(); ++row) {
    const std::vector<uint32_t> entries =
        entries_of_map(keys, (*map.offsets())[row], (*map.offsets())[row + 1]);
    kept.insert(kept.end(), entries.begin(), entries.end());
    offsets->push_back(static_cast<uint32_t>(kept.size()));
  }
  return Column::list(map.type(), map.size(), std::move(offsets),
                      {map.children()[0].gather(kept), map.children()[1].gather(kept)},
                      map.shared_validity());
}

Column FieldWriter::finish_nested(size_t rows, const std::shared_ptr<const void>& owner) {
  if (is_list()) {
    pad_offsets(rows);
  }
  const size_t below = is_list() ? offsets_->back() : rows;
  std::vector<Column> columns;
  for (FieldWriter& member : members_->fields()) {
    columns.push_back(member.finish(below, owner));
  }
  auto validity = first_of(validity_, rows, capacity_);
  if (is_row()) {
    return Column::row(field_.type, rows, std::move(columns), std::move(validity));
  }
  const Column list =
      Column::list(field_.type, rows, std::move(offsets_), std::move(columns), std::move(validity));
  return field_.type.kind == TypeKind::array ? list : in_map_order(list);
}

Column FieldWriter::finish(size_t rows, const std::shared_ptr<const void>& owner) {
  if (members_) {
    return finish_nested(rows, owner);
  }
  Owners owners;
  if (borrowed_) {
    owners.push_back(owner);
  }
  if (arena_) {
    owners.push_back(std::move(arena_));
  }
  return Column::flat(field_.type, rows, std::move(values_), first_of(validity_, rows, capacity_),
                      std::move(owners));
}

}  // namespace millrace::codec
