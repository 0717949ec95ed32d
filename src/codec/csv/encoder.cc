#include "codec/csv/encoder.h"

#include <algorithm>

#include "base/error.h"
#include "codec/text/base64.h"
#include "codec/text/moments.h"
#include "codec/text/numbers.h"
#include "function/value/decimal.h"
#include "function/value/number_text.h"

namespace millrace::codec {

namespace {

constexpr size_t kLongestChecked = 24;  // UTF-16 units

// How many UTF-16 units there are in text of UTF-8.
size_t utf16_size(std::string_view text) {
  size_t units = 0;
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    units += byte >= 0xF0 ? 2 : (byte & 0xC0) != 0x80 ? 1 : 0;
  }
  return units;
}

// "23:59:59.5"
void append_time(int32_t ms, std::string& out) {
  append_time_text(ms / 1000, out);
  if (ms % 1000 != 0) {
    std::string digits = std::to_string(1000 + ms % 1000).substr(1);
    digits.erase(digits.find_last_not_of('0') + 1);
    out += '.' + digits;
  }
}

class CsvEncoder final : public Encoder {
 public:
  CsvEncoder(const Schema& schema, CsvOptions options) : options_(std::move(options)) {
    for (const Field& field : schema.fields) {
      check_csv_type(field, "written");
    }
    first_safe_ = std::max(static_cast<uint8_t>(options_.delimiter),
                           static_cast<uint8_t>(options_.quote.value_or('\0'))) +
                  1;
  }

  void begin(const Batch& rows) override { rows_ = &rows; }

  void append(uint32_t row, std::string& out) override {
    for (size_t i = 0; i < rows_->columns.size(); ++i) {
      if (i > 0) {
        out += options_.delimiter;
      }
      append_value(rows_->columns[i], row, out);
    }
  }

 private:
  // Numbers stand as they are, and what else there is in quotes where they are needed.
  void append_value(const Column& column, uint32_t row, std::string& out) {
    const Type& type = column.type();
    const bool is_text = type.is_string() || type.is_binary() || type.kind == TypeKind::date ||
                         type.kind == TypeKind::time || type.is_timestamp() ||
                         type.physical() == Physical::nested;
    if (!is_text || column.is_null(row)) {
      return append_plain(column, row, out);
    }
    text_.clear();
    append_plain(column, row, text_);
    append_text(text_, out);
  }

  void append_plain(const Column& column, uint32_t row, std::string& out) {
    if (column.is_null(row)) {
      out += options_.null_literal.value_or("");
      return;
    }
    switch (column.type().kind) {
      case TypeKind::boolean: out += View<uint8_t>(column)[row] != 0 ? "true" : "false"; return;
      case TypeKind::tinyint: return append_integer(View<int8_t>(column)[row], out);
      case TypeKind::smallint: return append_integer(View<int16_t>(column)[row], out);
      case TypeKind::integer:
      case TypeKind::interval_month: return append_integer(View<int32_t>(column)[row], out);
      case TypeKind::bigint:
      case TypeKind::interval_ms: return append_integer(View<int64_t>(column)[row], out);
      case TypeKind::float_: return function::append_float(View<float>(column)[row], out);
      case TypeKind::double_: return function::append_double(View<double>(column)[row], out);
      case TypeKind::decimal:
        return append_stripped_decimal(function::DecimalView(column)[row], column.type().scale,
                                       out);
      case TypeKind::char_:
      case TypeKind::varchar: out += View<StringRef>(column)[row].view(); return;
      case TypeKind::binary:
      case TypeKind::varbinary: return append_base64(View<StringRef>(column)[row].view(), out);
      case TypeKind::date: return append_date_text(View<int32_t>(column)[row], out);
      case TypeKind::time: return append_time(View<int32_t>(column)[row], out);
      case TypeKind::timestamp:
      case TypeKind::timestamp_ltz:
        append_timestamp_text(View<int64_t>(column)[row], column.type(), ' ', out);
        out += column.type().kind == TypeKind::timestamp_ltz ? "Z" : "";
        return;
      case TypeKind::array:
      case TypeKind::row: return append_nested(column, row, out);
      case TypeKind::null_:
      case TypeKind::map:
      case TypeKind::multiset:
      case TypeKind::bitmap:
      case TypeKind::variant: return;  // refused by the constructor
    }
  }

  // Elements and fields one behind the other, of which none is quoted.
  void append_nested(const Column& column, uint32_t row, std::string& out) {
    const size_t entry = column.position_of(row);
    const Column stored = column.stored();
    const std::vector<Column>& parts = stored.children();
    const auto append_part = [&](bool is_first, const Column& part, size_t at) {
      if (!is_first) {
        out += options_.element_delimiter;
      }
      append_plain(part, static_cast<uint32_t>(at), out);
    };
    if (column.type().kind == TypeKind::row) {
      for (size_t i = 0; i < parts.size(); ++i) {
        append_part(i == 0, parts[i], entry);
      }
      return;
    }
    const std::vector<uint32_t>& offsets = *stored.offsets();
    for (size_t at = offsets[entry]; at < offsets[entry + 1]; ++at) {
      append_part(at == offsets[entry], parts.front(), at);
    }
  }

  bool must_quote(std::string_view text) const {
    if (text.size() > kLongestChecked && utf16_size(text) > kLongestChecked) {
      return true;
    }
    const char escape = options_.escape.value_or('\\');
    return std::any_of(text.begin(), text.end(), [&](char c) {
      return static_cast<uint8_t>(c) < first_safe_ || c == escape;
    });
  }

  void append_text(std::string_view text, std::string& out) const {
    if (!options_.quote || !must_quote(text)) {
      out += text;
      return;
    }
    out += *options_.quote;
    for (const char c : text) {
      if (c == *options_.quote || c == options_.escape) {
        out += c;
      }
      out += c;
    }
    out += *options_.quote;
  }

  CsvOptions options_;
  int first_safe_;  // characters below it are quoted
  const Batch* rows_ = nullptr;
  std::string text_;
};

}  // namespace

std::unique_ptr<Encoder> make_csv_encoder(const Schema& schema, const CsvOptions& options) {
  return std::make_unique<CsvEncoder>(schema, options);
}

}  // namespace millrace::codec
