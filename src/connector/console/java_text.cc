#include "connector/console/java_text.h"

#include "function/evaluate.h"
#include "function/value/java_decimal.h"
#include "function/value/java_time.h"

namespace millrace::connector {

namespace {

function::Moment moment_at(const Column& column, size_t row) {
  return function::moment_of(View<int64_t>(column)[row], column.type().timestamp_unit());
}

void append_bytes(std::string_view bytes, std::string& out) {
  const char* separator = "[";
  for (const char byte : bytes) {
    out += separator + std::to_string(static_cast<signed char>(byte));
    separator = ", ";
  }
  out += bytes.empty() ? "[]" : "]";
}

void append_fields(const Column& column, size_t row, std::string& out) {
  const char* separator = "+I[";
  for (const Column& field : column.children()) {
    out += separator;
    append_java_text(field, column.position_of(row), out);
    separator = ", ";
  }
  out += ']';
}

// Arrays, and maps with their values or multisets with their counts.
void append_entries(const Column& column, size_t row, std::string& out) {
  const bool has_values = column.children().size() > 1;
  const size_t at = column.position_of(row);
  const size_t begin = (*column.offsets())[at];
  out += has_values ? '{' : '[';
  for (size_t entry = begin; entry < (*column.offsets())[at + 1]; ++entry) {
    out += entry > begin ? ", " : "";
    append_java_text(column.children()[0], entry, out);
    if (has_values) {
      out += '=';
      append_java_text(column.children()[1], entry, out);
    }
  }
  out += has_values ? '}' : ']';
}

}  // namespace

void append_java_text(const Column& column, size_t row, std::string& out) {
  if (column.is_null(row)) {
    out += "null";
    return;
  }
  switch (column.type().kind) {
    case TypeKind::boolean: out += View<uint8_t>(column)[row] != 0 ? "true" : "false"; break;
    case TypeKind::decimal: out += function::java_decimal(function::to_text(column, row)); break;
    case TypeKind::binary:
    case TypeKind::varbinary: append_bytes(View<StringRef>(column)[row].view(), out); break;
    case TypeKind::time:
      function::append_java_time({0, View<int32_t>(column)[row] * int64_t{1'000'000}}, out);
      break;
    case TypeKind::timestamp: function::append_java_timestamp(moment_at(column, row), out); break;
    case TypeKind::timestamp_ltz: function::append_java_instant(moment_at(column, row), out); break;
    case TypeKind::row: append_fields(column, row, out); break;
    case TypeKind::array:
    case TypeKind::map:
    case TypeKind::multiset: append_entries(column, row, out); break;
    case TypeKind::null_:
    case TypeKind::tinyint:
    case TypeKind::smallint:
    case TypeKind::integer:
    case TypeKind::bigint:
    case TypeKind::float_:
    case TypeKind::double_:
    case TypeKind::char_:
    case TypeKind::varchar:
    case TypeKind::variant:
    case TypeKind::bitmap:
    case TypeKind::date:
    case TypeKind::interval_month:
    case TypeKind::interval_ms: out += function::to_text(column, row); break;  // as in SQL
  }
}

}  // namespace millrace::connector
