#include "state/row_layout.h"

#include "base/check.h"
#include "base/hash.h"
#include "column/nested_bytes.h"
#include "column/physical.h"

namespace millrace::state {

RowLayout::RowLayout(std::vector<Type> types) : types_(std::move(types)) {
  width_ = null_bytes();
  for (size_t i = 0; i < types_.size(); ++i) {
    const Physical physical = types_[i].physical();
    const bool text = physical == Physical::string || physical == Physical::nested;
    const size_t width = text ? sizeof(StringRef) : millrace::width_of(physical);
    places_.push_back({width_, width, text});
    if (text) {
      texts_.push_back(i);
    }
    width_ += width;
  }
}

// Of a NULL, whatever its type.
static constexpr uint64_t kNullHash = ~uint64_t{0};

uint64_t RowLayout::hash(const char* row, std::span<const size_t> columns) const {
  uint64_t hash = 0;
  for (const size_t column : columns) {
    const Place& place = places_[column];
    uint64_t of_value = kNullHash;
    if (is_null(row, column)) {
    } else if (place.text) {
      of_value = value<StringRef>(row, column).hash();
    } else {
      uint64_t words[2] = {0, 0};
      std::memcpy(words, row + place.at, place.width);
      of_value = mix(words[0], words[1]);
    }
    hash = mix(hash, of_value);
  }
  return hash;
}

bool RowLayout::has_null(const char* row, std::span<const size_t> columns) const {
  for (const size_t column : columns) {
    if (is_null(row, column)) {
      return true;
    }
  }
  return false;
}

bool RowLayout::equal(const char* a, const char* b, std::span<const size_t> columns) const {
  return equal_keys(*this, a, columns, *this, b, columns);
}

bool RowLayout::equal(const char* a, const char* b) const {
  if (std::memcmp(a, b, null_bytes()) != 0) {
    return false;
  }
  size_t from = null_bytes();
  for (const size_t text : texts_) {
    const size_t at = places_[text].at;
    if (std::memcmp(a + from, b + from, at - from) != 0 ||
        !(value<StringRef>(a, text) == value<StringRef>(b, text))) {
      return false;
    }
    from = at + sizeof(StringRef);
  }
  return std::memcmp(a + from, b + from, width_ - from) == 0;
}

// Keys are eight bytes nearly always, where a call of memcmp takes longer than the comparison.
static bool equal_values(const char* a, const char* b, size_t width) {
  if (width == sizeof(uint64_t)) {
    uint64_t left;
    uint64_t right;
    std::memcpy(&left, a, sizeof(left));
    std::memcpy(&right, b, sizeof(right));
    return left == right;
  }
  return std::memcmp(a, b, width) == 0;
}

bool equal_keys(const RowLayout& a_layout, const char* a, std::span<const size_t> a_key,
                const RowLayout& b_layout, const char* b, std::span<const size_t> b_key) {
  for (size_t i = 0; i < a_key.size(); ++i) {
    const RowLayout::Place& left = a_layout.places_[a_key[i]];
    const RowLayout::Place& right = b_layout.places_[b_key[i]];
    if (RowLayout::is_null(a, a_key[i]) != RowLayout::is_null(b, b_key[i])) {
      return false;
    }
    if (left.text
            ? !(a_layout.value<StringRef>(a, a_key[i]) == b_layout.value<StringRef>(b, b_key[i]))
            : !equal_values(a + left.at, b + right.at, left.width)) {
      return false;
    }
  }
  return true;
}

int RowLayout::compare(const char* a, const char* b, std::span<const size_t> columns) const {
  for (const size_t column : columns) {
    int compared = static_cast<int>(is_null(a, column)) - static_cast<int>(is_null(b, column));
    if (compared == 0) {
      const Place& place = places_[column];
      compared =
          place.text
              ? value<StringRef>(a, column).view().compare(value<StringRef>(b, column).view())
              : std::memcmp(a + place.at, b + place.at, place.width);
    }
    if (compared != 0) {
      return compared;
    }
  }
  return 0;
}

template <typename T>
void RowBuffer::read_column(const Column& column, size_t number, const Rows& rows) {
  const View<T> view(column);
  const size_t width = layout_->width();
  const size_t at = layout_->at(number);
  char* row = bytes_.data();
  for_each(rows, [&](uint32_t physical) {
    if (view.is_null(physical)) [[unlikely]] {
      RowLayout::set_null(row, number);
    } else {
      std::memcpy(row + at, &view[physical], sizeof(T));
    }
    row += width;
  });
}

void RowBuffer::read_nested(const Column& column, size_t number, const Rows& rows) {
  char* row = bytes_.data();
  for_each(rows, [&](uint32_t physical) {
    if (column.is_null(physical)) {
      RowLayout::set_null(row, number);
    } else {
      ByteWriter value;
      write_nested(column, physical, value);
      const StringRef text = nested_.copy(value.bytes());
      std::memcpy(row + layout_->at(number), &text, sizeof(text));
    }
    row += layout_->width();
  });
}

void RowBuffer::read(std::span<const Column> columns, const Rows& rows) {
  check(columns.size() == layout_->columns());
  size_ = rows.size();
  bytes_.assign(size_ * layout_->width(), 0);
  nested_ = StringArena();
  for (size_t number = 0; number < columns.size(); ++number) {
    const Physical physical = columns[number].type().physical();
    if (physical == Physical::nested) {
      read_nested(columns[number], number, rows);
    } else {
      with_physical(physical,
                    [&](auto zero) { read_column<decltype(zero)>(columns[number], number, rows); });
    }
  }
}

}  // namespace millrace::state
