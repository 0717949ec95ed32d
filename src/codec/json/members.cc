#include "codec/json/members.h"

#include <cstring>

namespace millrace::codec {

// Names that are remembered; those of odd producers are searched.
static constexpr size_t kMostKnown = 128;

Members::Members(const std::vector<Field>& fields, TimestampFormat timestamps,
                 FieldWriter::Unwritten unwritten) {
  fields_.reserve(fields.size());
  for (const Field& field : fields) {
    fields_.emplace_back(field, timestamps, unwritten);
  }
}

void Members::begin(size_t capacity) {
  for (FieldWriter& field : fields_) {
    field.begin(capacity);
  }
}

std::optional<FieldWriter*> Members::guess(std::string_view text) {
  for (size_t tried = 0; tried < known_.size(); ++tried) {
    if (guess_ == known_.size()) {
      guess_ = 0;
    }
    const Known& known = known_[guess_++];
    if (known.name.size() < text.size() && text[known.name.size()] == '"' &&
        text.starts_with(known.name)) {
      return known.field;
    }
  }
  return std::nullopt;
}

FieldWriter* Members::find(std::string_view name) {
  for (FieldWriter& field : fields_) {
    if (field.name() == name) {
      return &field;
    }
  }
  return nullptr;
}

void Members::remember(std::string_view name, FieldWriter* field) {
  if (known_.size() < kMostKnown) {
    known_.push_back({std::string(name), field});
    guess_ = known_.size();
  }
}

}  // namespace millrace::codec
