#pragma once

// A slot a key, for as long as its owner wants: what an aggregation without a window holds.
//
// Where memory is short, slots leave it between turns, and each comes back by itself once it is
// asked for (spilled_slots.h). From then on keys are in parts, by their hashes, which leave one
// after the other. Until then there is one: with sixteen, a GROUP BY of 700,000 keys took 6 % more
// of the processor's time.

#include <memory>
#include <vector>

#include "state/key_map.h"
#include "state/slot_kind.h"
#include "state/spilled_slots.h"
#include "state/table.h"

namespace millrace::state {

class KeyedTable final : public GrowingTable {
 public:
  // Whether a key has a small number too, which it keeps over a checkpoint: for owners who say more
  // of it elsewhere.
  enum class Numbers : uint8_t { none, kept };
  // The table shares `slots` with its owner, whom it may outlive.
  KeyedTable(std::vector<Type> keys, std::shared_ptr<const SlotKind> slots,
             Numbers numbers = Numbers::none);
  ~KeyedTable() override;

  const KeyLayout& layout() const { return layout_; }
  size_t size() const;

  // The slot; null where find() found nothing. Good until the key is gone, or slots leave memory.
  using Found = KeyMap::Found;
  Found upsert(const char* key, uint64_t hash);
  // All of these hand the slot out to be changed: the key counts as changed.
  Found find(const char* key, uint64_t hash);
  void prefetch(uint64_t hash) const { parts_[part_of(hash)].prefetch(hash); }
  void prefetch_key(uint64_t hash) const { parts_[part_of(hash)].prefetch_key(hash); }
  // Forgets the key. Its slot can be read until it is destroyed.
  void detach(const char* key, uint64_t hash);
  void destroy(char* detached_slot);
  // For an owner who lets all keys go, and brings none meanwhile: detaches one of them, and gives
  // its slot; null where none is left. They go in the order in which they came, unless some have
  // left memory, or have come from a checkpoint.
  char* detach_next();
  // The keys of slots, as columns.
  std::vector<Column> key_columns(std::span<char* const> slots) const;

  // Where keys have numbers. A number is used again once its slot is destroyed.
  uint32_t number_of(const char* slot) const;
  bool has_number(uint32_t number) const { return number < numbers_end() && !is_unused(number); }
  uint32_t numbers_end() const { return static_cast<uint32_t>(slot_of_.size()); }  // above all
  char* slot(uint32_t number);  // of one that there is
  void remove(uint32_t number);

  std::string_view kind() const override { return "keyed_table"; }
  uint16_t version() const override { return 2; }
  std::string describe() const override;
  size_t memory() const override;
  void save(ByteWriter& out) const override;

  void begin_tracking() override;
  void end_tracking() override;
  size_t changed() const override { return changed_.size() + gone_; }
  void save_changes(Entries& entries) override;
  Around sweep(size_t bytes, ByteWriter& out) override;
  void begin_loading(uint64_t bytes) override;
  void load_entries(ByteReader& in) override;
  void loaded() override;

  void spill_to(SpillSpace* space) override { space_ = space; }
  void spill(size_t bytes) override;
  uint64_t spilled() const override { return spilled_ == nullptr ? 0 : spilled_->bytes(); }

 private:
  static constexpr size_t kParts = 16;
  static constexpr uint32_t kInMemory = UINT32_MAX;

  // What lies ahead of a slot in its cell, beside the key, which a look-up reads anyway.
  struct Head {
    enum State : uint32_t { unused, written, changed };
    State state;
    uint32_t number;
  };
  static Head& head_of(char* slot) { return *reinterpret_cast<Head*>(cell_of(slot)); }
  static const Head& head_of(const char* slot) { return head_of(const_cast<char*>(slot)); }
  static char* slot_in(char* cell) { return cell + sizeof(Head); }
  static char* cell_of(char* slot) { return slot - sizeof(Head); }
  // By the highest bits: tables and indexes look at the others.
  size_t part_of(uint64_t hash) const { return hash >> 60 & part_mask_; }
  const char* key_of(const char* slot) const { return parts_[0].key_of(slot - sizeof(Head)); }
  template <typename F>
  void for_each_slot(F f) const {
    for (const KeyMap& part : parts_) {
      part.for_each([&](char* cell) { f(slot_in(cell)); });
    }
  }
  enum class Op : uint8_t { slot, gone };  // the first byte of an entry
  static void save_op(Op op, ByteWriter& out) { out.write(static_cast<uint8_t>(op)); }
  class Loading;

  void note(char* slot);
  // The key, the slot and its number.
  void save_slot(const char* slot, ByteWriter& out) const;
  void save_block(size_t block, ByteWriter& out) const;  // of those that have left memory
  void give_number(char* slot, uint32_t number);
  void take_number(const char* slot);
  uint32_t unused_number();
  bool is_unused(uint32_t number) const;

  // The key's slot, which is in memory again; null where it is not among those that left.
  char* read_back(const char* key, uint64_t hash);
  char* read_back_entry(uint32_t number);  // of those that left
  void add_part();
  void begin_spilling();
  void let_go(KeyMap& part);
  char* next_in_memory();

  KeyLayout layout_;
  std::shared_ptr<const SlotKind> slots_;
  Numbers numbers_;
  std::vector<KeyMap> parts_;  // one or kParts; a cell is a head, and a slot behind it
  size_t part_mask_ = 0;
  std::vector<char*> slot_of_;  // by number; null where it is unused, or not in memory
  std::vector<uint32_t> free_;  // unused numbers

  std::unique_ptr<Loading> loading_;  // while there is more of it to come

  bool tracking_ = false;
  std::vector<char*> changed_;  // slots; of some that are gone too
  ByteWriter gone_keys_;        // entries for keys that are
  size_t gone_ = 0;
  // Where the sweep is: in a part's cells, or behind all parts in a block of what has left memory.
  // What comes there while it lasts has changed, or left a part that was to come.
  struct Sweep {
    size_t part = 0;
    size_t at = 0;
    size_t end = 0;
  };
  bool sweep_part(size_t until, ByteWriter& out);
  bool sweep_spilled(size_t until, ByteWriter& out);
  Sweep sweep_;
  Sweep next_;  // the cell behind the one that detach_next() gave last

  SpillSpace* space_ = nullptr;            // outlives the table; null where slots may not leave
  std::unique_ptr<SpilledSlots> spilled_;  // once some have
  std::vector<uint32_t> spilled_as_;       // where keys have numbers, theirs there; or kInMemory
  size_t next_to_go_ = 0;                  // the part
};

}  // namespace millrace::state
