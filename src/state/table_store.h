#pragma once

// All tables of one task, by name. Made from the snapshot of the last checkpoint, or empty: a table
// is filled when its owner asks for it, so operators are restored by being constructed.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "column/type.h"
#include "state/keyed_table.h"
#include "state/layer_file.h"
#include "state/numbers.h"
#include "state/ranked_rows.h"
#include "state/recency.h"
#include "state/row_multimap.h"
#include "state/row_runs.h"
#include "state/row_store.h"
#include "state/session_table.h"
#include "state/timed_table.h"
#include "state/waiting_rows.h"

namespace millrace::state {

class TableStore {
 public:
  TableStore() = default;
  // Throws Error(corrupt) where the bytes are not a snapshot; docs/formats/checkpoint.md. Growing
  // tables may lie in layers in place of it, oldest first.
  explicit TableStore(std::string_view snapshot, std::vector<LayerReader> layers = {});

  // Where tables may write what has no room in memory, ahead of all else. It outlives the store.
  void spill_to(SpillSpace* space) { space_ = space; }

  // A name is asked for once, by its owner. The store owns the table.
  Numbers& numbers(const std::string& name);
  TimedTable& timed_table(const std::string& name, std::vector<Type> keys,
                          std::shared_ptr<const SlotKind> slots);
  RowStore& rows(const std::string& name, std::vector<Type> types, size_t header_bytes = 0);
  RowMultimap& row_multimap(const std::string& name, RowMultimapShape shape);
  SessionTable& session_table(const std::string& name, std::vector<Type> keys,
                              std::shared_ptr<const SlotKind> slots);
  KeyedTable& keyed_table(const std::string& name, std::vector<Type> keys,
                          std::shared_ptr<const SlotKind> slots,
                          KeyedTable::Numbers numbers = KeyedTable::Numbers::none);
  Recency& recency(const std::string& name);

  RankedRows& ranked_rows(const std::string& name, RankedRowsShape shape);
  WaitingRows& waiting_rows(const std::string& name, std::vector<Type> types);
  RowRuns& row_runs(const std::string& name, RowRunsShape shape);

  // What an owner holds beside its tables, an index of their rows as a rule: counts with them,
  // under a name as theirs. It says how much it is, in bytes, as often as it is asked.
  void count_beside(const std::string& name, std::function<size_t()> bytes);

  // About what all tables hold, and what is beside them, in bytes.
  size_t memory() const;
  struct Size {
    std::string table;
    size_t bytes = 0;
  };
  std::vector<Size> sizes() const;  // of each, the largest first
  // Lets about so many bytes of memory go, of the largest tables first and as far as they can:
  // Table::spill().
  void spill(size_t bytes);
  uint64_t spilled() const;  // bytes that tables have on disk

  // All tables, or those that are in no layers.
  enum class Which : uint8_t { all, whole };
  std::string snapshot(Which which = Which::all) const;

  // Of growing tables: from now on, layers take what changes.
  void begin_tracking();
  void end_tracking();
  // Which tables' changes are to be written: those that are so many, or so many bytes, by what an
  // entry took the last time; but not where an entry took more than the most.
  struct Due {
    size_t changes = 1;
    uint64_t bytes = 0;
    uint64_t most_bytes_each = UINT64_MAX;
  };
  void save_changes(const Due& due, const std::function<LayerWriter&()>& layer);
  // Some bytes of entries, from where the last call ended; whether it came all around.
  GrowingTable::Around sweep(size_t bytes, LayerWriter& layer);
  // Tables of the snapshot that nobody asked for: their owner is gone from the plan.
  std::vector<std::string> unclaimed() const;

 private:
  struct Saved {
    std::string kind;
    uint16_t version;
    std::string bytes;
  };
  void adopt(const std::string& name, std::unique_ptr<Table> table);
  void load_whole(const std::string& name, const Saved& saved, Table& table);
  void load_layers(const std::string& name, GrowingTable& table);
  template <typename T, typename... Parts>
  T& make(const std::string& name, Parts&&... parts);

  SpillSpace* space_ = nullptr;
  std::map<std::string, std::unique_ptr<Table>> tables_;
  std::map<std::string, std::function<size_t()>> beside_;
  std::map<std::string, Saved> saved_;  // of the snapshot, not asked for yet
  // Of the layers, oldest first, as are the blocks of each table that was not asked for yet.
  std::vector<LayerReader> layers_;  // until all tables that are in them were asked for
  bool in_layers_ = false;
  struct Written {
    size_t layer;
    LayerReader::Place block;
  };
  std::map<std::string, std::vector<Written>> written_;
  std::string sweep_at_;                         // the table that the next sweep() begins with
  std::map<std::string, uint64_t> entry_bytes_;  // of the changes that were last written, each
};

// The tables of one operator: the store's, with the operator's id before each name.
class Tables {
 public:
  // `store` outlives this.
  Tables(TableStore* store, std::string_view owner) : store_(store), prefix_(owner) {
    prefix_ += '/';
  }
  Numbers& numbers(std::string_view name) { return store_->numbers(prefix_ + std::string(name)); }
  TimedTable& timed_table(std::string_view name, std::vector<Type> keys,
                          std::shared_ptr<const SlotKind> slots) {
    return store_->timed_table(prefix_ + std::string(name), std::move(keys), std::move(slots));
  }
  RowStore& rows(std::string_view name, std::vector<Type> types, size_t header_bytes = 0) {
    return store_->rows(prefix_ + std::string(name), std::move(types), header_bytes);
  }
  RowMultimap& row_multimap(std::string_view name, RowMultimapShape shape) {
    return store_->row_multimap(prefix_ + std::string(name), std::move(shape));
  }
  SessionTable& session_table(std::string_view name, std::vector<Type> keys,
                              std::shared_ptr<const SlotKind> slots) {
    return store_->session_table(prefix_ + std::string(name), std::move(keys), std::move(slots));
  }
  RankedRows& ranked_rows(std::string_view name, RankedRowsShape shape) {
    return store_->ranked_rows(prefix_ + std::string(name), std::move(shape));
  }
  WaitingRows& waiting_rows(std::string_view name, std::vector<Type> types) {
    return store_->waiting_rows(prefix_ + std::string(name), std::move(types));
  }
  RowRuns& row_runs(std::string_view name, RowRunsShape shape) {
    return store_->row_runs(prefix_ + std::string(name), std::move(shape));
  }
  KeyedTable& keyed_table(std::string_view name, std::vector<Type> keys,
                          std::shared_ptr<const SlotKind> slots,
                          KeyedTable::Numbers numbers = KeyedTable::Numbers::none) {
    return store_->keyed_table(prefix_ + std::string(name), std::move(keys), std::move(slots),
                               numbers);
  }
  void count_beside(std::string_view name, std::function<size_t()> bytes) {
    store_->count_beside(prefix_ + std::string(name), std::move(bytes));
  }
  Recency& recency(std::string_view name) { return store_->recency(prefix_ + std::string(name)); }

 private:
  TableStore* store_;
  std::string prefix_;
};

}  // namespace millrace::state
