#pragma once

// A slot a key, for as long as its owner wants: what an aggregation without a window holds.

#include <memory>
#include <vector>

#include "state/key_map.h"
#include "state/slot_kind.h"
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
  size_t size() const { return map_.size(); }

  using Found = KeyMap::Found;  // the slot; null where find() found nothing
  Found upsert(const char* key, uint64_t hash);
  // Both hand the slot out to be changed: the key counts as changed.
  Found find(const char* key, uint64_t hash);
  void prefetch(uint64_t hash) const { map_.prefetch(hash); }
  // Forgets the key. Its slot can be read until it is destroyed.
  void detach(const char* key, uint64_t hash);
  void destroy(char* detached_slot);

  // Where keys have numbers. A number is used again once its slot is destroyed.
  uint32_t number_of(const char* slot) const;
  char* slot(uint32_t number) const { return slot_of_[number]; }
  void remove(uint32_t number);

  std::string_view kind() const override { return "keyed_table"; }
  uint16_t version() const override { return 2; }
  std::string describe() const override;
  size_t memory() const override {
    return map_.memory() + slot_of_.capacity() * sizeof(char*) + slots_->memory();
  }
  void save(ByteWriter& out) const override;

  void begin_tracking() override;
  void end_tracking() override;
  size_t changed() const override { return changed_.size() + gone_; }
  void save_changes(ByteWriter& out) override;
  Around sweep(size_t bytes, ByteWriter& out) override;
  void load_entries(ByteReader& in) override;
  void loaded() override;

 private:
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
  const char* key_of(const char* slot) const { return map_.key_of(slot - sizeof(Head)); }
  template <typename F>
  void for_each_slot(F f) const {
    map_.for_each([&](char* cell) { f(slot_in(cell)); });
  }
  void note(char* slot);
  void save_slot(const char* slot, ByteWriter& out) const;
  void load_slot(const char* key, ByteReader& in);
  void load_gone(const char* key);
  void give_number(char* slot, uint32_t number);
  uint32_t unused_number();

  KeyLayout layout_;
  std::shared_ptr<const SlotKind> slots_;
  Numbers numbers_;
  KeyMap map_;                  // a cell is a head, and a slot behind it
  std::vector<char*> slot_of_;  // by number; null where it is unused
  std::vector<uint32_t> free_;  // unused numbers

  bool tracking_ = false;
  std::vector<char*> changed_;  // slots; of some that are gone too
  ByteWriter gone_keys_;        // entries for keys that are
  size_t gone_ = 0;
  // The cells that are left of the sweep: what is added while it lasts has changed.
  size_t sweep_at_ = 0;
  size_t sweep_until_ = 0;
};

}  // namespace millrace::state
