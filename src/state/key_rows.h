#pragma once

// The grouping keys of a batch, turned from columns into rows of one fixed width, with a hash each:
//
//   | nulls u64, a bit a column | column 0 | column 1 | ...        each padded to 8 bytes
//
// Two rows are the same key when their columns are equal and NULL in the same places (NULL is a
// key of its own, as GROUP BY wants). Floating-point keys are equal by their bits, as in Flink.
// Strings stay StringRefs into the batch until a table copies them. A value of a nested type is its
// bytes (column/nested_bytes.h), and a string as they are.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "column/batch.h"
#include "column/builder.h"
#include "column/type.h"

namespace millrace::state {

class KeyLayout {
 public:
  // Throws Error(unsupported) for more than 64 columns.
  explicit KeyLayout(std::vector<Type> types);

  const std::vector<Type>& types() const { return types_; }
  size_t width() const { return width_; }
  size_t at(size_t column) const { return at_[column]; }
  std::span<const size_t> strings() const { return strings_; }  // where StringRefs lie in a row

  bool equal(const char* a, const char* b) const;
  // What KeyRows finds for the same key.
  uint64_t hash(const char* row) const;

  // Fixed-width values as they lie in memory, little-endian; strings by length.
  void save(const char* row, ByteWriter& out) const;
  // Into a zeroed row; its strings are borrowed from the reader's bytes.
  void load(char* row, ByteReader& in) const;
  // The keys as columns, which keep `strings` alive for the bytes of their strings.
  std::vector<Column> columns(std::span<char* const> rows,
                              const std::shared_ptr<const void>& strings) const;
  // For messages and to tell saved tables of another shape.
  std::string describe() const;

 private:
  std::vector<Type> types_;
  std::vector<size_t> at_;
  std::vector<Physical> kept_as_;  // as what a column's values lie in a row
  std::vector<size_t> widths_;     // of those
  std::vector<size_t> strings_;
  // Bytes between the strings, compared at once: pairs of begin and size.
  struct Run {
    size_t begin;
    size_t size;
  };
  std::vector<Run> runs_;
  size_t width_ = 0;
};

// Reused from batch to batch.
class KeyRows {
 public:
  explicit KeyRows(const KeyLayout* layout) : layout_(layout) {}

  // Row i of this is rows[i] of the columns. Borrows string bytes from them.
  void read(std::span<const Column> columns, const Rows& rows);

  size_t size() const { return hashes_.size(); }
  const char* row(size_t i) const { return bytes_.data() + i * layout_->width(); }
  uint64_t hash(size_t i) const { return hashes_[i]; }

 private:
  template <typename T>
  void read_column(const Column& column, size_t number, const Rows& rows);
  void read_nested(const Column& column, size_t number, const Rows& rows);

  const KeyLayout* layout_;  // outlives this
  StringArena nested_;       // bytes of nested values
  std::vector<char> bytes_;
  std::vector<uint64_t> hashes_;
};

}  // namespace millrace::state
