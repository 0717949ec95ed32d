#include "codec/json/rows_writer.h"

namespace millrace::codec {

static constexpr size_t kMostRows = size_t{1} << 20;  // of a batch: records may be arrays of rows

void RowsWriter::begin(size_t capacity) {
  capacity_ = capacity;
  row_ = 0;
  members_.begin(capacity);
}

bool RowsWriter::make_room() {
  if (row_ < capacity_) {
    return true;
  }
  if (row_ >= kMostRows) {
    return false;
  }
  capacity_ = capacity_ * 2 + 16;
  for (FieldWriter& field : members_.fields()) {
    field.grow(capacity_);
  }
  return true;
}

std::optional<std::string> RowsWriter::finish_row() {
  for (FieldWriter& field : members_.fields()) {
    if (fail_on_missing_field_) {
      const FieldWriter* missing = field.has(row_) ? field.missing_member(row_) : &field;
      if (missing != nullptr) {
        return "field '" + missing->name() + "' is missing";
      }
    } else if (!field.has(row_)) {
      field.write_null(row_);
    }
  }
  ++row_;
  return std::nullopt;
}

void RowsWriter::give_up_from(size_t row) {
  row_ = row;
  for (FieldWriter& field : members_.fields()) {
    field.rewind(row);
  }
}

std::vector<Column> RowsWriter::finish(const std::shared_ptr<const void>& owner) {
  std::vector<Column> columns;
  for (FieldWriter& field : members_.fields()) {
    columns.push_back(field.finish(row_, owner));
  }
  return columns;
}

}  // namespace millrace::codec
