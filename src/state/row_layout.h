#pragma once

// Whole rows of a batch turned from columns into bytes of one fixed width:
//
//   | a NULL bit a column | column 0 | column 1 | ...           packed, at no alignment
//
// A NULL's bytes are zero, so equal rows are equal byte for byte, but for texts. Texts are
// StringRefs; a value of a nested type is its bytes (column/nested_bytes.h), and as such a text.
// Floating-point values are equal by their bits, as in keys (key_rows.h).

#include <cstdint>
#include <span>
#include <vector>

#include "column/batch.h"
#include "column/builder.h"
#include "column/type.h"

namespace millrace::state {

class RowLayout {
 public:
  explicit RowLayout(std::vector<Type> types);

  const std::vector<Type>& types() const { return types_; }
  size_t columns() const { return types_.size(); }
  size_t width() const { return width_; }
  size_t null_bytes() const { return (types_.size() + 7) / 8; }
  size_t at(size_t column) const { return places_[column].at; }
  size_t width_of(size_t column) const { return places_[column].width; }
  bool is_text(size_t column) const { return places_[column].text; }
  std::span<const size_t> texts() const { return texts_; }  // the columns that are

  static bool is_null(const char* row, size_t column) {
    return ((row[column / 8] >> (column % 8)) & 1) != 0;
  }
  static void set_null(char* row, size_t column) {
    row[column / 8] = static_cast<char>(row[column / 8] | 1 << (column % 8));
  }
  // T is the physical type of the column, StringRef for texts.
  template <typename T>
  T value(const char* row, size_t column) const {
    T value;
    std::memcpy(&value, row + places_[column].at, sizeof(T));
    return value;
  }

  // Of these columns. The same for rows of other layouts whose columns have the same types.
  uint64_t hash(const char* row, std::span<const size_t> columns) const;
  bool has_null(const char* row, std::span<const size_t> columns) const;
  bool equal(const char* a, const char* b, std::span<const size_t> columns) const;
  bool equal(const char* a, const char* b) const;  // in all columns
  // An order of no meaning, in which rows that are equal() in these columns stand side by side:
  // below 0 where `a` comes first, above 0 where `b` does.
  int compare(const char* a, const char* b, std::span<const size_t> columns) const;

 private:
  friend bool equal_keys(const RowLayout&, const char*, std::span<const size_t>, const RowLayout&,
                         const char*, std::span<const size_t>);
  struct Place {
    size_t at;
    size_t width;
    bool text;
  };
  std::vector<Type> types_;
  std::vector<Place> places_;
  std::vector<size_t> texts_;
  size_t width_ = 0;
};

// Whether columns `a_key` of row a are those of `b_key` of row b, NULL being equal to NULL.
bool equal_keys(const RowLayout& a_layout, const char* a, std::span<const size_t> a_key,
                const RowLayout& b_layout, const char* b, std::span<const size_t> b_key);

// The rows of a batch as bytes. Reused from batch to batch.
class RowBuffer {
 public:
  explicit RowBuffer(const RowLayout* layout) : layout_(layout) {}

  // Row i of this is rows[i] of the columns. Borrows string bytes from them.
  void read(std::span<const Column> columns, const Rows& rows);

  size_t size() const { return size_; }
  const char* operator[](size_t i) const { return bytes_.data() + i * layout_->width(); }

 private:
  template <typename T>
  void read_column(const Column& column, size_t number, const Rows& rows);
  void read_nested(const Column& column, size_t number, const Rows& rows);

  const RowLayout* layout_;  // outlives this
  size_t size_ = 0;
  std::vector<char> bytes_;
  StringArena nested_;
};

}  // namespace millrace::state
