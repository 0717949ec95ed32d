#include "state/keyed_table.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "base/error.h"

namespace millrace::state {

// What a number takes behind a slot, which stays aligned.
static constexpr size_t kNumberBytes = 8;

KeyedTable::KeyedTable(std::vector<Type> keys, std::shared_ptr<const SlotKind> slots,
                       Numbers numbers)
    : layout_(std::move(keys)),
      slots_(std::move(slots)),
      numbers_(numbers),
      map_(&layout_, slots_->size() + (numbers == Numbers::kept ? kNumberBytes : 0)) {}

KeyedTable::~KeyedTable() {
  map_.for_each([&](char* slot) { slots_->destroy(slot); });
}

KeyedTable::Found KeyedTable::upsert(const char* key, uint64_t hash) {
  const Found found = map_.upsert(key, hash);
  if (found.is_new) {
    slots_->init(found.cell);
    if (numbers_ == Numbers::kept) {
      give_number(found.cell, unused_number());
    }
  }
  return found;
}

uint32_t KeyedTable::unused_number() {
  if (!free_.empty()) {
    const uint32_t number = free_.back();
    free_.pop_back();
    return number;
  }
  slot_of_.push_back(nullptr);
  return static_cast<uint32_t>(slot_of_.size() - 1);
}

void KeyedTable::give_number(char* slot, uint32_t number) {
  std::memcpy(slot + slots_->size(), &number, sizeof(number));
  slot_of_[number] = slot;
}

uint32_t KeyedTable::number_of(const char* slot) const {
  check(numbers_ == Numbers::kept, "the keys of this table have numbers");
  uint32_t number;
  std::memcpy(&number, slot + slots_->size(), sizeof(number));
  return number;
}

void KeyedTable::remove(uint32_t number) {
  char* slot = slot_of_.at(number);
  check(slot != nullptr, "the number is of a key that is there");
  const char* key = map_.key_of(slot);
  map_.detach(key, layout_.hash(key));
  destroy(slot);
}

void KeyedTable::destroy(char* detached_slot) {
  if (numbers_ == Numbers::kept) {
    const uint32_t number = number_of(detached_slot);
    slot_of_[number] = nullptr;
    free_.push_back(number);
  }
  slots_->destroy(detached_slot);
  map_.give_back(detached_slot);
}

std::string KeyedTable::describe() const {
  return "keys" + layout_.describe() + "; slots " + slots_->describe() +
         (numbers_ == Numbers::kept ? "; numbered" : "");
}

void KeyedTable::save(ByteWriter& out) const {
  const std::string description = describe();
  out.write_varint(description.size());
  out.write_bytes(description);
  out.write_varint(map_.size());
  map_.for_each([&](const char* slot) {
    layout_.save(map_.key_of(slot), out);
    slots_->save(slot, out);
    if (numbers_ == Numbers::kept) {
      out.write_varint(number_of(slot));
    }
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
    char* slot = map_.upsert(key.data(), layout_.hash(key.data())).cell;
    slots_->init(slot);
    slots_->load(slot, in);
    if (numbers_ == Numbers::kept) {
      const uint64_t number = in.read_varint();
      slot_of_.resize(std::max<size_t>(slot_of_.size(), number + 1));
      give_number(slot, static_cast<uint32_t>(number));
    }
  }
  for (uint32_t number = 0; number < slot_of_.size(); ++number) {
    if (slot_of_[number] == nullptr) {
      free_.push_back(number);
    }
  }
}

}  // namespace millrace::state
