#include "codec/json/record_reader.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "codec/decoder.h"
#include "codec/json/escapes.h"
#include "codec/json/number_text.h"

namespace millrace::codec {

namespace ondemand = simdjson::ondemand;
using simdjson::SUCCESS;

static_assert(simdjson::SIMDJSON_PADDING <= kPadding);

static constexpr size_t kShown = 60;  // bytes of a bad value, in a reason

// What simdjson made of a string, or where that knows no half characters, we, in `whole`.
static simdjson::error_code unescaped(simdjson::simdjson_result<std::string_view>&& read,
                                      std::string_view raw, std::string_view& text,
                                      std::string& whole) {
  const auto error = std::move(read).get(text);
  if (error != simdjson::STRING_ERROR || !read_halves(raw, whole)) {
    return error;
  }
  text = whole;
  return SUCCESS;
}

// Members that say whether what they read is good; where it is not, reason_ says why.
class RecordReader::Parser {
 public:
  explicit Parser(const JsonOptions& options) : options_(options) {}

  std::optional<RecordForm> read_record(std::string_view record, RowsWriter& rows);
  const std::string& reason() const { return reason_; }

 private:
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

  bool read_top(ondemand::document& document, RecordForm form, RowsWriter& rows);
  bool read_rows(ondemand::array array, RowsWriter& rows);
  bool read_row(ondemand::object object, RowsWriter& rows);
  bool read_members(ondemand::object object, Members& members, size_t row);
  bool field_for(ondemand::field& field, Members& members, FieldWriter*& writer);

  bool read_value(FieldWriter& writer, ondemand::value value, size_t row);
  bool read_scalar_into(FieldWriter& writer, ondemand::value value, size_t row);
  bool read_object(FieldWriter& writer, ondemand::value value, size_t row);
  bool read_array(FieldWriter& writer, ondemand::value value, size_t row);
  bool read_map(FieldWriter& writer, ondemand::value value, size_t row);
  bool read_element(FieldWriter& element, ondemand::value value, size_t row);
  bool refuse(FieldWriter& writer, std::string_view text, size_t row);

  bool read_scalar(ondemand::value& value, JsonScalar& scalar, bool& is_null);
  bool resolve_escapes(ondemand::value& value, JsonScalar& scalar);
  bool check_value(ondemand::value value);

  JsonOptions options_;
  ondemand::parser parser_;
  std::string_view record_;
  std::string reason_;
  std::string scratch_;
};

std::optional<RecordForm> RecordReader::Parser::read_record(std::string_view record,
                                                            RowsWriter& rows) {
  record_ = record;
  ondemand::document document;
  if (const auto error =
          parser_.iterate(record.data(), record.size(), record.size() + kPadding).get(document)) {
    failed(error);
    return std::nullopt;
  }
  ondemand::json_type type;
  if (const auto error = document.type().get(type)) {
    failed(error);
    return std::nullopt;
  }
  if (type != ondemand::json_type::object && type != ondemand::json_type::array) {
    failed("JSON: an object is expected at the top, or an array of them");
    return std::nullopt;
  }
  const RecordForm form =
      type == ondemand::json_type::object ? RecordForm::object : RecordForm::array_of_objects;
  return read_top(document, form, rows) ? std::optional(form) : std::nullopt;
}

bool RecordReader::Parser::read_top(ondemand::document& document, RecordForm form,
                                    RowsWriter& rows) {
  if (form == RecordForm::object) {
    ondemand::object row;
    if (const auto error = document.get_object().get(row)) {
      return failed(error);
    }
    if (!read_row(row, rows)) {
      return false;
    }
  } else {
    ondemand::array array;
    if (const auto error = document.get_array().get(array)) {
      return failed(error);
    }
    if (!read_rows(array, rows)) {
      return false;
    }
  }
  const char* behind;
  if (document.current_location().get(behind) == SUCCESS) {
    return failed("JSON: something follows the end, at byte " +
                  std::to_string(behind - record_.data()));
  }
  return true;
}

bool RecordReader::Parser::read_rows(ondemand::array array, RowsWriter& rows) {
  for (auto element : array) {
    ondemand::object row;
    if (const auto error = element.get_object().get(row)) {
      return error == simdjson::INCORRECT_TYPE
                 ? failed("JSON: an element of the array at the top is not an object")
                 : failed(error);
    }
    if (!read_row(row, rows)) {
      return false;
    }
  }
  return true;
}

bool RecordReader::Parser::read_row(ondemand::object object, RowsWriter& rows) {
  if (!rows.make_room()) {
    return failed("JSON: too many rows in one record");
  }
  if (!read_members(object, rows.members(), rows.row())) {
    return false;
  }
  const auto missing = rows.finish_row();
  return !missing || failed(*missing);
}

bool RecordReader::Parser::read_members(ondemand::object object, Members& members, size_t row) {
  members.start_over();
  for (auto found : object) {
    ondemand::field field;
    if (const auto error = std::move(found).get(field)) {
      return failed(error);
    }
    FieldWriter* writer = nullptr;
    if (!field_for(field, members, writer)) {
      return false;
    }
    if (writer == nullptr ? !check_value(field.value())
                          : !read_value(*writer, field.value(), row)) {
      return false;
    }
  }
  return true;
}

// Where a member goes; null for one that nobody reads.
bool RecordReader::Parser::field_for(ondemand::field& field, Members& members,
                                     FieldWriter*& writer) {
  const char* raw = field.key().raw();
  const std::string_view token(raw, static_cast<size_t>(record_.data() + record_.size() - raw));
  if (const auto known = members.guess(token)) {
    writer = *known;
    return true;
  }
  const std::string_view plain = token.substr(0, token.find_first_of("\"\\"));
  if (plain.size() < token.size() && token[plain.size()] == '\\') {
    std::string_view name;
    std::string whole;
    if (const auto error = unescaped(field.unescaped_key(), string_at(token), name, whole)) {
      return failed(error);
    }
    writer = members.find(name);
    return true;
  }
  writer = members.find(plain);
  members.remember(plain, writer);
  return true;
}

// --- Values ---

static std::string_view without_trailing_space(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n' || text.back() == '\r' ||
                           text.back() == '\t')) {
    text.remove_suffix(1);
  }
  return text;
}

bool RecordReader::Parser::read_value(FieldWriter& writer, ondemand::value value, size_t row) {
  const std::string_view token = value.raw_json_token();
  const char first = token.empty() ? '\0' : token.front();
  if (writer.is_row() && first == '{') {
    return read_object(writer, value, row);
  }
  if (writer.is_list() && first == '[' && writer.type().kind == TypeKind::array) {
    return read_array(writer, value, row);
  }
  if (writer.is_list() && first == '{' && writer.type().kind != TypeKind::array) {
    return read_map(writer, value, row);
  }
  return read_scalar_into(writer, value, row);
}

bool RecordReader::Parser::read_scalar_into(FieldWriter& writer, ondemand::value value,
                                            size_t row) {
  JsonScalar scalar{JsonScalar::Kind::string, {}, false};
  bool is_null = false;
  if (!read_scalar(value, scalar, is_null)) {
    return false;
  }
  if (is_null) {
    writer.write_null(row);
    return true;
  }
  return writer.write(row, scalar) || refuse(writer, scalar.text, row);
}

bool RecordReader::Parser::refuse(FieldWriter& writer, std::string_view text, size_t row) {
  if (options_.ignore_parse_errors) {
    writer.write_null(row);
    return true;
  }
  const std::string shown(text.substr(0, kShown));
  return failed("field '" + writer.name() + "': cannot read '" + shown +
                (text.size() > kShown ? "..." : "") + "' as " +
                writer.type().as_nullable().to_string());
}

bool RecordReader::Parser::read_object(FieldWriter& writer, ondemand::value value, size_t row) {
  ondemand::object object;
  if (const auto error = value.get_object().get(object)) {
    return failed(error);
  }
  writer.open_row(row);
  if (!read_members(object, writer.members(), row)) {
    return false;
  }
  if (const FieldWriter* missing =
          options_.fail_on_missing_field ? writer.missing_member(row) : nullptr) {
    return failed("field '" + missing->name() + "' is missing");
  }
  return true;
}

// A value of a list, for whose rows there is no room yet.
bool RecordReader::Parser::read_element(FieldWriter& element, ondemand::value value, size_t row) {
  element.make_room(row);
  return read_value(element, value, row);
}

bool RecordReader::Parser::read_array(FieldWriter& writer, ondemand::value value, size_t row) {
  ondemand::array array;
  if (const auto error = value.get_array().get(array)) {
    return failed(error);
  }
  FieldWriter& element = writer.members().fields().front();
  size_t end = writer.open_list(row);
  for (auto found : array) {
    ondemand::value item;
    if (const auto error = std::move(found).get(item)) {
      return failed(error);
    }
    if (!read_element(element, item, end++)) {
      return false;
    }
  }
  writer.close_list(end);
  return true;
}

bool RecordReader::Parser::read_map(FieldWriter& writer, ondemand::value value, size_t row) {
  ondemand::object object;
  if (const auto error = value.get_object().get(object)) {
    return failed(error);
  }
  FieldWriter& key = writer.members().fields()[0];
  FieldWriter& of_key = writer.members().fields()[1];
  size_t end = writer.open_list(row);
  std::deque<std::string> whole_names;
  for (auto found : object) {
    ondemand::field field;
    if (const auto error = std::move(found).get(field)) {
      return failed(error);
    }
    std::string_view name;  // that lives as long as the parser stays on this record
    const char* raw = field.key().raw();
    const auto left = static_cast<size_t>(record_.data() + record_.size() - raw);
    if (const auto error = unescaped(field.unescaped_key(), string_at({raw, left}), name,
                                     whole_names.emplace_back())) {
      return failed(error);
    }
    key.make_room(end);
    key.write(end, {JsonScalar::Kind::string, name, false});
    if (!read_element(of_key, field.value(), end++)) {
      return false;
    }
  }
  writer.close_list(end);
  return true;
}

// Without the spaces between the parts: what a tree of it would be printed as.
static std::string compact(std::string_view json) {
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

bool RecordReader::Parser::read_scalar(ondemand::value& value, JsonScalar& scalar, bool& is_null) {
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

bool RecordReader::Parser::resolve_escapes(ondemand::value& value, JsonScalar& scalar) {
  if (const auto error = unescaped(value.get_string(), scalar.text, scalar.text, scratch_)) {
    return failed(error);
  }
  scalar.lasting = false;
  return true;
}

// That a value which nobody asked for is JSON.
bool RecordReader::Parser::check_value(ondemand::value value) {
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

// --- The reader ---

RecordReader::RecordReader(const JsonOptions& options)
    : parser_(std::make_unique<Parser>(options)) {}

RecordReader::~RecordReader() = default;

std::optional<RecordForm> RecordReader::read(std::string_view record, RowsWriter& rows) {
  return parser_->read_record(record, rows);
}

const std::string& RecordReader::reason() const { return parser_->reason(); }

}  // namespace millrace::codec
