#include "column/column.h"

#include <algorithm>

#include "base/check.h"
#include "column/builder.h"
#include "column/physical.h"

namespace millrace {

void Validity::intersect(const Validity& other) {
  check(words_.size() == other.words_.size());
  for (size_t i = 0; i < words_.size(); ++i) {
    words_[i] &= other.words_[i];
  }
}

Column Column::flat(Type type, size_t size, std::shared_ptr<const void> data,
                    std::shared_ptr<const Validity> validity, Owners owners) {
  Column column;
  column.type_ = std::move(type);
  column.size_ = size;
  column.stored_size_ = size;
  column.data_ = std::move(data);
  column.validity_ = std::move(validity);
  column.owners_ = std::move(owners);
  return column;
}

Column Column::constant(const Column& value, size_t size) {
  check(value.layout_ != Layout::dictionary && value.size_ >= 1);
  Column column = value;
  column.layout_ = Layout::constant;
  column.size_ = size;
  column.stored_size_ = 1;
  return column;
}

// A nested column of one NULL; its children are of as many rows as its kind asks for.
static Column nested_null(const Type& type) {
  const bool is_row = type.kind == TypeKind::row;
  std::vector<Column> children;
  for (const Field& child : *type.children) {
    children.push_back(Column::null(child.type, is_row ? 1 : 0));
  }
  if (type.kind == TypeKind::multiset) {
    children.push_back(Column::null(Type::of(TypeKind::integer), 0));
  }
  auto validity = std::make_shared<Validity>(1, false);
  return is_row ? Column::row(type, 1, std::move(children), std::move(validity))
                : Column::list(type, 1, std::make_shared<std::vector<uint32_t>>(2, 0),
                               std::move(children), std::move(validity));
}

Column Column::null(Type type, size_t size) {
  if (type.physical() == Physical::nested) {
    return constant(nested_null(type.as_nullable()), size);
  }
  ColumnBuilder builder(type.as_nullable());
  builder.add_null();
  return constant(builder.finish(), size);
}

Column Column::dictionary(const Column& values,
                          std::shared_ptr<const std::vector<uint32_t>> codes) {
  check(values.layout_ == Layout::flat);
  Column column = values;
  column.layout_ = Layout::dictionary;
  column.size_ = codes->size();
  column.codes_ = std::move(codes);
  return column;
}

Column Column::row(Type type, size_t size, std::vector<Column> fields,
                   std::shared_ptr<const Validity> validity) {
  Column column = flat(std::move(type), size, nullptr, std::move(validity));
  column.children_ = std::move(fields);
  return column;
}

Column Column::list(Type type, size_t size, std::shared_ptr<const std::vector<uint32_t>> offsets,
                    std::vector<Column> elements, std::shared_ptr<const Validity> validity) {
  check(offsets->size() == size + 1);
  Column column = flat(std::move(type), size, nullptr, std::move(validity));
  column.offsets_ = std::move(offsets);
  column.children_ = std::move(elements);
  return column;
}

Column Column::stored() const {
  Column column = *this;
  column.layout_ = Layout::flat;
  column.codes_ = nullptr;
  column.size_ = stored_size_;
  return column;
}

Column Column::retyped(Type type) const {
  check(type.physical() == type_.physical());
  Column column = *this;
  if (type.children != nullptr) {
    for (size_t i = 0; i < type.children->size(); ++i) {
      column.children_[i] = column.children_[i].retyped((*type.children)[i].type);
    }
  }
  column.type_ = std::move(type);
  return column;
}

template <typename T>
static Column gather_values(const Column& from, std::span<const uint32_t> rows) {
  const View<T> view(from);
  FlatBuffer<T> to(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    to[i] = view[rows[i]];
    if (view.is_null(rows[i])) {
      to.set_null(i);
    }
  }
  return to.finish(from.type(), from.owners());
}

static std::shared_ptr<Validity> gather_validity(const Column& from,
                                                 std::span<const uint32_t> rows) {
  if (!from.may_have_nulls()) {
    return nullptr;
  }
  auto validity = std::make_shared<Validity>(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    if (from.is_null(rows[i])) {
      validity->set_null(i);
    }
  }
  return validity;
}

static Column gather_nested(const Column& from, std::span<const uint32_t> rows) {
  std::vector<uint32_t> positions;
  for (const uint32_t row : rows) {
    positions.push_back(static_cast<uint32_t>(from.position_of(row)));
  }
  std::vector<Column> children;
  if (from.offsets() == nullptr) {
    for (const Column& child : from.children()) {
      children.push_back(child.gather(positions));
    }
    return Column::row(from.type(), rows.size(), std::move(children), gather_validity(from, rows));
  }
  auto offsets = std::make_shared<std::vector<uint32_t>>(1, 0);
  std::vector<uint32_t> elements;
  for (const uint32_t position : positions) {
    for (uint32_t e = (*from.offsets())[position]; e < (*from.offsets())[position + 1]; ++e) {
      elements.push_back(e);
    }
    offsets->push_back(static_cast<uint32_t>(elements.size()));
  }
  for (const Column& child : from.children()) {
    children.push_back(child.gather(elements));
  }
  return Column::list(from.type(), rows.size(), std::move(offsets), std::move(children),
                      gather_validity(from, rows));
}

Column Column::gather(std::span<const uint32_t> rows) const {
  if (type_.physical() == Physical::nested) {
    return gather_nested(*this, rows);
  }
  return with_physical(type_.physical(),
                       [&](auto zero) { return gather_values<decltype(zero)>(*this, rows); });
}

Column Column::slice(size_t from, size_t count) const {
  check(from + count <= size_);
  if (layout_ == Layout::constant) {
    Column column = *this;
    column.size_ = count;
    return column;
  }
  if (layout_ == Layout::dictionary) {
    Column column = *this;
    column.size_ = count;
    column.codes_ = std::make_shared<const std::vector<uint32_t>>(
        codes_->begin() + static_cast<ptrdiff_t>(from),
        codes_->begin() + static_cast<ptrdiff_t>(from + count));
    return column;
  }
  if (from == 0 && count == size_) {
    return *this;
  }
  std::vector<uint32_t> rows(count);
  for (size_t i = 0; i < count; ++i) {
    rows[i] = static_cast<uint32_t>(from + i);
  }
  return gather(rows);
}

char* StringArena::reserve(size_t size) {
  if (size > left_) {
    const size_t block = std::max(size, kBlock);
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(block));
    next_ = blocks_.back().get();
    left_ = block;
  }
  char* at = next_;
  next_ += size;
  left_ -= size;
  bytes_ += size;
  return at;
}

StringRef StringArena::copy(std::string_view text) {
  if (text.size() <= StringRef::kInline) {
    return StringRef(text);
  }
  char* at = reserve(text.size());
  std::memcpy(at, text.data(), text.size());
  return StringRef(std::string_view(at, text.size()));
}

ColumnBuilder::ColumnBuilder(Type type)
    : type_(std::move(type)),
      width_(width_of(type_.physical())),
      bytes_(std::make_shared<std::vector<char>>()),
      arena_(std::make_shared<StringArena>()) {}

template <typename T>
void ColumnBuilder::add(T value) {
  check(sizeof(T) == width_, "value of another physical type than the column's");
  const char* raw = reinterpret_cast<const char*>(&value);
  bytes_->insert(bytes_->end(), raw, raw + sizeof(T));
  ++size_;
}
template void ColumnBuilder::add(uint8_t);
template void ColumnBuilder::add(int8_t);
template void ColumnBuilder::add(int16_t);
template void ColumnBuilder::add(int32_t);
template void ColumnBuilder::add(int64_t);
template void ColumnBuilder::add(__int128);
template void ColumnBuilder::add(float);
template void ColumnBuilder::add(double);
template void ColumnBuilder::add(StringRef);

void ColumnBuilder::add_string(std::string_view text) { add(arena_->copy(text)); }

void ColumnBuilder::add_null() {
  null_rows_.push_back(size_);
  bytes_->resize(bytes_->size() + width_);
  ++size_;
}

Column ColumnBuilder::finish() {
  std::shared_ptr<Validity> validity;
  if (!null_rows_.empty()) {
    validity = std::make_shared<Validity>(size_);
    for (const size_t row : null_rows_) {
      validity->set_null(row);
    }
  }
  const std::shared_ptr<const void> data(bytes_, bytes_->data());
  return Column::flat(type_, size_, data, validity, {arena_});
}

}  // namespace millrace
