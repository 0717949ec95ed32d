#include "state/keyed_table.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "base/error.h"
#include "state/keyed_table_loading.h"
#include "state/room.h"

namespace millrace::state {

KeyedTable::KeyedTable(std::vector<Type> keys, std::shared_ptr<const SlotKind> slots,
                       Numbers numbers)
    : layout_(std::move(keys)), slots_(std::move(slots)), numbers_(numbers) {
  parts_.reserve(kParts);
  add_part();
}

void KeyedTable::add_part() { parts_.emplace_back(&layout_, sizeof(Head) + slots_->size()); }

KeyedTable::~KeyedTable() {
  loading_ = nullptr;
  for_each_slot([&](char* slot) { slots_->destroy(slot); });
}

size_t KeyedTable::size() const {
  size_t sum = spilled_ == nullptr ? 0 : spilled_->size();
  for (const KeyMap& part : parts_) {
    sum += part.size();
  }
  return sum;
}

size_t KeyedTable::memory() const {
  size_t sum = slot_of_.capacity() * sizeof(char*) + slots_->memory();
  for (const KeyMap& part : parts_) {
    sum += part.memory();
  }
  return spilled_ == nullptr ? sum
                             : sum + spilled_->memory() + spilled_as_.capacity() * sizeof(uint32_t);
}

KeyedTable::Found KeyedTable::upsert(const char* key, uint64_t hash) {
  const auto [cell, made] = parts_[part_of(hash)].upsert(key, hash);
  char* slot = slot_in(cell);
  const bool is_new = made && (spilled_ == nullptr || read_back(key, hash) == nullptr);
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
  char* cell = parts_[part_of(hash)].find(key, hash).cell;
  char* slot = cell != nullptr ? slot_in(cell) : read_back(key, hash);
  if (slot != nullptr) {
    note(slot);
  }
  return {slot, false};
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
  parts_[part_of(hash)].detach(key, hash);
  if (tracking_) {
    save_op(Op::gone, gone_keys_);
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
  if (number < spilled_as_.size()) {
    spilled_as_[number] = kInMemory;
  }
}

// Unless another key has it by now.
void KeyedTable::take_number(const char* slot) {
  if (numbers_ == Numbers::kept && slot_of_[number_of(slot)] == slot) {
    slot_of_[number_of(slot)] = nullptr;
  }
}

bool KeyedTable::is_unused(uint32_t number) const {
  return slot_of_[number] == nullptr &&
         (number >= spilled_as_.size() || spilled_as_[number] == kInMemory);
}

uint32_t KeyedTable::number_of(const char* slot) const {
  check(numbers_ == Numbers::kept, "the keys of this table have numbers");
  return head_of(slot).number;
}

char* KeyedTable::slot(uint32_t number) {
  check(has_number(number), "the number is of a key that is there");
  char* slot =
      slot_of_[number] != nullptr ? slot_of_[number] : read_back_entry(spilled_as_[number]);
  note(slot);
  return slot;
}

void KeyedTable::remove(uint32_t number) {
  char* slot = this->slot(number);
  const char* key = key_of(slot);
  detach(key, layout_.hash(key));
  destroy(slot);
}

void KeyedTable::destroy(char* detached_slot) {
  if (numbers_ == Numbers::kept) {
    take_number(detached_slot);
    free_.push_back(number_of(detached_slot));
  }
  head_of(detached_slot).state = Head::unused;
  slots_->destroy(detached_slot);
  parts_[part_of(layout_.hash(key_of(detached_slot)))].give_back(cell_of(detached_slot));
}

// --- All keys, one after the other ---

char* KeyedTable::detach_next() {
  char* slot = next_in_memory();
  if (slot == nullptr && spilled_ != nullptr && spilled_->size() > 0) {
    slot = read_back_entry(spilled_->some());
  }
  if (slot == nullptr) {
    next_ = {};
    return nullptr;
  }
  const char* key = key_of(slot);
  detach(key, layout_.hash(key));
  return slot;
}

char* KeyedTable::next_in_memory() {
  for (; next_.part < parts_.size(); next_ = {next_.part + 1}) {
    const KeyMap& part = parts_[next_.part];
    while (part.size() > 0 && next_.at < part.cells()) {
      if (char* slot = slot_in(part.cell(next_.at++)); head_of(slot).state != Head::unused) {
        return slot;
      }
    }
  }
  return nullptr;
}

std::vector<Column> KeyedTable::key_columns(std::span<char* const> slots) const {
  const auto strings = std::make_shared<StringArena>();
  std::vector<char> keys(slots.size() * layout_.width());
  std::vector<char*> rows;
  for (const char* slot : slots) {
    rows.push_back(keys.data() + rows.size() * layout_.width());
    std::memcpy(rows.back(), key_of(slot), layout_.width());
    for (const size_t at : layout_.strings()) {
      auto& text = *reinterpret_cast<StringRef*>(rows.back() + at);
      text = strings->copy(text.view());
    }
  }
  return layout_.columns(rows, strings);
}

std::string KeyedTable::describe() const {
  return "keys" + layout_.describe() + "; slots " + slots_->describe() +
         (numbers_ == Numbers::kept ? "; numbered" : "");
}

// --- Checkpoints ---

void KeyedTable::save_slot(const char* slot, ByteWriter& out) const {
  layout_.save(key_of(slot), out);
  slots_->save(slot, out);
  if (numbers_ == Numbers::kept) {
    out.write_varint(number_of(slot));
  }
}

void KeyedTable::save(ByteWriter& out) const {
  save_description(out);
  for_each_slot([&](const char* slot) {
    save_op(Op::slot, out);
    save_slot(slot, out);
  });
  for (size_t block = 0; spilled_ != nullptr && block < spilled_->blocks(); ++block) {
    save_block(block, out);
  }
}

void KeyedTable::save_block(size_t block, ByteWriter& out) const {
  spilled_->for_each_of(block, [&](std::string_view entry) {
    save_op(Op::slot, out);
    out.write_bytes(entry);
  });
}

void KeyedTable::begin_tracking() {
  end_tracking();
  tracking_ = true;
  sweep_ = {};
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
void KeyedTable::save_changes(Entries& entries) {
  entries.out().write_bytes(gone_keys_.bytes());
  entries.end_entry();
  gone_keys_ = {};
  gone_ = 0;
  for (char* slot : changed_) {
    if (head_of(slot).state == Head::changed) {
      head_of(slot).state = Head::written;
      save_op(Op::slot, entries.out());
      save_slot(slot, entries.out());
      entries.end_entry();
    }
  }
  changed_.clear();
}

KeyedTable::Around KeyedTable::sweep(size_t bytes, ByteWriter& out) {
  const size_t until = out.size() + bytes;
  for (; sweep_.part <= parts_.size(); sweep_ = {sweep_.part + 1}) {
    if (!(sweep_.part < parts_.size() ? sweep_part(until, out) : sweep_spilled(until, out))) {
      return Around::no;
    }
  }
  sweep_ = {};
  return Around::yes;
}

// What comes into the part meanwhile has changed.
bool KeyedTable::sweep_part(size_t until, ByteWriter& out) {
  const KeyMap& part = parts_[sweep_.part];
  sweep_.end = sweep_.at == 0 ? part.cells() : std::min(sweep_.end, part.cells());
  for (; sweep_.at < sweep_.end; ++sweep_.at) {
    if (out.size() >= until) {
      return false;
    }
    if (const char* slot = slot_in(part.cell(sweep_.at)); head_of(slot).state != Head::unused) {
      save_op(Op::slot, out);
      save_slot(slot, out);
    }
  }
  return true;
}

// After all parts, so that what leaves one of them is met here.
bool KeyedTable::sweep_spilled(size_t until, ByteWriter& out) {
  sweep_.end = spilled_ == nullptr ? 0 : sweep_.at == 0 ? spilled_->blocks() : sweep_.end;
  for (; sweep_.at < sweep_.end; ++sweep_.at) {
    if (out.size() >= until) {
      return false;
    }
    save_block(sweep_.at, out);
  }
  return true;
}

void KeyedTable::begin_loading(uint64_t bytes) {
  loading_ = std::make_unique<Loading>(this, bytes);
}

void KeyedTable::load_entries(ByteReader& in) { loading_->read(in); }

void KeyedTable::loaded() {
  loading_ = nullptr;
  for (uint32_t number = 0; number < slot_of_.size(); ++number) {
    if (is_unused(number)) {
      free_.push_back(number);
    }
  }
}

// --- Slots that leave memory ---

void KeyedTable::let_go(KeyMap& part) {
  part.for_each([&](char* cell) {
    char* slot = slot_in(cell);
    ByteWriter entry;
    save_slot(slot, entry);
    const uint32_t number = spilled_->add(layout_.hash(key_of(slot)), entry.bytes());
    if (numbers_ == Numbers::kept && slot_of_[number_of(slot)] == slot) {  // no other key's by now
      take_number(slot);
      spilled_as_[number_of(slot)] = number;
    }
    slots_->destroy(slot);
  });
  spilled_->end_block();
  part.clear();
}

char* KeyedTable::read_back(const char* key, uint64_t hash) {
  const auto entry = spilled_ == nullptr ? std::nullopt : spilled_->take(key, hash);
  if (!entry) {
    return nullptr;
  }
  char* slot = slot_in(parts_[part_of(hash)].upsert(key, hash).cell);
  head_of(slot).state = Head::written;
  ByteReader in(entry->behind_key);
  slots_->init(slot);
  slots_->load(slot, in);
  check_room(*space_, *slots_, memory());
  if (numbers_ == Numbers::kept) {
    const auto number = static_cast<uint32_t>(in.read_varint());
    head_of(slot).number = number;
    if (spilled_as_.at(number) == entry->number) {  // else another key has it by now
      give_number(slot, number);
    }
  }
  return slot;
}

char* KeyedTable::read_back_entry(uint32_t number) {
  const std::string entry(spilled_->entry(number));
  std::vector<char> key(layout_.width());
  ByteReader in(entry);
  layout_.load(key.data(), in);
  return read_back(key.data(), layout_.hash(key.data()));
}

void KeyedTable::spill(size_t bytes) {
  if (space_ == nullptr || size() == 0) {
    return;
  }
  check(changed() == 0, "what has changed is written before it leaves memory");
  spilled_as_.resize(slot_of_.size(), kInMemory);
  if (spilled_ == nullptr) {
    return begin_spilling();
  }
  const size_t before = memory();
  for (size_t part = 0; part < kParts && before - std::min(before, memory()) < bytes; ++part) {
    let_go(parts_[next_to_go_]);
    next_to_go_ = (next_to_go_ + 1) % kParts;
  }
  spilled_->drop_garbage();
}

// All slots leave, so that the parts begin empty.
void KeyedTable::begin_spilling() {
  spilled_ = std::make_unique<SpilledSlots>(&layout_, space_);
  let_go(parts_.front());
  while (parts_.size() < kParts) {
    add_part();
  }
  part_mask_ = kParts - 1;
}

}  // namespace millrace::state
