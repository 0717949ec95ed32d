#pragma once

// Rows under construction: the fields that are read, and the row that is being written.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "codec/json/members.h"
#include "codec/json/options.h"
#include "column/column.h"

namespace millrace::codec {

class RowsWriter {
 public:
  RowsWriter(const Schema& schema, const JsonOptions& options)
      : members_(schema.fields, options.timestamps, FieldWriter::Unwritten::undefined),
        fail_on_missing_field_(options.fail_on_missing_field) {}

  // New columns, with room for `capacity` rows.
  void begin(size_t capacity);
  // Room for one more, whatever begin() was told. False where it would be one too many.
  bool make_room();
  bool has_room() const { return row_ < capacity_; }

  Members& members() { return members_; }
  size_t row() const { return row_; }  // that is being written; as many are whole

  // The row is whole. What the record does not have is NULL, or the answer says what is missing.
  std::optional<std::string> finish_row();
  // The same for a row that nothing is missing in; false where something may be.
  bool finish_whole_row() {
    for (const FieldWriter& field : members_.fields()) {
      if (!field.has(row_)) {
        return false;
      }
    }
    row_ += fail_on_missing_field_ ? 0 : 1;
    return !fail_on_missing_field_;
  }
  // Forgets rows from `row` on, and what was written of the next.
  void give_up_from(size_t row);

  // Strings are borrowed from the records, which `owner` keeps alive.
  std::vector<Column> finish(const std::shared_ptr<const void>& owner);

 private:
  Members members_;
  bool fail_on_missing_field_;
  size_t row_ = 0;
  size_t capacity_ = 0;
};

}  // namespace millrace::codec
