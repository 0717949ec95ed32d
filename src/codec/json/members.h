#pragma once

// The members of a JSON object that are read: the record's own fields, or those of a ROW in it.
// Objects of one producer name their members in one order, so where a name was found is the first
// guess for it in the next object.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/json/field_writer.h"

namespace millrace::codec {

class Members {
 public:
  Members(const std::vector<Field>& fields, TimestampFormat timestamps,
          FieldWriter::Unwritten unwritten);

  std::vector<FieldWriter>& fields() { return fields_; }
  const std::vector<FieldWriter>& fields() const { return fields_; }
  void begin(size_t capacity);

  // An object begins.
  void start_over() { guess_ = 0; }
  // Its next member, whose name stands at the front of `text` with the quote behind it: where it
  // goes, or null for one that nobody reads. Nothing where the name was not met before.
  std::optional<FieldWriter*> guess(std::string_view text);
  // The same for a name, without escapes.
  FieldWriter* find(std::string_view name);
  void remember(std::string_view name, FieldWriter* field);

 private:
  struct Known {
    std::string name;  // as between the quotes
    FieldWriter* field;
  };

  std::vector<FieldWriter> fields_;  // as many as it will ever have: others point to them
  std::vector<Known> known_;
  size_t guess_ = 0;
};

}  // namespace millrace::codec
