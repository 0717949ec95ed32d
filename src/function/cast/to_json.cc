#include "function/cast/to_json.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "function/cast/casts.h"
#include "function/evaluate.h"
#include "function/value/base64.h"
#include "function/value/java_decimal.h"
#include "function/value/number_text.h"
#include "function/value/time_text.h"

namespace millrace::function {

bool has_json(const Type& type) {
  if (type.children != nullptr) {
    const bool is_map = type.kind == TypeKind::map;
    return (!is_map || type.children->front().type.is_string()) &&
           std::all_of(type.children->begin(), type.children->end(),
                       [](const Field& field) { return has_json(field.type); });
  }
  const bool is_clock = type.kind == TypeKind::date || type.kind == TypeKind::time ||
                        type.kind == TypeKind::interval_ms || type.kind == TypeKind::interval_month;
  return type.kind == TypeKind::null_ || type.kind == TypeKind::variant ||
         (!is_clock && type.kind != TypeKind::bitmap && can_cast(type, Type::string()));
}

namespace {

struct Member {
  std::string_view name;
  std::string json;
};

void append_value(const Column& column, size_t row, std::string& out) {
  if (column.is_null(row)) {
    out += "null";
  } else {
    append_json(column, row, out);
  }
}

// By their names, as Flink writes any object.
void append_object(std::vector<Member> members, std::string& out) {
  std::stable_sort(members.begin(), members.end(),
                   [](const Member& a, const Member& b) { return a.name < b.name; });
  out += '{';
  for (size_t i = 0; i < members.size(); ++i) {
    out += i > 0 ? "," : "";
    append_json_string(members[i].name, out);
    out += ':';
    out += members[i].json;
  }
  out += '}';
}

void append_row(const Column& column, size_t row, std::string& out) {
  std::vector<Member> members;
  for (size_t i = 0; i < column.children().size(); ++i) {
    members.push_back({(*column.type().children)[i].name, ""});
    append_value(column.children()[i], column.position_of(row), members.back().json);
  }
  append_object(std::move(members), out);
}

void append_map(const Column& column, size_t row, std::string& out) {
  const View<StringRef> keys(column.children()[0]);
  const size_t at = column.position_of(row);
  std::vector<Member> members;
  for (size_t entry = (*column.offsets())[at]; entry < (*column.offsets())[at + 1]; ++entry) {
    members.push_back({keys.is_null(entry) ? std::string_view("null") : keys[entry].view(), ""});
    append_value(column.children()[1], entry, members.back().json);
  }
  append_object(std::move(members), out);
}

void append_array(const Column& column, size_t row, std::string& out) {
  const size_t at = column.position_of(row);
  const size_t begin = (*column.offsets())[at];
  out += '[';
  for (size_t entry = begin; entry < (*column.offsets())[at + 1]; ++entry) {
    out += entry > begin ? "," : "";
    append_value(column.children()[0], entry, out);
  }
  out += ']';
}

// By way of Double.toString, which gives the digits.
void append_floating(double value, std::string& out) {
  std::string number;
  append_double(value, number);
  out += std::isfinite(value) ? java_decimal(number) : "\"" + number + "\"";
}

}  // namespace

void append_json(const Column& column, size_t row, std::string& out) {
  const Type& type = column.type();
  if (type.kind == TypeKind::row) {
    append_row(column, row, out);
  } else if (type.children != nullptr) {
    column.children().size() > 1 ? append_map(column, row, out) : append_array(column, row, out);
  } else if (type.kind == TypeKind::float_) {
    append_floating(double{View<float>(column)[row]}, out);
  } else if (type.kind == TypeKind::double_) {
    append_floating(View<double>(column)[row], out);
  } else if (type.kind == TypeKind::variant) {
    out += View<StringRef>(column)[row].view();
  } else if (type.is_binary()) {
    out += '"';
    append_base64(View<StringRef>(column)[row].view(), out);
    out += '"';
  } else if (type.kind == TypeKind::boolean) {
    out += View<uint8_t>(column)[row] != 0 ? "true" : "false";
  } else if (type.is_numeric()) {
    std::string number;
    append_text(column, row, number);
    out += type.kind == TypeKind::decimal ? java_decimal(number) : number;
  } else if (type.is_timestamp()) {
    out += '"';
    append_iso_timestamp(moment_of(View<int64_t>(column)[row], type.timestamp_unit()), out);
    out += type.kind == TypeKind::timestamp_ltz ? "Z\"" : "\"";
  } else {
    std::string text;
    append_text(column, row, text);
    append_json_string(text, out);
  }
}

}  // namespace millrace::function
