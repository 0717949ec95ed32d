#pragma once

// Whole rows that come and go one by one, of columns of any types: what joins, ranks and OVER keep.
// A row is written once, at a place that does not move, and referred to by a small number; the
// number of a removed row is used again. A checkpoint keeps the numbers, so owners may save them in
// tables of their own.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "column/column.h"
#include "state/row_layout.h"
#include "state/table.h"
#include "state/text_pool.h"

namespace millrace::state {

struct RowRef {
  uint32_t number = UINT32_MAX;

  bool is_row() const { return number != UINT32_MAX; }
  bool operator==(const RowRef&) const = default;
};
// Refers to no row; gathered as NULLs.
inline constexpr RowRef kNoRow;

class RowStore final : public Table {
 public:
  // `header_bytes` lie ahead of each row for the owner, at an address that is a multiple of 4. They
  // are zero at first, and saved as they are.
  explicit RowStore(std::vector<Type> types, size_t header_bytes = 0);

  const RowLayout& layout() const { return layout_; }

  // A row of this layout, as RowBuffer makes them; its texts are copied.
  RowRef add(const char* row);
  // Over an old row, which keeps its number and header.
  void replace(RowRef old, const char* row);
  void remove(RowRef row);

  // Good until the row is removed or replaced.
  const char* row(RowRef row) const { return place(row) + header_; }
  char* header(RowRef row) { return place(row); }
  const char* header(RowRef row) const { return place(row); }

  size_t size() const { return size_; }
  uint32_t end() const { return next_; }  // all numbers are below it
  // Rows, texts and the room that removed rows left.
  size_t memory() const { return blocks_.size() * kRowsPerBlock * stride_ + texts_.bytes(); }
  // Calls f(RowRef) for all rows, by number.
  template <typename F>
  void for_each(F&& f) const;

  // The rows as columns, flat. They own their bytes, whatever happens to the rows.
  std::vector<Column> gather(std::span<const RowRef> rows) const;
  // The same of some columns.
  std::vector<Column> gather(std::span<const RowRef> rows, std::span<const size_t> columns) const;

  std::string_view kind() const override { return "rows"; }
  uint16_t version() const override { return 1; }
  void save(ByteWriter& out) const override;
  void load(ByteReader& in) override;

 private:
  static constexpr size_t kRowsPerBlock = 512;

  char* place(RowRef row) const {
    return blocks_[row.number / kRowsPerBlock].get() + row.number % kRowsPerBlock * stride_;
  }
  void make_room(uint32_t number);
  void own_texts(char* row);
  void release_texts(const char* row);
  void save_row(const char* row, ByteWriter& out) const;
  void load_row(char* row, ByteReader& in);
  std::string describe() const;

  RowLayout layout_;
  size_t header_;
  size_t stride_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::vector<uint32_t> free_;  // numbers below next_ that are not in use
  uint32_t next_ = 0;
  size_t size_ = 0;
  TextPool texts_;
};

template <typename F>
void RowStore::for_each(F&& f) const {
  std::vector<bool> unused(next_);
  for (const uint32_t number : free_) {
    unused[number] = true;
  }
  for (uint32_t number = 0; number < next_; ++number) {
    if (!unused[number]) {
      f(RowRef{number});
    }
  }
}

}  // namespace millrace::state
