#include "state/keyed_table.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "base/error.h"

namespace millrace::state {

namespace {

enum class Op : uint8_t { slot, gone };

}  // namespace

KeyedTable::KeyedTable(std::vector<Type> keys, std::shared_ptr<const SlotKind> slots,
                       Numbers numbers)
    : layout_(std::move(keys)),
      slots_(std::move(slots)),
      numbers_(numbers),
      map_(&layout_, sizeof(Head) + slots_->size()) {}

KeyedTable::~KeyedTable() {
  for_each_slot([&](char* slot) { slots_->destroy(slot); });
}

KeyedTable::Found KeyedTable::upsert(const char* key, uint64_t hash) {
  const auto [cell, is_new] = map_.upsert(key, hash);
  char* slot = slot_in(cell);
  if (is_new) {
    slots_->init(slot);
    if (numbers_ == Numbers::kept) {
      give_number(slot, unused_number());
    }
  }
  note(slot);
  return {slot, is_new};
}

KeyedTable::Found KeyedTable::find(const char* key, uint64_t hash) {
  char* cell = map_.find(key, hash).cell;
  if (cell == nullptr) {
    return {nullptr, false};
  }
  note(slot_in(cell));
  return {slot_in(cell), false};
}

void KeyedTable::note(char* slot) {
  Head& head = head_of(slot);
  if (!tracking_) {
    head.state = Head::written;
  } else if (head.state != Head::changed) {
    head.state = Head::changed;
    changed_.push_back(slot);
  }
}

void KeyedTable::detach(const char* key, uint64_t hash) {
  map_.detach(key, hash);
  if (tracking_) {
    gone_keys_.write(static_cast<uint8_t>(Op::gone));
    layout_.save(key, gone_keys_);
    ++gone_;
  }
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
  head_of(slot).number = number;
  slot_of_[number] = slot;
}

uint32_t KeyedTable::number_of(const char* slot) const {
  check(numbers_ == Numbers::kept, "the keys of this table have numbers");
  return head_of(slot).number;
}

void KeyedTable::remove(uint32_t number) {
  char* slot = slot_of_.at(number);
  check(slot != nullptr, "the number is of a key that is there");
  const char* key = key_of(slot);
  detach(key, layout_.hash(key));
  destroy(slot);
}

void KeyedTable::destroy(char* detached_slot) {
  if (numbers_ == Numbers::kept) {
    const uint32_t number = number_of(detached_slot);
    slot_of_[number] = nullptr;
    free_.push_back(number);
  }
  head_of(detached_slot).state = Head::unused;
  slots_->destroy(detached_slot);
  map_.give_back(cell_of(detached_slot));
}

std::string KeyedTable::describe() const {
  return "keys" + layout_.describe() + "; slots " + slots_->describe() +
         (numbers_ == Numbers::kept ? "; numbered" : "");
}

// --- Checkpoints ---

void KeyedTable::save_slot(const char* slot, ByteWriter& out) const {
  out.write(static_cast<uint8_t>(Op::slot));
  layout_.save(key_of(slot), out);
  slots_->save(slot, out);
  if (numbers_ == Numbers::kept) {
    out.write_varint(number_of(slot));
  }
}

void KeyedTable::save(ByteWriter& out) const {
  save_description(out);
  for_each_slot([&](const char* slot) { save_slot(slot, out); });
}

void KeyedTable::begin_tracking() {
  end_tracking();
  tracking_ = true;
  sweep_at_ = 0;
}

void KeyedTable::end_tracking() {
  tracking_ = false;
  for (char* slot : changed_) {
    Head& head = head_of(slot);
    head.state = head.state == Head::changed ? Head::written : head.state;
  }
  changed_.clear();
  gone_keys_ = {};
  gone_ = 0;
}

// What is gone comes first: a key that is there now came after.
void KeyedTable::save_changes(ByteWriter& out) {
  out.write_bytes(gone_keys_.bytes());
  gone_keys_ = {};
  gone_ = 0;
  for (char* slot : changed_) {
    if (head_of(slot).state == Head::changed) {
      head_of(slot).state = Head::written;
      save_slot(slot, out);
    }
  }
  changed_.clear();
}

KeyedTable::Around KeyedTable::sweep(size_t bytes, ByteWriter& out) {
  const size_t until = out.size() + bytes;
  if (sweep_at_ == 0) {
    sweep_until_ = map_.cells();
  }
  for (; sweep_at_ < sweep_until_; ++sweep_at_) {
    if (out.size() >= until) {
      return Around::no;
    }
    if (const char* slot = slot_in(map_.cell(sweep_at_)); head_of(slot).state != Head::unused) {
      save_slot(slot, out);
    }
  }
  sweep_at_ = 0;
  return Around::yes;
}

void KeyedTable::load_entries(ByteReader& in) {
  std::vector<char> key(layout_.width());
  while (!in.empty()) {
    const auto op = static_cast<Op>(in.read<uint8_t>());
    std::fill(key.begin(), key.end(), char{0});
    layout_.load(key.data(), in);
    switch (op) {
      case Op::slot: load_slot(key.data(), in); break;
      case Op::gone: load_gone(key.data()); break;
      default: throw Error(ErrorCode::corrupt, "cannot load groups: no such entry");
    }
  }
}

void KeyedTable::load_slot(const char* key, ByteReader& in) {
  const auto [cell, is_new] = map_.upsert(key, layout_.hash(key));
  char* slot = slot_in(cell);
  if (!is_new) {  // written before: what it is now counts
    slots_->destroy(slot);
    std::fill_n(slot, slots_->size(), char{0});
  }
  head_of(slot).state = Head::written;
  slots_->init(slot);
  slots_->load(slot, in);
  if (numbers_ == Numbers::kept) {
    const uint64_t number = in.read_varint();
    if (number >= UINT32_MAX) {
      throw Error(ErrorCode::corrupt, "cannot load groups: no group has such a number");
    }
    slot_of_.resize(std::max<size_t>(slot_of_.size(), number + 1));
    head_of(slot).number = static_cast<uint32_t>(number);
  }
}

void KeyedTable::load_gone(const char* key) {
  const uint64_t hash = layout_.hash(key);
  if (char* cell = map_.find(key, hash).cell; cell != nullptr) {
    map_.detach(key, hash);
    head_of(slot_in(cell)).state = Head::unused;
    slots_->destroy(slot_in(cell));
    map_.give_back(cell);
  }
}

void KeyedTable::loaded() {
  if (numbers_ == Numbers::none) {
    return;
  }
  for_each_slot([&](char* slot) { slot_of_[head_of(slot).number] = slot; });
  for (uint32_t number = 0; number < slot_of_.size(); ++number) {
    if (slot_of_[number] == nullptr) {
      free_.push_back(number);
    }
  }
}

}  // namespace millrace::state
