#pragma once

// One column under construction: takes JSON scalars and coerces them to the column's type, or has
// the columns of its members under it where the type is nested.

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

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

class Members;

class FieldWriter {
 public:
  // What a row is that nobody wrote: the caller's to fill, or NULL as in the members of a ROW.
  enum class Unwritten : uint8_t { undefined, null };

  // Throws Error(unsupported) for types that JSON fields are not read into.
  FieldWriter(const Field& field, TimestampFormat timestamps,
              Unwritten unwritten = Unwritten::undefined);
  FieldWriter(FieldWriter&&) noexcept;
  ~FieldWriter();

  const std::string& name() const { return field_.name; }
  const Type& type() const { return field_.type; }

  // A new batch of rows, with room for `capacity` of them.
  void begin(size_t capacity);
  void grow(size_t capacity);
  // Room for this row, where the rows of the batch are not known beforehand: elements of arrays.
  void make_room(size_t row);

  // False where the value cannot be one of the column's type; the row's value is then undefined.
  bool write(size_t row, const JsonScalar& scalar);
  void write_null(size_t row) {
    // Where unwritten rows are NULL, this one is.
    if (unwritten_ == Unwritten::null && rows_ <= row && !members_) {
      rows_ = row + 1;
    } else {
      write_null_over(row);
    }
  }
  // Into a column of whole numbers, INT or BIGINT. False where it does not fit.
  bool write_integer(size_t row, int64_t value) {
    if (width_ == sizeof(int64_t)) {
      return put(row, value);
    }
    const auto narrow = static_cast<int32_t>(value);
    return narrow == value && put(row, narrow);
  }
  // Text whose bytes live as long as the record, into a CHAR or VARCHAR column.
  void write_text(size_t row, std::string_view text) {
    borrowed_ = borrowed_ || text.size() > StringRef::kInline;
    put(row, StringRef(text));
  }
  // Into a TIMESTAMP or TIMESTAMP_LTZ column. False where it is no such text.
  bool write_timestamp(size_t row, std::string_view text) {
    const auto zone =
        type().kind == TypeKind::timestamp_ltz ? TimeText::Zone::utc : TimeText::Zone::none;
    int64_t moment;
    return times_.timestamp(text, separator_, zone, unit_, moment) && put(row, moment);
  }
  // Into a DOUBLE column.
  void write_double(size_t row, double value) { put(row, value); }
  // Whether the row was written since the batch began or the row was given up.
  bool has(size_t row) const { return rows_ > row; }
  // Forgets rows from `row` on.
  void rewind(size_t row) {
    if (rows_ > row) {
      forget(row);
    }
  }

  // Of a nested type: fields of a ROW, the element of an ARRAY, key and value of a MAP, element and
  // count of a MULTISET.
  Members& members() { return *members_; }
  bool is_row() const { return type().kind == TypeKind::row; }
  bool is_list() const { return members_ != nullptr && !is_row(); }
  // The row is there, whatever its members; those that it had are forgotten.
  void open_row(size_t row);
  // The elements of this row follow: the first one's row in the members.
  size_t open_list(size_t row);
  // They ended before row `end` of the members.
  void close_list(size_t end);
  // A field that a ROW, or a ROW in it, should have at this row.
  const FieldWriter* missing_member(size_t row) const;

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
  bool put_bytes(size_t row, const JsonScalar& scalar);
  void write_null_over(size_t row);
  void forget(size_t row);
  void forget_members(size_t row);
  void pad_offsets(size_t rows);
  Column finish_nested(size_t rows, const std::shared_ptr<const void>& owner);

  Field field_;
  Unwritten unwritten_;
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
  std::unique_ptr<Members> members_;  // of nested types
  std::shared_ptr<std::vector<uint32_t>>
      offsets_;  // of lists: of the rows before rows_, and theirs
};

}  // namespace millrace::codec
