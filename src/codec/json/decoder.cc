#include "codec/json/decoder.h"

#include <simdjson.h>

#include <algorithm>

#include "codec/json/field_writer.h"
#include "codec/json/number_text.h"
#include "codec/json/record_shape.h"

namespace millrace::codec {

namespace ondemand = simdjson::ondemand;
using simdjson::SUCCESS;

static_assert(simdjson::SIMDJSON_PADDING <= kPadding);

namespace {

constexpr int kIgnored = -1;
// Fields of one record remembered as a guess for the next; those of odd producers are searched.
constexpr size_t kMostKnown = 128;
constexpr size_t kMostRowsPerRecord = 1 << 20;
constexpr size_t kShown = 60;  // bytes of a bad value, in a reason

class JsonDecoder final : public Decoder {
 public:
  JsonDecoder(const Schema& schema, const JsonOptions& options);

  Decoded decode(std::span<const std::string_view> records,
                 const std::shared_ptr<const void>& owner) override;

 private:
  // Whether the record (or array element, field) is good; failed() is false and keeps the reason.
  bool failed(std::string reason) {
    reason_ = std::move(reason);
    return false;
  }
  bool failed(simdjson::error_code error) {
    return failed(std::string("JSON: ") + simdjson::error_message(error));
  }

  bool no_value(std::string_view token) {
    return failed("JSON: '" + std::string(token.substr(0, kShown)) + "' is no value");
  }

  bool read_like_others(std::string_view record);
  bool read_record(std::string_view record);
  bool read_rows(ondemand::array rows);
  bool read_row(ondemand::object row);
  bool read_field(ondemand::field field);
  bool read_value(FieldWriter& writer, ondemand::value value);
  bool finish_row();
  void give_up_from(size_t row);
  bool refuse(FieldWriter& writer, std::string_view text);

  int column_of(ondemand::field& field, bool& good);
  int search(std::string_view name) const;

  bool read_scalar(ondemand::value& value, JsonScalar& scalar, bool& is_null);
  bool resolve_escapes(ondemand::value& value, JsonScalar& scalar);
  bool check_value(ondemand::value value);

  JsonOptions options_;
  ondemand::parser parser_;
  std::vector<FieldWriter> fields_;
  struct Known {
    std::string name;  // as between the quotes
    int column;
  };
  std::vector<Known> known_;
  size_t guess_ = 0;
  RecordShape shape_;

  std::string_view record_;
  size_t row_ = 0;
  size_t capacity_ = 0;
  std::string reason_;
  std::string scratch_;
};

JsonDecoder::JsonDecoder(const Schema& schema, const JsonOptions& options) : options_(options) {
  for (const Field& field : schema.fields) {
    fields_.emplace_back(field, options.timestamps);
  }
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

Decoded JsonDecoder::decode(std::span<const std::string_view> records,
                            const std::shared_ptr<const void>& owner) {
  Decoded decoded;
  capacity_ = records.size();
  row_ = 0;
  for (FieldWriter& field : fields_) {
    field.begin(capacity_);
  }
  bool one_each = true;
  for (uint32_t number = 0; number < records.size(); ++number) {
    const size_t before = row_;
    if (!is_blank(records[number].substr(0, 1)) || !is_blank(records[number])) {
      if (!read_like_others(records[number]) && !read_record(records[number])) {
        give_up_from(before);
        decoded.rejects.push_back({number, std::move(reason_)});
      }
    }
    if (one_each && row_ != before + 1) {
      one_each = false;
      for (uint32_t row = 0; row < before; ++row) {
        decoded.record_of_row.push_back(row);
      }
    }
    if (!one_each) {
      decoded.record_of_row.resize(row_, number);
    }
  }
  decoded.rows = row_;
  for (FieldWriter& field : fields_) {
    decoded.columns.push_back(field.finish(row_, owner));
  }
  return decoded;
}

// The short way, for records that look like those before.
bool JsonDecoder::read_like_others(std::string_view record) {
  if (row_ < capacity_ && shape_.read(record, fields_, row_)) {
    return finish_row();
  }
  give_up_from(row_);
  return false;
}

void JsonDecoder::give_up_from(size_t row) {
  row_ = row;
  for (FieldWriter& field : fields_) {
    field.rewind(row);
  }
}

// The long way, for all the others.
bool JsonDecoder::read_record(std::string_view record) {
  record_ = record;
  ondemand::document document;
  if (const auto error =
          parser_.iterate(record.data(), record.size(), record.size() + kPadding).get(document)) {
    return failed(error);
  }
  ondemand::json_type type;
  if (const auto error = document.type().get(type)) {
    return failed(error);
  }
  if (type == ondemand::json_type::object) {
    ondemand::object row;
    if (const auto error = document.get_object().get(row)) {
      return failed(error);
    }
    if (!read_row(row)) {
      return false;
    }
  } else if (type == ondemand::json_type::array) {
    ondemand::array rows;
    if (const auto error = document.get_array().get(rows)) {
      return failed(error);
    }
    if (!read_rows(rows)) {
      return false;
    }
  } else {
    return failed("JSON: an object is expected at the top, or an array of them");
  }
  const char* behind;
  if (document.current_location().get(behind) == SUCCESS) {
    return failed("JSON: something follows the end, at byte " +
                  std::to_string(behind - record.data()));
  }
  // Only what was right to its end may be an example for others.
  if (type == ondemand::json_type::object) {
    shape_.learn(record, [this](std::string_view name) { return search(name); });
  }
  return true;
}

bool JsonDecoder::read_rows(ondemand::array rows) {
  for (auto element : rows) {
    ondemand::object row;
    if (const auto error = element.get_object().get(row)) {
      return error == simdjson::INCORRECT_TYPE
                 ? failed("JSON: an element of the array at the top is not an object")
                 : failed(error);
    }
    if (!read_row(row)) {
      return false;
    }
  }
  return true;
}

bool JsonDecoder::read_row(ondemand::object row) {
  if (row_ == capacity_) {
    if (row_ >= kMostRowsPerRecord) {
      return failed("JSON: too many rows in one record");
    }
    capacity_ = capacity_ * 2 + 16;
    for (FieldWriter& field : fields_) {
      field.grow(capacity_);
    }
  }
  guess_ = 0;
  for (auto found : row) {
    ondemand::field field;
    if (const auto error = std::move(found).get(field)) {
      return failed(error);
    }
    if (!read_field(field)) {
      return false;
    }
  }
  return finish_row();
}

// Fields that the record does not have.
bool JsonDecoder::finish_row() {
  for (FieldWriter& field : fields_) {
    if (!field.has(row_)) {
      if (options_.fail_on_missing_field) {
        return failed("field '" + field.name() + "' is missing");
      }
      field.write_null(row_);
    }
  }
  ++row_;
  return true;
}

bool JsonDecoder::read_field(ondemand::field field) {
  bool good = true;
  const int column = column_of(field, good);
  if (!good) {
    return false;
  }
  return column == kIgnored ? check_value(field.value())
                            : read_value(fields_[static_cast<size_t>(column)], field.value());
}

int JsonDecoder::column_of(ondemand::field& field, bool& good) {
  const char* raw = field.key().raw();
  const size_t room = static_cast<size_t>(record_.data() + record_.size() - raw);
  for (size_t tried = 0; tried < known_.size(); ++tried) {
    if (guess_ == known_.size()) {
      guess_ = 0;
    }
    const Known& known = known_[guess_++];
    if (known.name.size() < room && raw[known.name.size()] == '"' &&
        std::memcmp(raw, known.name.data(), known.name.size()) == 0) {
      return known.column;
    }
  }
  const std::string_view token(raw, room);
  const std::string_view plain = token.substr(0, token.find_first_of("\"\\"));
  const bool escaped = plain.size() < room && raw[plain.size()] == '\\';
  std::string_view name = plain;
  if (escaped) {
    if (const auto error = field.unescaped_key().get(name)) {
      good = failed(error);
      return kIgnored;
    }
  }
  const int column = search(name);
  if (!escaped && known_.size() < kMostKnown) {
    known_.push_back({std::string(plain), column});
    guess_ = known_.size();
  }
  return column;
}

int JsonDecoder::search(std::string_view name) const {
  for (size_t i = 0; i < fields_.size(); ++i) {
    if (fields_[i].name() == name) {
      return static_cast<int>(i);
    }
  }
  return kIgnored;
}

std::string_view without_trailing_space(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n' || text.back() == '\r' ||
                           text.back() == '\t')) {
    text.remove_suffix(1);
  }
  return text;
}

// Without the spaces between the parts: what a tree of it would be printed as.
std::string compact(std::string_view json) {
  std::string text;
  bool in_string = false;
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string && c == '\\') {
      text.append(json.substr(i, 2));
      ++i;
      continue;
    }
    in_string = in_string != (c == '"');
    if (in_string || !(c == ' ' || c == '\n' || c == '\r' || c == '\t')) {
      text += c;
    }
  }
  return text;
}

bool JsonDecoder::read_value(FieldWriter& writer, ondemand::value value) {
  JsonScalar scalar{JsonScalar::Kind::string, {}, false};
  bool is_null = false;
  if (!read_scalar(value, scalar, is_null)) {
    return false;
  }
  if (is_null) {
    writer.write_null(row_);
    return true;
  }
  if (writer.write(row_, scalar)) [[likely]] {
    return true;
  }
  return refuse(writer, scalar.text);
}

bool JsonDecoder::refuse(FieldWriter& writer, std::string_view text) {
  if (options_.ignore_parse_errors) {
    writer.write_null(row_);
    return true;
  }
  const std::string shown(text.substr(0, kShown));
  return failed("field '" + writer.name() + "': cannot read '" + shown +
                (text.size() > kShown ? "..." : "") + "' as " +
                writer.type().as_nullable().to_string());
}

bool JsonDecoder::read_scalar(ondemand::value& value, JsonScalar& scalar, bool& is_null) {
  const std::string_view token = without_trailing_space(value.raw_json_token());
  switch (token.empty() ? '\0' : token.front()) {
    case '"':
      if (token.size() < 2 || token.back() != '"') {
        return failed("JSON: a string does not end");
      }
      scalar = {JsonScalar::Kind::string, token.substr(1, token.size() - 2), true};
      if (std::memchr(scalar.text.data(), '\\', scalar.text.size()) != nullptr) {
        return resolve_escapes(value, scalar);
      }
      return true;
    case '{':
    case '[': {
      if (!check_value(value)) {
        return false;
      }
      // From its opening to where the parser stands now, behind it.
      const char* begin = token.data();
      const char* end = nullptr;
      if (const auto error = value.current_location().get(end)) {
        return failed(error);
      }
      scratch_ = compact(std::string_view(begin, static_cast<size_t>(end - begin)));
      scalar = {JsonScalar::Kind::nested, scratch_, false};
      return true;
    }
    case 'n': is_null = true; return token == "null" || no_value(token);
    case 't':
      scalar = {JsonScalar::Kind::true_, token, true};
      return token == "true" || no_value(token);
    case 'f':
      scalar = {JsonScalar::Kind::false_, token, true};
      return token == "false" || no_value(token);
    default:
      scalar = {JsonScalar::Kind::number, token, true};
      return is_json_number(token) || no_value(token);
  }
}

bool JsonDecoder::resolve_escapes(ondemand::value& value, JsonScalar& scalar) {
  if (const auto error = value.get_string().get(scalar.text)) {
    return failed(error);
  }
  scalar.lasting = false;
  return true;
}

// That a value which nobody asked for is JSON.
bool JsonDecoder::check_value(ondemand::value value) {
  ondemand::json_type type;
  if (const auto error = value.type().get(type)) {
    return failed(error);
  }
  if (type == ondemand::json_type::object) {
    ondemand::object object;
    if (const auto error = value.get_object().get(object)) {
      return failed(error);
    }
    for (auto found : object) {
      ondemand::field field;
      if (const auto error = std::move(found).get(field)) {
        return failed(error);
      }
      if (!check_value(field.value())) {
        return false;
      }
    }
    return true;
  }
  if (type == ondemand::json_type::array) {
    ondemand::array array;
    if (const auto error = value.get_array().get(array)) {
      return failed(error);
    }
    for (auto found : array) {
      ondemand::value element;
      if (const auto error = std::move(found).get(element)) {
        return failed(error);
      }
      if (!check_value(element)) {
        return false;
      }
    }
    return true;
  }
  JsonScalar scalar{JsonScalar::Kind::string, {}, false};
  bool is_null = false;
  return read_scalar(value, scalar, is_null);
}

}  // namespace

std::unique_ptr<Decoder> make_json_decoder(const Schema& schema, const JsonOptions& options) {
  return std::make_unique<JsonDecoder>(schema, options);
}

}  // namespace millrace::codec
