#include "state/row_store.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"
#include "base/error.h"
#include "base/prefetch.h"
#include "column/nested_bytes.h"
#include "column/physical.h"

namespace millrace::state {

RowStore::RowStore(std::vector<Type> types, size_t header_bytes)
    : layout_(std::move(types)),
      header_(header_bytes),
      stride_((header_bytes + layout_.width() + 3) / 4 * 4) {}

void RowStore::make_room(uint32_t number) {
  while (blocks_.size() * kRowsPerBlock <= number) {
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(kRowsPerBlock * stride_));
    flags_.resize(blocks_.size() * kRowsPerBlock);
    if (spilled_ != nullptr) {
      spilled_->add(blocks_.size() - 1);
    }
  }
}

void RowStore::own_texts(char* row) {
  for (const size_t column : layout_.texts()) {
    const StringRef text = texts_.copy(layout_.value<StringRef>(row, column).view());
    std::memcpy(row + layout_.at(column), &text, sizeof(text));
  }
}

void RowStore::release_texts(const char* row) const {
  for (const size_t column : layout_.texts()) {
    texts_.release(layout_.value<StringRef>(row, column));
  }
}

RowRef RowStore::add(const char* row) {
  RowRef added{next_};
  if (!free_.empty()) {
    added.number = free_.take_smallest();
  } else {
    check(next_ < UINT32_MAX - 1, "a table holds less than four billion rows");
    make_room(next_++);
  }
  ++size_;
  char* to = place(added);  // ahead of the flags: they say what is in a block that is read back
  flags_[added.number] = static_cast<uint8_t>((flags_[added.number] & kChanged) | kUsed);
  note(added.number, kRowChanged);
  std::memset(to, 0, header_);
  std::copy_n(row, layout_.width(), to + header_);
  own_texts(to + header_);
  return added;
}

void RowStore::replace(RowRef old, const char* row) {
  note(old.number, kRowChanged);
  char* to = place(old) + header_;
  release_texts(to);
  std::copy_n(row, layout_.width(), to);
  own_texts(to);
}

void RowStore::remove(RowRef row) {
  release_texts(place(row) + header_);
  note(row.number, kRowChanged);
  flags_[row.number] = static_cast<uint8_t>(flags_[row.number] & kChanged);
  free_.add(row.number);
  --size_;
}

void RowStore::remove_all() {
  for_each([&](RowRef row) {
    if (blocks_[row.number / kRowsPerBlock] != nullptr) {
      release_texts(place(row) + header_);
    }
    note(row.number, kRowChanged);
    flags_[row.number] = static_cast<uint8_t>(flags_[row.number] & kChanged);
    free_.add(row.number);
  });
  size_ = 0;
  if (spilled_ != nullptr) {
    spilled_->forget_all();
  }
}

void RowStore::set_marked(RowRef row, bool marked) {
  if (is_marked(row) != marked) {
    note(row.number, kHeaderChanged);
    flags_[row.number] ^= kMarked;
  }
}

// --- Columns ---

namespace {

using Places = std::vector<const char*>;  // of rows; null for no row

template <typename T>
Column gather_values(const RowLayout& layout, size_t column, const Places& rows,
                     const std::shared_ptr<StringArena>& texts) {
  FlatBuffer<T> values(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] == nullptr || RowLayout::is_null(rows[i], column)) {
      values.set_null(i);
    } else if constexpr (std::is_same_v<T, StringRef>) {
      values[i] = texts->copy(layout.value<StringRef>(rows[i], column).view());
    } else {
      values[i] = layout.value<T>(rows[i], column);
    }
  }
  Owners owners;
  if constexpr (std::is_same_v<T, StringRef>) {
    owners.push_back(texts);
  }
  return values.finish(layout.types()[column], std::move(owners));
}

Column gather_nested(const RowLayout& layout, size_t column, const Places& rows) {
  std::vector<StringRef> values(rows.size());
  std::vector<std::string_view> views;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] != nullptr && !RowLayout::is_null(rows[i], column)) {
      values[i] = layout.value<StringRef>(rows[i], column);
    }
    views.push_back(values[i].view());
  }
  return read_nested(layout.types()[column], views);
}

}  // namespace

std::vector<Column> RowStore::gather(std::span<const RowRef> rows,
                                     std::span<const size_t> columns) const {
  Places places;
  places.reserve(rows.size());
  for (const RowRef ref : rows) {
    places.push_back(ref.is_row() ? row(ref) : nullptr);
    prefetch_line(places.back());
  }
  const auto texts = std::make_shared<StringArena>();
  std::vector<Column> gathered;
  for (const size_t column : columns) {
    const Physical physical = layout_.types()[column].physical();
    gathered.push_back(physical == Physical::nested
                           ? gather_nested(layout_, column, places)
                           : with_physical(physical, [&](auto zero) {
                               return gather_values<decltype(zero)>(layout_, column, places, texts);
                             }));
  }
  return gathered;
}

std::vector<Column> RowStore::gather(std::span<const RowRef> rows) const {
  std::vector<size_t> all(layout_.columns());
  std::iota(all.begin(), all.end(), size_t{0});
  return gather(rows, all);
}

// --- Checkpoints ---

std::string RowStore::describe() const {
  std::string text = "header " + std::to_string(header_) + "; columns";
  for (const Type& type : layout_.types()) {
    text += " " + type.as_nullable().to_string();
  }
  return text;
}

void RowStore::save_row(const char* row, ByteWriter& out) const {
  out.write_bytes({row, layout_.null_bytes()});
  for (size_t column = 0; column < layout_.columns(); ++column) {
    if (RowLayout::is_null(row, column)) {
      continue;
    }
    if (layout_.is_text(column)) {
      const auto text = layout_.value<StringRef>(row, column);
      out.write_varint(text.size());
      out.write_bytes(text.view());
    } else {
      out.write_bytes({row + layout_.at(column), layout_.width_of(column)});
    }
  }
}

void RowStore::load_row(char* row, ByteReader& in) {
  std::memset(row, 0, layout_.width());
  std::memcpy(row, in.take(layout_.null_bytes()).data(), layout_.null_bytes());
  for (size_t column = 0; column < layout_.columns(); ++column) {
    if (RowLayout::is_null(row, column)) {
      continue;
    }
    char* value = row + layout_.at(column);
    if (layout_.is_text(column)) {
      const StringRef text = texts_.copy(in.take(in.read_varint()));
      std::memcpy(value, &text, sizeof(text));
    } else {
      const size_t width = layout_.width_of(column);
      std::memcpy(value, in.take(width).data(), width);
    }
  }
}

namespace {

// What an entry says of its number, in its lowest bits; the owner's mark above.
enum : uint8_t { kEntryRow = 0, kEntryHeader = 1, kEntryGone = 2, kEntryMarked = 4 };
constexpr int kEntryBits = 3;

}  // namespace

void RowStore::save_entry(uint32_t number, uint8_t change, ByteWriter& out) const {
  const uint8_t flags = flags_[number];
  uint8_t what = (flags & kUsed) == 0          ? kEntryGone
                 : (change & kRowChanged) != 0 ? kEntryRow
                                               : kEntryHeader;
  what |= (flags & kMarked) != 0 ? kEntryMarked : 0;
  out.write_varint(uint64_t{number} << kEntryBits | what);
  if ((what & kEntryGone) != 0) {
    return;
  }
  out.write_bytes({header(RowRef{number}), header_});
  if ((what & kEntryHeader) == 0) {
    save_row(row(RowRef{number}), out);
  }
}

void RowStore::save(ByteWriter& out) const {
  save_description(out);
  save_entries(out);
}

void RowStore::save_entries(ByteWriter& out) const {
  for_each([&](RowRef row) { save_entry(row.number, kRowChanged, out); });
}

void RowStore::begin_tracking() {
  end_tracking();
  tracking_ = true;
  sweep_at_ = 0;
  if (spilled_ != nullptr) {  // what changed until now was not noted
    spilled_->all_changed();
  }
}

void RowStore::end_tracking() {
  tracking_ = false;
  for (const uint32_t number : changed_) {
    flags_[number] = static_cast<uint8_t>(flags_[number] & ~kChanged);
  }
  changed_.clear();
}

void RowStore::note_all() {
  for_each([&](RowRef row) { note(row.number, kRowChanged); });
}

void RowStore::save_changes(Entries& entries) {
  for (const uint32_t number : changed_) {
    save_entry(number, flags_[number], entries.out());
    entries.end_entry();
    flags_[number] = static_cast<uint8_t>(flags_[number] & ~kChanged);
    if (spilled_ != nullptr) {
      spilled_->changed(number / kRowsPerBlock);
    }
  }
  changed_.clear();
}

RowStore::Around RowStore::sweep(size_t bytes, ByteWriter& out) {
  const size_t until = out.size() + bytes;
  if (sweep_at_ == 0) {
    sweep_until_ = next_;
  }
  for (; sweep_at_ < sweep_until_; ++sweep_at_) {
    if (out.size() >= until) {
      return Around::no;
    }
    if ((flags_[sweep_at_] & kUsed) != 0) {
      save_entry(sweep_at_, kRowChanged, out);
    }
  }
  sweep_at_ = 0;
  return Around::yes;
}

void RowStore::load_entries(ByteReader& in) {
  while (!in.empty()) {
    const uint64_t entry = in.read_varint();
    const uint64_t number = entry >> kEntryBits;
    if (number >= UINT32_MAX - 1) {
      throw Error(ErrorCode::corrupt, "cannot load rows: a row's number is too large");
    }
    next_ = std::max(next_, static_cast<uint32_t>(number + 1));
    make_room(next_);
    load_entry(static_cast<uint32_t>(number), entry & ((1U << kEntryBits) - 1), in);
    keep_room();
  }
}

// Where a row was not written yet that is gone or whose header changed, it is written behind.
void RowStore::load_entry(uint32_t number, uint8_t what, ByteReader& in) {
  char* to = place({number});
  if (spilled_ != nullptr) {
    spilled_->changed(number / kRowsPerBlock);
  }
  const bool used = (flags_[number] & kUsed) != 0;
  if ((what & kEntryGone) != 0) {
    if (used) {
      release_texts(to + header_);
    }
    flags_[number] = 0;
    return;
  }
  std::copy_n(in.take(header_).data(), header_, to);
  flags_[number] = static_cast<uint8_t>((flags_[number] & ~kMarked) |
                                        ((what & kEntryMarked) != 0 ? kMarked : 0));
  if ((what & kEntryHeader) == 0) {
    if (used) {
      release_texts(to + header_);
    }
    load_row(to + header_, in);
    flags_[number] |= kUsed;
  }
}

void RowStore::loaded() {
  for (uint32_t number = 0; number < next_; ++number) {
    if ((flags_[number] & kUsed) != 0) {
      ++size_;
    } else {
      flags_[number] = 0;
      free_.add(number);
    }
  }
}

void save_without_rows(ByteWriter& out) { out.write_varint(0); }

void load_rows_within(RowStore& rows, ByteReader& in) {
  ByteReader within(in.take(in.read_varint()));
  if (!within.empty()) {
    rows.load(within);
    rows.note_all();
  }
}

// --- Rows that leave memory ---

// A row as it lies in memory, then the bytes of its texts that do not lie in it.
void RowStore::pack(size_t block, ByteWriter& out) const {
  const auto first = static_cast<uint32_t>(block * kRowsPerBlock);
  for (uint32_t number = first; number < first + kRowsPerBlock; ++number) {
    if ((flags_[number] & kUsed) == 0) {
      continue;
    }
    const char* at = place({number});
    out.write_bytes({at, stride_});
    for (const size_t column : layout_.texts()) {
      if (const auto text = layout_.value<StringRef>(at + header_, column); !text.is_inline()) {
        out.write_bytes(text.view());
      }
    }
  }
}

char* RowStore::read_back(size_t block) const {
  blocks_[block] = std::make_unique_for_overwrite<char[]>(kRowsPerBlock * stride_);
  char* to = blocks_[block].get();
  ByteReader in(spilled_->read_back(block));
  const size_t first = block * kRowsPerBlock;
  for (size_t i = 0; i < kRowsPerBlock; ++i, to += stride_) {
    if ((flags_[first + i] & kUsed) == 0) {
      continue;
    }
    std::memcpy(to, in.take(stride_).data(), stride_);
    for (const size_t column : layout_.texts()) {
      if (const auto text = layout_.value<StringRef>(to + header_, column); !text.is_inline()) {
        const StringRef copy = texts_.copy(in.take(text.size()));
        std::memcpy(to + header_ + layout_.at(column), &copy, sizeof(copy));
      }
    }
  }
  check(in.empty(), "a block is read back as it was written");
  return blocks_[block].get();
}

bool RowStore::has_changed(size_t block) const {
  const auto first = flags_.begin() + static_cast<ptrdiff_t>(block * kRowsPerBlock);
  return std::any_of(first, first + kRowsPerBlock,
                     [](uint8_t flags) { return (flags & kChanged) != 0; });
}

void RowStore::let_go(size_t block) const {
  if (spilled_->is_to_be_written(block) || has_changed(block)) {
    ByteWriter out;
    pack(block, out);
    spilled_->write(block, out.bytes());
  }
  const auto first = static_cast<uint32_t>(block * kRowsPerBlock);
  for (uint32_t number = first; number < first + kRowsPerBlock; ++number) {
    if ((flags_[number] & kUsed) != 0) {
      release_texts(place({number}) + header_);
    }
  }
  blocks_[block].reset();
}

void RowStore::spill(size_t bytes) {
  if (space_ == nullptr || blocks_.empty()) {
    return;
  }
  check(changed_.empty(), "what has changed is written before it leaves memory");
  if (spilled_ == nullptr) {
    spilled_ = std::make_unique<SpilledBlocks>(space_, blocks_.size());
  }
  let_bytes_go(bytes);
}

void RowStore::let_bytes_go(size_t bytes) const {
  const size_t before = memory();
  while (spilled_->in_memory() > 0 && before - memory() < bytes) {
    let_go(spilled_->take_first());
  }
  spilled_->drop_garbage();
}

void RowStore::keep_room() {
  if (space_ != nullptr && memory() > space_->most_while_loading()) {
    spill(memory() - space_->most_while_loading() / 2);
  }
}

// Not before there is more than all state may have: what was read is likely to be asked for again.
// Where changes are not noted they would be lost with it.
void RowStore::keep_read_room() const {
  const size_t most = space_->most_memory();
  if (tracking_ && memory() > most) {
    let_bytes_go(memory() - (most - most / 8));
  }
}

}  // namespace millrace::state
