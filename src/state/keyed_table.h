#pragma once

// A slot a key, for as long as its owner wants: what an aggregation without a window holds.

#include <memory>
#include <vector>

#include "state/key_map.h"
#include "state/slot_kind.h"
#include "state/table.h"

namespace millrace::state {

class KeyedTable final : public Table {
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
  Found find(const char* key, uint64_t hash) const { return map_.find(key, hash); }
  void prefetch(uint64_t hash) const { map_.prefetch(hash); }
  // Forgets the key. Its slot can be read until it is destroyed.
  void detach(const char* key, uint64_t hash) { map_.detach(key, hash); }
  void destroy(char* detached_slot);

  // Where keys have numbers. A number is used again once its slot is destroyed.
  uint32_t number_of(const char* slot) const;
  void remove(uint32_t number);

  std::string_view kind() const override { return "keyed_table"; }
  uint16_t version() const override { return 1; }
  void save(ByteWriter& out) const override;
  void load(ByteReader& in) override;

 private:
  std::string describe() const;
  void give_number(char* slot, uint32_t number);
  uint32_t unused_number();

  KeyLayout layout_;
  std::shared_ptr<const SlotKind> slots_;
  Numbers numbers_;
  KeyMap map_;                  // a cell is a slot, and the number behind it
  std::vector<char*> slot_of_;  // by number; null where it is unused
  std::vector<uint32_t> free_;  // unused numbers
};

}  // namespace millrace::state
