#pragma once

// Whole rows that wait for a time to come, and leave in the order of their times, rows of equal
// time in the order in which they came. The rows lie in a table of their own, and may leave memory.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "state/due_rows.h"
#include "state/row_store.h"
#include "state/table.h"

namespace millrace::state {

class WaitingRows final : public Table {
 public:
  // `rows`, which outlives this, holds the rows that wait alone.
  explicit WaitingRows(RowStore* rows) : rows_(*rows) {}

  const RowLayout& layout() const { return rows_.layout(); }
  const RowStore& rows() const { return rows_; }

  // A row of this layout; its texts are copied.
  void add(int64_t ms, const char* row);

  // Takes the rows of time `until` or before out of the queue, `most` of them and then those of the
  // same time as the last. They stay in rows() until they are released.
  std::vector<Due> take_until(int64_t until, size_t most);
  void release(std::span<const Due> taken);
  // Rows for which is_gone(RowRef) holds wait no more. Reads all that do.
  template <typename IsGone>
  void remove_if(IsGone&& is_gone) {
    due_.remove_if([&](const Due& due) {
      const bool gone = is_gone(due.row);
      if (gone) {
        rows_.remove(due.row);
      }
      return gone;
    });
  }
  size_t size() const { return due_.size(); }
  // Of the row that leaves first; nothing where none waits.
  std::optional<int64_t> first() const;

  std::string_view kind() const override { return "waiting_rows"; }
  uint16_t version() const override { return 3; }
  bool reads(uint16_t written) const override { return written == 2 || written == 3; }
  void save(ByteWriter& out) const override;
  void load(ByteReader& in) override;
  size_t memory() const override;

 private:
  RowStore& rows_;
  DueRows due_;
  uint64_t next_number_ = 0;
};

}  // namespace millrace::state
