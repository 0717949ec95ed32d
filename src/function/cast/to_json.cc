#include "function/cast/to_json.h"

#include "base/json.h"
#include "function/cast/casts.h"
#include "function/evaluate.h"
#include "function/value/time_text.h"

namespace millrace::function {

bool has_json(const Type& type) {
  return type.kind == TypeKind::null_ || type.kind == TypeKind::variant ||
         (type.physical() != Physical::nested && can_cast(type, Type::string()));
}

void append_json(const Column& column, size_t row, std::string& out) {
  const Type& type = column.type();
  if (type.kind == TypeKind::variant) {
    out += View<StringRef>(column)[row].view();
  } else if (type.kind == TypeKind::boolean) {
    out += View<uint8_t>(column)[row] != 0 ? "true" : "false";
  } else if (type.is_numeric()) {
    std::string number;
    append_text(column, row, number);
    const bool finite = number.find_first_of("NI") == std::string::npos;
    out += finite ? number : "\"" + number + "\"";
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
