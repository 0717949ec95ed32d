#pragma once

// One column of a batch. Flat: a value a row. Constant: one value for all rows. Dictionary: a code
// a row into a small column of distinct values.
//
// Columns are cheap to copy and immutable once shared: buffers, validity and the owners of string
// bytes are held by shared_ptr. Build them with ColumnBuilder (builder.h); read them through
// View<T>, which hides the layout.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "column/string_ref.h"
#include "column/type.h"

namespace millrace {

// A bit per row, 1 where there is a value. A null pointer stands for "no NULLs".
class Validity {
 public:
  explicit Validity(size_t size, bool valid = true)
      : words_((size + 63) / 64, valid ? ~uint64_t{0} : 0) {}
  bool get(size_t row) const { return ((words_[row / 64] >> (row % 64)) & 1) != 0; }
  void set_null(size_t row) { words_[row / 64] &= ~(uint64_t{1} << (row % 64)); }
  void set_valid(size_t row) { words_[row / 64] |= uint64_t{1} << (row % 64); }
  // NULL wherever either is; both of the same size.
  void intersect(const Validity& other);
  std::span<const uint64_t> words() const { return words_; }

 private:
  std::vector<uint64_t> words_;
};

// Whatever must stay alive while string values point into it: an arena, a fetched log buffer.
using Owners = std::vector<std::shared_ptr<const void>>;

class Column {
 public:
  enum class Layout : uint8_t { flat, constant, dictionary };

  Column() = default;

  // `data` holds `size` values of type.physical(); owners keep string bytes alive.
  static Column flat(Type type, size_t size, std::shared_ptr<const void> data,
                     std::shared_ptr<const Validity> validity = nullptr, Owners owners = {});
  // The single value of `value` (a flat column of one row) for `size` rows.
  static Column constant(const Column& value, size_t size);
  static Column null(Type type, size_t size);
  // codes[i] is a row of `values`, which is flat.
  static Column dictionary(const Column& values,
                           std::shared_ptr<const std::vector<uint32_t>> codes);
  // Nested columns: a row's fields as columns of the same size, or an array's offsets (size+1 of
  // them) into its element column; a map has two, keys and values, as a multiset has elements and
  // how often each is there, an INT.
  static Column row(Type type, size_t size, std::vector<Column> fields,
                    std::shared_ptr<const Validity> validity = nullptr);
  static Column list(Type type, size_t size, std::shared_ptr<const std::vector<uint32_t>> offsets,
                     std::vector<Column> elements,
                     std::shared_ptr<const Validity> validity = nullptr);

  const Type& type() const { return type_; }
  size_t size() const { return size_; }
  Layout layout() const { return layout_; }
  bool may_have_nulls() const { return validity_ != nullptr; }

  // Of flat columns; of constant ones the single value; of dictionaries the distinct values.
  const void* data() const { return data_.get(); }
  const std::shared_ptr<const void>& shared_data() const { return data_; }
  template <typename T>
  const T* values() const {
    return static_cast<const T*>(data_.get());
  }
  // By position in data(), not by row.
  const Validity* validity() const { return validity_.get(); }
  const std::shared_ptr<const Validity>& shared_validity() const { return validity_; }
  // Row to position in data(); null for flat and constant columns.
  const std::vector<uint32_t>* codes() const { return codes_.get(); }
  const std::shared_ptr<const std::vector<uint32_t>>& shared_codes() const { return codes_; }
  // What lies in data(), as a flat column: of a dictionary the distinct values, of a constant the
  // one value, of a flat column itself.
  Column stored() const;
  const std::vector<uint32_t>* offsets() const { return offsets_.get(); }
  const std::shared_ptr<const std::vector<uint32_t>>& shared_offsets() const { return offsets_; }
  const std::vector<Column>& children() const { return children_; }
  const Owners& owners() const { return owners_; }

  bool is_null(size_t row) const { return validity_ && !validity_->get(position_of(row)); }
  size_t position_of(size_t row) const {
    return layout_ == Layout::flat ? row : layout_ == Layout::constant ? 0 : (*codes_)[row];
  }

  // The same values under another type of the same physical layout; nested ones at every depth.
  Column retyped(Type type) const;
  // A flat copy of the given rows, in that order.
  Column gather(std::span<const uint32_t> rows) const;
  // Rows [from, from+count), sharing what can be shared.
  Column slice(size_t from, size_t count) const;

 private:
  Type type_;
  Layout layout_ = Layout::flat;
  size_t size_ = 0;
  size_t stored_size_ = 0;  // values in data_
  std::shared_ptr<const void> data_;
  std::shared_ptr<const Validity> validity_;
  std::shared_ptr<const std::vector<uint32_t>> codes_;
  std::shared_ptr<const std::vector<uint32_t>> offsets_;
  std::vector<Column> children_;
  Owners owners_;
};

// Reads a column of any layout by row. Borrows the column.
template <typename T>
class View {
 public:
  explicit View(const Column& column)
      : values_(column.values<T>()),
        validity_(column.validity()),
        codes_(column.codes() ? column.codes()->data() : nullptr),
        mask_(column.layout() == Column::Layout::constant ? 0 : ~size_t{0}) {}

  size_t position(size_t row) const { return codes_ != nullptr ? codes_[row] : row & mask_; }
  const T& operator[](size_t row) const { return values_[position(row)]; }
  bool is_null(size_t row) const { return validity_ != nullptr && !validity_->get(position(row)); }
  bool has_nulls() const { return validity_ != nullptr; }

 private:
  const T* values_;
  const Validity* validity_;
  const uint32_t* codes_;
  size_t mask_;
};

}  // namespace millrace
