#pragma once

// Whole rows that come and go one by one, of columns of any types: what joins, ranks and OVER keep.
// A row is written once, at a place that does not move, and referred to by a small number; the
// smallest of those that removed rows had is used again. A checkpoint keeps the numbers, so owners
// may save them in tables of their own, and those of rows that come later are the same after it.
//
// Rows lie in blocks. Where memory is short, blocks leave it between turns, and are read back when
// one of their rows is asked for (spilled_blocks.h).

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "column/column.h"
#include "state/free_numbers.h"
#include "state/row_layout.h"
#include "state/spilled_blocks.h"
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

class RowStore final : public GrowingTable {
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
  void remove_all();

  // Good until the row is removed or replaced, or rows leave memory.
  const char* row(RowRef row) const { return place(row) + header_; }
  // To be changed: the row counts as changed, so far.
  char* header(RowRef row) {
    note(row.number, kHeaderChanged);
    return place(row);
  }
  const char* header(RowRef row) const { return place(row); }

  // A bit a row for the owner, kept like the header, of which it counts as a part; 0 at first.
  bool is_marked(RowRef row) const { return (flags_[row.number] & kMarked) != 0; }
  void set_marked(RowRef row, bool marked);

  size_t size() const { return size_; }
  uint32_t end() const { return next_; }  // all numbers are below it
  // Calls f(RowRef) for all rows, by number.
  template <typename F>
  void for_each(F&& f) const;

  // The rows as columns, flat. They own their bytes, whatever happens to the rows.
  std::vector<Column> gather(std::span<const RowRef> rows) const;
  // The same of some columns.
  std::vector<Column> gather(std::span<const RowRef> rows, std::span<const size_t> columns) const;

  std::string_view kind() const override { return "rows"; }
  uint16_t version() const override { return 2; }
  std::string describe() const override;
  // Rows, texts and the room that removed rows left.
  size_t memory() const override {
    return blocks_in_memory() * kRowsPerBlock * stride_ + texts_.bytes() + flags_.capacity() +
           free_.memory() + blocks_.capacity() * sizeof(blocks_[0]);
  }
  void save(ByteWriter& out) const override;
  void save_entries(ByteWriter& out) const;  // all of them

  void begin_tracking() override;
  void end_tracking() override;
  void note_all();  // all rows count as changed
  size_t changed() const override { return changed_.size(); }
  void save_changes(Entries& entries) override;
  Around sweep(size_t bytes, ByteWriter& out) override;
  void load_entries(ByteReader& in) override;
  void loaded() override;

  void spill_to(SpillSpace* space) override { space_ = space; }
  void spill(size_t bytes) override;
  uint64_t spilled() const override { return spilled_ == nullptr ? 0 : spilled_->bytes(); }
  // While many rows are loaded: lets some go where they are more than a table that is being loaded
  // may have.
  void keep_room();
  // The same while many rows are read within a turn, of a store of which some have left memory: no
  // place of a row is good any more, though all references are.
  void let_read_rows_go() const {
    if (spilled_ != nullptr) [[unlikely]] {
      keep_read_room();
    }
  }
  SpillSpace* space() const { return space_; }  // null where rows may not leave

 private:
  static constexpr size_t kRowsPerBlock = 64;
  // Of a number.
  enum : uint8_t { kUsed = 1, kMarked = 2, kHeaderChanged = 4, kRowChanged = 8 };
  static constexpr uint8_t kChanged = kHeaderChanged | kRowChanged;

  char* place(RowRef row) const {
    char* block = blocks_[row.number / kRowsPerBlock].get();
    if (block == nullptr) [[unlikely]] {
      block = read_back(row.number / kRowsPerBlock);
    }
    return block + row.number % kRowsPerBlock * stride_;
  }
  size_t blocks_in_memory() const {
    return spilled_ == nullptr ? blocks_.size() : spilled_->in_memory();
  }
  char* read_back(size_t block) const;
  void let_go(size_t block) const;
  void let_bytes_go(size_t bytes) const;
  void keep_read_room() const;
  bool has_changed(size_t block) const;
  void pack(size_t block, ByteWriter& out) const;
  void make_room(uint32_t number);
  void own_texts(char* row);
  void release_texts(const char* row) const;
  void save_row(const char* row, ByteWriter& out) const;
  void load_row(char* row, ByteReader& in);
  void note(uint32_t number, uint8_t change) {
    if (tracking_) {
      if ((flags_[number] & kChanged) == 0) {
        changed_.push_back(number);
      }
      flags_[number] |= change;
    }
  }
  void save_entry(uint32_t number, uint8_t change, ByteWriter& out) const;
  void load_entry(uint32_t number, uint8_t what, ByteReader& in);

  RowLayout layout_;
  size_t header_;
  size_t stride_;
  // Null where a block has left memory. Who only reads brings it back.
  mutable std::vector<std::unique_ptr<char[]>> blocks_;
  FreeNumbers free_;  // below next_
  uint32_t next_ = 0;
  size_t size_ = 0;
  mutable TextPool texts_;
  std::vector<uint8_t> flags_;  // by number

  bool tracking_ = false;
  std::vector<uint32_t> changed_;  // numbers with kChanged flags
  // The numbers that are left of the sweep: what is added while it lasts has changed.
  uint32_t sweep_at_ = 0;
  uint32_t sweep_until_ = 0;

  SpillSpace* space_ = nullptr;             // outlives the store; null where rows may not leave
  std::unique_ptr<SpilledBlocks> spilled_;  // once some have
};

// For tables of references into a store that is a table beside them. Until version 2 it was written
// within.
void save_without_rows(ByteWriter& out);
void load_rows_within(RowStore& rows, ByteReader& in);

template <typename F>
void RowStore::for_each(F&& f) const {
  for (uint32_t number = 0; number < next_; ++number) {
    if ((flags_[number] & kUsed) != 0) {
      f(RowRef{number});
    }
  }
}

}  // namespace millrace::state
