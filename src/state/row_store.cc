#include "state/row_store.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"
#include "base/error.h"
#include "column/physical.h"
#include "state/nested_bytes.h"

namespace millrace::state {

RowStore::RowStore(std::vector<Type> types, size_t header_bytes)
    : layout_(std::move(types)),
      header_(header_bytes),
      stride_((header_bytes + layout_.width() + 3) / 4 * 4) {}

void RowStore::make_room(uint32_t number) {
  while (blocks_.size() * kRowsPerBlock <= number) {
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(kRowsPerBlock * stride_));
  }
}

void RowStore::own_texts(char* row) {
  for (const size_t column : layout_.texts()) {
    const StringRef text = texts_.copy(layout_.value<StringRef>(row, column).view());
    std::memcpy(row + layout_.at(column), &text, sizeof(text));
  }
}

void RowStore::release_texts(const char* row) {
  for (const size_t column : layout_.texts()) {
    texts_.release(layout_.value<StringRef>(row, column));
  }
}

RowRef RowStore::add(const char* row) {
  RowRef added{next_};
  if (!free_.empty()) {
    added.number = free_.back();
    free_.pop_back();
  } else {
    check(next_ < UINT32_MAX - 1, "a table holds less than four billion rows");
    make_room(next_++);
  }
  ++size_;
  char* to = place(added);
  std::memset(to, 0, header_);
  std::copy_n(row, layout_.width(), to + header_);
  own_texts(to + header_);
  return added;
}

void RowStore::replace(RowRef old, const char* row) {
  char* to = place(old) + header_;
  release_texts(to);
  std::copy_n(row, layout_.width(), to);
  own_texts(to);
}

void RowStore::remove(RowRef row) {
  release_texts(place(row) + header_);
  free_.push_back(row.number);
  --size_;
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
    __builtin_prefetch(places.back());
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

void RowStore::save(ByteWriter& out) const {
  const std::string description = describe();
  out.write_varint(description.size());
  out.write_bytes(description);
  out.write_varint(size_);
  uint32_t expected = 0;
  for_each([&](RowRef ref) {
    out.write_varint(ref.number - expected);
    expected = ref.number + 1;
    out.write_bytes({header(ref), header_});
    save_row(row(ref), out);
  });
}

void RowStore::load(ByteReader& in) {
  check(next_ == 0, "a table is loaded before it is used");
  const std::string_view saved = in.take(in.read_varint());
  if (saved != describe()) {
    throw Error(ErrorCode::corrupt,
                "cannot load rows: expected " + describe() + ", found " + std::string(saved));
  }
  for (uint64_t left = in.read_varint(); left > 0; --left) {
    const uint64_t skipped = in.read_varint();
    if (skipped >= UINT32_MAX - 1 - next_) {
      throw Error(ErrorCode::corrupt, "cannot load rows: a row's number is too large");
    }
    for (uint64_t i = 0; i < skipped; ++i) {
      free_.push_back(next_++);
    }
    make_room(next_);
    char* to = place({next_++});
    std::memcpy(to, in.take(header_).data(), header_);
    load_row(to + header_, in);
    ++size_;
  }
  make_room(next_);
}

}  // namespace millrace::state
