#include "base/json.h"

#include <simdjson.h>

#include <array>
#include <charconv>
#include <cmath>

#include "base/error.h"
#include "base/hex.h"
#include "base/utf8.h"

namespace millrace {

Json::Json(uint64_t value) {
  if (value <= static_cast<uint64_t>(INT64_MAX)) {
    value_ = static_cast<int64_t>(value);
  } else {
    value_ = static_cast<double>(value);
  }
}

Json Json::object(Members members) {
  Json json;
  json.value_ = std::move(members);
  return json;
}

static Json from_dom(const simdjson::dom::element& element) {
  using simdjson::dom::element_type;
  switch (element.type()) {
    case element_type::NULL_VALUE: return {};
    case element_type::BOOL: return bool(element);
    case element_type::INT64: return int64_t(element);
    case element_type::UINT64: return uint64_t(element);
    case element_type::DOUBLE: return double(element);
    case element_type::STRING: return std::string_view(element);
    case element_type::ARRAY: {
      Json::Array array;
      for (const auto& child : simdjson::dom::array(element)) {
        array.push_back(from_dom(child));
      }
      return array;
    }
    case element_type::OBJECT: {
      Json::Members members;
      for (const auto& field : simdjson::dom::object(element)) {
        members.emplace_back(std::string(field.key), from_dom(field.value));
      }
      return Json::object(std::move(members));
    }
  }
  return {};
}

Json Json::parse(std::string_view text) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (auto failure = parser.parse(text.data(), text.size()).get(root)) {
    throw Error(ErrorCode::syntax,
                std::string("cannot parse JSON: ") + simdjson::error_message(failure));
  }
  return from_dom(root);
}

namespace {

void append_control(uint8_t c, std::string& out) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    default: break;
  }
  out += "\\u00";
  append_hex({reinterpret_cast<const char*>(&c), 1}, out);
}

}  // namespace

void append_json_string(std::string_view text, std::string& out) {
  out += '"';
  size_t plain_from = 0;
  for (size_t i = 0; i < text.size();) {
    const auto c = static_cast<uint8_t>(text[i]);
    if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
      ++i;
      continue;
    }
    const Utf8Piece piece = utf8_front(text.substr(i));
    if (piece.well_formed && piece.size > 1) {
      i += piece.size;
      continue;
    }
    out += text.substr(plain_from, i - plain_from);
    if (piece.well_formed) {
      append_control(c, out);
    } else {
      out += "\xEF\xBF\xBD";
    }
    i += piece.size;
    plain_from = i;
  }
  out += text.substr(plain_from);
  out += '"';
}

void append_json_double(double value, std::string& out) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  std::array<char, 40> text;
  const auto written = std::to_chars(text.data(), text.data() + text.size(), value);
  const std::string_view digits(text.data(), static_cast<size_t>(written.ptr - text.data()));
  out += digits;
  if (digits.find_first_of(".e") == std::string_view::npos) {
    out += ".0";  // so that it reads back as a double
  }
}

namespace {

class Writer {
 public:
  explicit Writer(bool pretty) : pretty_(pretty) {}

  void write(const Json& json) {
    if (json.is_null()) {
      out += "null";
    } else if (json.is_bool()) {
      out += json.as_bool() ? "true" : "false";
    } else if (json.is_int()) {
      out += std::to_string(json.as_int());
    } else if (json.is_number()) {
      append_json_double(json.as_double(), out);
    } else if (json.is_string()) {
      append_json_string(json.as_string(), out);
    } else if (json.is_array()) {
      write_all(json.as_array(), '[', ']', [this](const Json& element) { write(element); });
    } else {
      write_all(json.as_members(), '{', '}', [this](const auto& member) {
        append_json_string(member.first, out);
        out += pretty_ ? ": " : ":";
        write(member.second);
      });
    }
  }

  std::string out;

 private:
  template <typename Items, typename WriteItem>
  void write_all(const Items& items, char open, char close, WriteItem write_item) {
    out += open;
    ++depth_;
    bool first = true;
    for (const auto& item : items) {
      if (!first) {
        out += ',';
      }
      first = false;
      new_line();
      write_item(item);
    }
    --depth_;
    if (!items.empty()) {
      new_line();
    }
    out += close;
  }
  void new_line() {
    if (pretty_) {
      out += '\n';
      out.append(depth_ * 2, ' ');
    }
  }

  bool pretty_;
  size_t depth_ = 0;
};

}  // namespace

std::string Json::dump() const {
  Writer writer(false);
  writer.write(*this);
  return std::move(writer.out);
}

std::string Json::dump_pretty() const {
  Writer writer(true);
  writer.write(*this);
  return std::move(writer.out);
}

template <typename T, typename Variant>
static const T& expect(const Variant& value, std::string_view wanted) {
  if (const T* held = std::get_if<T>(&value)) {
    return *held;
  }
  throw Error(ErrorCode::type_mismatch,
              "expected JSON " + std::string(wanted) + ", found another kind of value");
}

bool Json::as_bool() const { return expect<bool>(value_, "boolean"); }
int64_t Json::as_int() const { return expect<int64_t>(value_, "integer"); }
double Json::as_double() const {
  return is_int() ? static_cast<double>(as_int()) : expect<double>(value_, "number");
}
const std::string& Json::as_string() const { return expect<std::string>(value_, "string"); }
const Json::Array& Json::as_array() const { return expect<Array>(value_, "array"); }
const Json::Members& Json::as_members() const { return expect<Members>(value_, "object"); }

const Json* Json::find(std::string_view name) const {
  if (const auto* members = std::get_if<Members>(&value_)) {
    for (const auto& [key, value] : *members) {
      if (key == name) {
        return &value;
      }
    }
  }
  return nullptr;
}

const Json& Json::at(std::string_view name) const {
  if (const Json* found = find(name)) {
    return *found;
  }
  throw Error(ErrorCode::not_found, "JSON object has no member '" + std::string(name) + "'");
}

Json& Json::set(std::string name, Json value) {
  if (is_null()) {
    value_ = Members();
  }
  expect<Members>(value_, "object");
  auto& members = std::get<Members>(value_);
  for (auto& [key, held] : members) {
    if (key == name) {
      held = std::move(value);
      return *this;
    }
  }
  members.emplace_back(std::move(name), std::move(value));
  return *this;
}

Json& Json::push(Json element) {
  if (is_null()) {
    value_ = Array();
  }
  expect<Array>(value_, "array");
  std::get<Array>(value_).push_back(std::move(element));
  return *this;
}

}  // namespace millrace
