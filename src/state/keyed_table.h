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
  // The table shares `slots` with its owner, whom it may outlive.
  KeyedTable(std::vector<Type> keys, std::shared_ptr<const SlotKind> slots);
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

  std::string_view kind() const override { return "keyed_table"; }
  uint16_t version() const override { return 1; }
  void save(ByteWriter& out) const override;
  void load(ByteReader& in) override;

 private:
  std::string describe() const;

  KeyLayout layout_;
  std::shared_ptr<const SlotKind> slots_;
  KeyMap map_;
};

}  // namespace millrace::state
