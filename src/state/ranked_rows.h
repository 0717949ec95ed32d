#pragma once

// Whole rows by key, those of a key in an order of their own; rows of equal order as they came.
// What a Top-N keeps. The rows lie in a table of their own: they are many, and may leave memory.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "state/row_index.h"
#include "state/row_order.h"
#include "state/row_store.h"
#include "state/table.h"

namespace millrace::state {

struct RankedRowsShape {
  std::vector<Type> types;
  std::vector<size_t> key;  // columns
  std::vector<OrderColumn> order;
};

class RankedRows final : public Table {
 public:
  // `rows`, which outlives this, is of the shape's types and holds its rows alone.
  RankedRows(RankedRowsShape shape, RowStore* rows);

  const RowLayout& layout() const { return rows_.layout(); }
  const RowStore& rows() const { return rows_; }
  uint64_t hash(const char* row) const { return layout().hash(row, shape_.key); }
  void prefetch(uint64_t hash) const { groups_by_key_.prefetch(hash); }

  // The rows of one key, in order. Good until a group is added or dropped.
  struct Group {
    std::vector<RowRef> rows;
    uint64_t made = 0;  // which of all groups there ever were it is
    size_t sorted = 0;  // of those that append() made: so many rows, for sure
  };
  // Groups by number: as long as a group is there, it keeps its own, until a restart.
  Group& group(uint32_t number) { return groups_[number]; }
  uint32_t number_of(const Group& group) const {
    return static_cast<uint32_t>(&group - groups_.data());
  }
  // The numbers of all groups, in the order in which they were made.
  std::vector<uint32_t> all_groups() const;
  // Of the key of this row, which has this hash; null where there is none.
  Group* find(const char* row, uint64_t hash);

  // Where in the group the row belongs: behind all of its equals.
  size_t place_of(const Group& group, const char* row) const;
  bool are_equal(RowRef a, const char* b) const { return order_.compare(rows_.row(a), b) == 0; }
  // The first one of equal order; where there is none, the place before which such a row belongs.
  size_t first_equal(const Group& group, const char* row) const;
  // Where a row like this one is, whatever came first of several; group.rows.size() where none is.
  size_t find_in(const Group& group, const char* row) const;
  // Where this very row is, which is one of the group.
  size_t find_in(const Group& group, RowRef row) const;

  // Puts the row into its group, which is made where `group` is null. Returns the group.
  Group& insert(Group* group, size_t place, const char* row, uint64_t hash);
  // For who needs the order in the end alone, of groups that may be large: puts the row behind all
  // others. Then sort(), ahead of all that asks for a place.
  void append(const char* row, uint64_t hash);
  void sort(Group& group);
  // Takes the row out of the group, which goes with its last row; the row's bytes stay until it is
  // released.
  RowRef take(Group* group, size_t place);
  void release(RowRef row) { rows_.remove(row); }
  // Both at once, whatever the row's group.
  void drop(RowRef row);
  void remove_all();

  std::string_view kind() const override { return "ranked_rows"; }
  uint16_t version() const override { return 3; }
  bool reads(uint16_t written) const override { return written == 2 || written == 3; }
  void save(ByteWriter& out) const override;
  void load(ByteReader& in) override;
  size_t memory() const override;

 private:
  RowRef* entry_of(const char* row, uint64_t hash);
  uint32_t new_group();

  RankedRowsShape shape_;
  RowStore& rows_;
  RowOrder order_;
  RowIndex groups_by_key_;  // numbers of groups, not of rows
  std::vector<Group> groups_;
  std::vector<uint32_t> free_;
  uint64_t next_made_ = 0;
};

}  // namespace millrace::state
