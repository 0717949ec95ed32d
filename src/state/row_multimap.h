#pragma once

// Rows by key, several a key, in the order they came: one side of a join. NULL is a key like any
// other here; who wants it to match nothing does not ask for it.
//
// The rows of a key are a ring through their headers, entered at the last one. What a header holds
// depends on what the owner does with the table, since there may be many millions of them:
//
//   | next u32 | previous u32 | count u32 | matches u32 |
//     always     if rows go     if equal    if matches
//                               rows count  are kept

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/prefetch.h"
#include "state/row_index.h"
#include "state/row_store.h"
#include "state/table.h"

namespace millrace::state {

struct RowMultimapShape {
  // How a row is found again that is to go, or that comes a second time.
  enum class Identity : uint8_t {
    none,  // rows only come, or go by reference
    row,   // by all columns; equal rows are kept once, with a count
    key,   // by `identity` columns within its key; a second one replaces the first
  };
  std::vector<Type> types;
  std::vector<size_t> key;  // columns
  Identity by = Identity::none;
  std::vector<size_t> identity;
  bool removes = false;  // whether rows go; always so where they have an identity
  bool matches = false;  // a number a row, for the owner
};

class RowMultimap final : public GrowingTable {
 public:
  explicit RowMultimap(RowMultimapShape shape);

  const RowLayout& layout() const { return rows_.layout(); }
  uint64_t hash(const char* row) const { return layout().hash(row, shape_.key); }
  // For the key columns of a row of another layout; equal keys have equal hashes.
  void prefetch(uint64_t hash) const { keys_.prefetch(hash); }
  // And some rows later for the row itself that a look-up will compare with.
  void prefetch_row(uint64_t hash) const {
    if (const RowRef row = keys_.likely(hash); row.is_row()) {
      prefetch_line(rows_.header(row));
    }
  }

  // The last row of the key in columns `key` of `row`, which has this layout and hash.
  RowRef find(const RowLayout& layout, const char* row, std::span<const size_t> key,
              uint64_t hash) const;
  // Calls f(RowRef) for all rows of a key, oldest first. `last` is what find() returned.
  template <typename F>
  void for_each(RowRef last, F&& f) const;

  // Adds a row of hash(row), or counts or replaces the one that is there. Returns its reference.
  RowRef add(const char* row, uint64_t hash);
  // The row of the same identity.
  RowRef find_same(const char* row, uint64_t hash) const;
  // Takes out the row of the same identity, or one from its count. False where there is none.
  bool remove(const char* row, uint64_t hash);
  void remove(RowRef row);
  // Another row of the same key at the place of this one, where rows have no identity.
  void replace(RowRef old, const char* row);

  const char* row(RowRef row) const { return rows_.row(row); }
  const RowStore& rows() const { return rows_; }
  // How often the row is there.
  uint32_t count(RowRef row) const { return count_at_ == 0 ? 1 : number(row, count_at_); }
  // The owner's number, 0 at first.
  uint32_t matches(RowRef row) const { return number(row, matches_at_); }
  void set_matches(RowRef row, uint32_t matches) { set_number(row, matches_at_, matches); }

  // What is written are the rows, of which the last of each key is marked.
  std::string_view kind() const override { return "row_multimap"; }
  uint16_t version() const override { return 2; }
  std::string describe() const override;
  size_t memory() const override { return rows_.memory() + keys_.memory() + identities_.memory(); }
  void save(ByteWriter& out) const override;
  void begin_tracking() override { rows_.begin_tracking(); }
  void end_tracking() override { rows_.end_tracking(); }
  size_t changed() const override { return rows_.changed(); }
  void save_changes(Entries& entries) override { rows_.save_changes(entries); }
  Around sweep(size_t bytes, ByteWriter& out) override { return rows_.sweep(bytes, out); }
  void load_entries(ByteReader& in) override { rows_.load_entries(in); }
  void loaded() override;
  // Rows may leave memory; the indexes stay.
  void spill_to(SpillSpace* space) override { rows_.spill_to(space); }
  void spill(size_t bytes) override { rows_.spill(bytes); }
  uint64_t spilled() const override { return rows_.spilled(); }

 private:
  static constexpr size_t kNextAt = 0;
  static constexpr size_t kPreviousAt = 4;

  uint32_t number(RowRef row, size_t at) const {
    uint32_t number;
    std::memcpy(&number, rows_.header(row) + at, sizeof(number));
    return number;
  }
  void set_number(RowRef row, size_t at, uint32_t number) {
    std::memcpy(rows_.header(row) + at, &number, sizeof(number));
  }
  RowRef next(RowRef row) const { return {number(row, kNextAt)}; }
  void link(RowRef from, RowRef to);

  uint64_t identity_hash(const char* row, uint64_t hash) const;
  RowRef* key_entry(const char* row, uint64_t hash);

  RowMultimapShape shape_;
  size_t count_at_ = 0;  // in the header; 0 where there is none
  size_t matches_at_ = 0;
  RowStore rows_;
  RowIndex keys_;        // the last row of each key
  RowIndex identities_;  // all rows, where the key alone does not tell them apart
  bool indexes_identities_ = false;
};

template <typename F>
void RowMultimap::for_each(RowRef last, F&& f) const {
  if (!last.is_row()) {
    return;
  }
  RowRef row = last;
  do {
    row = next(row);
    f(row);
  } while (row != last);
}

}  // namespace millrace::state
