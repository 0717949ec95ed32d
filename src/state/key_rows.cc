#include "state/key_rows.h"

#include "base/error.h"
#include "column/builder.h"
#include "column/nested_bytes.h"
#include "column/physical.h"

namespace millrace::state {

// As what a value lies in a row.
static Physical kept_as(const Type& type) {
  return type.physical() == Physical::nested ? Physical::string : type.physical();
}

KeyLayout::KeyLayout(std::vector<Type> types) : types_(std::move(types)) {
  if (types_.size() > 64) {
    throw Error(ErrorCode::unsupported, "cannot group by more than 64 columns");
  }
  width_ = sizeof(uint64_t);
  runs_.push_back({0, width_});
  for (const Type& type : types_) {
    const size_t width = (width_of(kept_as(type)) + 7) / 8 * 8;
    at_.push_back(width_);
    kept_as_.push_back(kept_as(type));
    widths_.push_back(width_of(kept_as_.back()));
    if (kept_as_.back() == Physical::string) {
      strings_.push_back(width_);
    } else if (runs_.back().begin + runs_.back().size == width_) {
      runs_.back().size += width;
    } else {
      runs_.push_back({width_, width});
    }
    width_ += width;
  }
}

static const StringRef& string_at(const char* row, size_t at) {
  return *reinterpret_cast<const StringRef*>(row + at);
}

static uint64_t load_word(const char* at) {
  uint64_t word;
  std::memcpy(&word, at, sizeof(word));
  return word;
}

// Runs are short, and whole words.
static bool equal_words(const char* a, const char* b, size_t size) {
  for (size_t at = 0; at < size; at += sizeof(uint64_t)) {
    if (load_word(a + at) != load_word(b + at)) {
      return false;
    }
  }
  return true;
}

bool KeyLayout::equal(const char* a, const char* b) const {
  for (const Run& run : runs_) {
    if (!equal_words(a + run.begin, b + run.begin, run.size)) {
      return false;
    }
  }
  for (const size_t at : strings_) {
    if (!(string_at(a, at) == string_at(b, at))) {
      return false;
    }
  }
  return true;
}

template <typename T>
static uint64_t hash_of(const T& value) {
  if constexpr (std::is_same_v<T, StringRef>) {
    return value.hash();
  } else {
    uint64_t words[2] = {0, 0};
    std::memcpy(words, &value, sizeof(T));
    return mix(words[0], words[1]);
  }
}

// Of a NULL, whatever its type.
static constexpr uint64_t kNullHash = ~uint64_t{0};

uint64_t KeyLayout::hash(const char* row) const {
  uint64_t nulls;
  std::memcpy(&nulls, row, sizeof(nulls));
  uint64_t hash = 0;
  for (size_t number = 0; number < types_.size(); ++number) {
    const bool is_null = ((nulls >> number) & 1) != 0;
    hash = mix(hash, is_null ? kNullHash : with_physical(kept_as_[number], [&](auto value) {
                 std::memcpy(&value, row + at_[number], sizeof(value));
                 return hash_of(value);
               }));
  }
  return hash;
}

void KeyLayout::save(const char* row, ByteWriter& out) const {
  out.write_bytes({row, sizeof(uint64_t)});
  for (size_t number = 0; number < types_.size(); ++number) {
    const char* value = row + at_[number];
    if (kept_as_[number] == Physical::string) {
      const StringRef& text = string_at(row, at_[number]);
      out.write_varint(text.size());
      out.write_bytes(text.view());
    } else {
      out.write_bytes({value, widths_[number]});
    }
  }
}

void KeyLayout::load(char* row, ByteReader& in) const {
  std::memcpy(row, in.take(sizeof(uint64_t)).data(), sizeof(uint64_t));
  for (size_t number = 0; number < types_.size(); ++number) {
    char* value = row + at_[number];
    if (kept_as_[number] == Physical::string) {
      const StringRef text(in.take(in.read_varint()));
      std::memcpy(value, &text, sizeof(text));
    } else {
      std::memcpy(value, in.take(widths_[number]).data(), widths_[number]);
    }
  }
}

static Column nested_column(const Type& type, size_t at, std::span<char* const> rows) {
  std::vector<StringRef> values(rows.size());  // a NULL is an empty one
  std::vector<std::string_view> views;
  for (size_t i = 0; i < rows.size(); ++i) {
    values[i] = string_at(rows[i], at);
    views.push_back(values[i].view());
  }
  return read_nested(type, views);
}

std::vector<Column> KeyLayout::columns(std::span<char* const> rows,
                                       const std::shared_ptr<const void>& strings) const {
  std::vector<Column> columns;
  for (size_t number = 0; number < types_.size(); ++number) {
    const Type& type = types_[number];
    if (type.physical() == Physical::nested) {
      columns.push_back(nested_column(type, at_[number], rows));
      continue;
    }
    columns.push_back(with_physical(type.physical(), [&](auto zero) {
      using T = decltype(zero);
      FlatBuffer<T> values(rows.size());
      for (size_t i = 0; i < rows.size(); ++i) {
        uint64_t nulls;
        std::memcpy(&nulls, rows[i], sizeof(nulls));
        std::memcpy(&values[i], rows[i] + at_[number], sizeof(T));
        if (((nulls >> number) & 1) != 0) {
          values.set_null(i);
        }
      }
      return values.finish(type, {strings});
    }));
  }
  return columns;
}

std::string KeyLayout::describe() const {
  std::string text;
  for (const Type& type : types_) {
    text += " " + type.as_nullable().to_string();
  }
  return text;
}

template <typename T>
void KeyRows::read_column(const Column& column, size_t number, const Rows& rows) {
  const View<T> view(column);
  const size_t width = layout_->width();
  char* row = bytes_.data();
  const size_t at = layout_->at(number);
  size_t i = 0;
  for_each(rows, [&](uint32_t physical) {
    uint64_t hash = kNullHash;
    if (view.is_null(physical)) [[unlikely]] {
      uint64_t nulls;
      std::memcpy(&nulls, row, sizeof(nulls));
      nulls |= uint64_t{1} << number;
      std::memcpy(row, &nulls, sizeof(nulls));
    } else {
      const T& value = view[physical];
      std::memcpy(row + at, &value, sizeof(T));
      hash = hash_of(value);
    }
    hashes_[i] = mix(hashes_[i], hash);
    ++i;
    row += width;
  });
}

// The bytes of each value are its string, but a NULL is one of the key.
void KeyRows::read_nested(const Column& column, size_t number, const Rows& rows) {
  FlatBuffer<StringRef> texts(column.size());
  for_each(rows, [&](uint32_t physical) {
    if (column.is_null(physical)) {
      texts.set_null(physical);
    } else {
      ByteWriter value;
      write_nested(column, physical, value);
      texts[physical] = nested_.copy(value.bytes());
    }
  });
  read_column<StringRef>(texts.finish(Type::string(), {}), number, rows);
}

void KeyRows::read(std::span<const Column> columns, const Rows& rows) {
  bytes_.assign(rows.size() * layout_->width(), 0);
  hashes_.assign(rows.size(), 0);
  nested_ = StringArena();
  for (size_t number = 0; number < columns.size(); ++number) {
    if (columns[number].type().physical() == Physical::nested) {
      read_nested(columns[number], number, rows);
      continue;
    }
    with_physical(columns[number].type().physical(),
                  [&](auto zero) { read_column<decltype(zero)>(columns[number], number, rows); });
  }
}

}  // namespace millrace::state
