#pragma once

// One column under construction: takes JSON scalars and coerces them to the column's type.

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "codec/json/options.h"
#include "codec/json/time_text.h"
#include "column/builder.h"
#include "column/column.h"
#include "column/type.h"

namespace millrace::codec {

struct JsonScalar {
  enum class Kind : uint8_t { string, number, true_, false_, nested };
  Kind kind;
  // Of a string what it stands for, escapes resolved; of others what is written.
  std::string_view text;
  bool lasting;  // whether the bytes live as long as the record
};

class FieldWriter {
 public:
  // Throws Error(unsupported) for types that JSON fields are not read into.
  FieldWriter(const Field& field, TimestampFormat timestamps);

  const std::string& name() const { return field_.name; }
  const Type& type() const { return field_.type; }

  // A new batch of rows, with room for `capacity` of them.
  void begin(size_t capacity);
  void grow(size_t capacity);

  // False where the value cannot be one of the column's type; the row's value is then undefined.
  bool write(size_t row, const JsonScalar& scalar);
  void write_null(size_t row);
  // Into a DOUBLE column.
  void write_double(size_t row, double value) { put(row, value); }
  // Whether the row was written since the batch began or the row was given up.
  bool has(size_t row) const { return rows_ > row; }
  // Forgets rows from `row` on.
  void rewind(size_t row) { rows_ = std::min(rows_, row); }

  // Rows [0, rows) as a column. Borrowed strings are kept alive by `owner`.
  Column finish(size_t rows, const std::shared_ptr<const void>& owner);

 private:
  template <typename T>
  bool put(size_t row, T value) {
    std::memcpy(values_.get() + row * sizeof(T), &value, sizeof(T));
    if (validity_) {
      validity_->set_valid(row);
    }
    rows_ = row + 1;
    return true;
  }
  template <typename T>
  bool put_integer(size_t row, const JsonScalar& scalar);
  bool put_text(size_t row, const JsonScalar& scalar);
  bool put_boolean(size_t row, const JsonScalar& scalar);
  bool put_double(size_t row, const JsonScalar& scalar);
  bool put_decimal(size_t row, const JsonScalar& scalar);
  bool put_moment(size_t row, const JsonScalar& scalar);

  Field field_;
  size_t width_;
  int64_t unit_;
  char separator_;  // between date and time
  TimeText times_;
  size_t capacity_ = 0;
  size_t rows_ = 0;  // behind the last row written
  std::shared_ptr<char[]> values_;
  std::shared_ptr<Validity> validity_;
  std::shared_ptr<StringArena> arena_;
  bool borrowed_ = false;
};

}  // namespace millrace::codec
