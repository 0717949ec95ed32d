#include "state/keyed_table_loading.h"

#include <algorithm>
#include <utility>

#include "base/error.h"

namespace millrace::state {

// So many are in a step at once.
static constexpr size_t kAtOnce = 64;

KeyedTable::Loading::~Loading() {
  std::vector<Slot>& last = read_.back();
  last.erase(last.begin(), last.begin() + static_cast<ptrdiff_t>(put_));
  for (const std::vector<Slot>& some : read_) {
    for (const Slot& read : some) {
      table_->slots_->destroy(read.slot);
      part_of(read).give_back(cell_of(read.slot));
    }
  }
}

void KeyedTable::Loading::read(ByteReader& in) {
  std::vector<char> key(table_->layout_.width());
  while (!in.empty()) {
    const auto op = static_cast<Op>(in.read<uint8_t>());
    std::fill(key.begin(), key.end(), char{0});
    table_->layout_.load(key.data(), in);
    switch (op) {
      case Op::slot: read_slot(key.data(), in); break;
      case Op::gone: read_gone(key.data()); break;
      default: throw Error(ErrorCode::corrupt, "cannot load groups: no such entry");
    }
    if (read_.front().size() == kAtOnce) {
      make_room(in.position() / kAtOnce);
      go_on();
      keep_room();
    }
  }
  put_all();
}

void KeyedTable::Loading::read_slot(const char* key, ByteReader& in) {
  const uint64_t hash = table_->layout_.hash(key);
  char* slot = slot_in(table_->parts_[table_->part_of(hash)].make(key));
  head_of(slot).state = Head::written;
  table_->slots_->init(slot);
  read_.front().push_back({slot, hash});
  table_->slots_->load(slot, in);
  if (table_->numbers_ == Numbers::kept) {
    const uint64_t number = in.read_varint();
    if (number >= UINT32_MAX) {
      throw Error(ErrorCode::corrupt, "cannot load groups: no group has such a number");
    }
    head_of(slot).number = static_cast<uint32_t>(number);
  }
}

void KeyedTable::Loading::read_gone(const char* key) {
  put_all();
  const uint64_t hash = table_->layout_.hash(key);
  KeyMap& part = table_->parts_[table_->part_of(hash)];
  char* cell = part.find(key, hash).cell;
  char* slot = cell != nullptr ? slot_in(cell) : table_->read_back(key, hash);
  if (slot != nullptr) {
    part.detach(key, hash);
    forget(slot, part);
  }
}

// A table that doubles moves all of its places, so it begins with room for the fewest keys that
// there will be: of one key, not many more than two entries are kept (exec/layers.cc).
void KeyedTable::Loading::make_room(size_t bytes_each) {
  constexpr uint64_t kMostOfOneKey = 3;
  const size_t most = table_->space_ == nullptr ? SIZE_MAX : table_->space_->most_while_loading();
  table_->parts_[0].reserve(std::exchange(bytes_, 0) / bytes_each / kMostOfOneKey, most / 4);
}

// Each step asks of memory for all that it has, and the next one finds it there.
void KeyedTable::Loading::go_on() {
  auto& [newest, asked, last] = read_;
  for (const Slot& read : newest) {
    part_of(read).prefetch(read.hash);
  }
  for (const Slot& read : asked) {
    part_of(read).prefetch_key(read.hash);
  }
  for (; put_ < last.size(); ++put_) {
    put(last[put_]);
  }
  last.clear();
  put_ = 0;
  std::rotate(read_.begin(), read_.end() - 1, read_.end());
}

void KeyedTable::Loading::put_all() {
  for (size_t step = 0; step < read_.size(); ++step) {
    go_on();
  }
}

// Slots leave memory by their keys.
void KeyedTable::Loading::keep_room() {
  const SpillSpace* space = table_->space_;
  if (space != nullptr && table_->memory() > space->most_while_loading()) {
    put_all();
    table_->spill(table_->memory() - space->most_while_loading() / 2);
  }
}

// Where the key was written before, what it is now counts.
void KeyedTable::Loading::put(const Slot& read) {
  const bool is_numbered = table_->numbers_ == Numbers::kept;
  if (is_numbered) {
    const size_t number = table_->number_of(read.slot);
    table_->slot_of_.resize(std::max(table_->slot_of_.size(), number + 1));
  }
  if (table_->spilled_ != nullptr) {
    table_->read_back(table_->key_of(read.slot), read.hash);
  }
  KeyMap& part = part_of(read);
  if (char* cell = part.put(cell_of(read.slot), read.hash); cell != nullptr) {
    forget(slot_in(cell), part);
  }
  if (is_numbered) {
    table_->give_number(read.slot, table_->number_of(read.slot));
  }
}

// A slot that is found no more.
void KeyedTable::Loading::forget(char* slot, KeyMap& part) {
  table_->take_number(slot);
  head_of(slot).state = Head::unused;
  table_->slots_->destroy(slot);
  part.give_back(cell_of(slot));
}

}  // namespace millrace::state
