#include "state/keyed_table.h"

#include <algorithm>

#include "base/check.h"
#include "base/error.h"

namespace millrace::state {

KeyedTable::KeyedTable(std::vector<Type> keys, std::shared_ptr<const SlotKind> slots)
    : layout_(std::move(keys)), slots_(std::move(slots)), map_(&layout_, slots_->size()) {}

KeyedTable::~KeyedTable() {
  map_.for_each([&](char* slot) { slots_->destroy(slot); });
}

KeyedTable::Found KeyedTable::upsert(const char* key, uint64_t hash) {
  const Found found = map_.upsert(key, hash);
  if (found.is_new) {
    slots_->init(found.cell);
  }
  return found;
}

void KeyedTable::destroy(char* detached_slot) {
  slots_->destroy(detached_slot);
  map_.give_back(detached_slot);
}

std::string KeyedTable::describe() const {
  return "keys" + layout_.describe() + "; slots " + slots_->describe();
}

void KeyedTable::save(ByteWriter& out) const {
  const std::string description = describe();
  out.write_varint(description.size());
  out.write_bytes(description);
  out.write_varint(map_.size());
  map_.for_each([&](const char* slot) {
    layout_.save(map_.key_of(slot), out);
    slots_->save(slot, out);
  });
}

void KeyedTable::load(ByteReader& in) {
  check(map_.size() == 0, "a table is loaded before it is used");
  const std::string_view saved = in.take(in.read_varint());
  if (saved != describe()) {
    throw Error(ErrorCode::corrupt,
                "cannot load groups: expected " + describe() + ", found " + std::string(saved));
  }
  std::vector<char> key(layout_.width());
  for (uint64_t left = in.read_varint(); left > 0; --left) {
    std::fill(key.begin(), key.end(), char{0});
    layout_.load(key.data(), in);
    slots_->load(upsert(key.data(), layout_.hash(key.data())).cell, in);
  }
}

}  // namespace millrace::state
