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

bool is_written(const Type& type) {
  return type.physical() != Physical::nested && !type.is_without_order() &&
         type.kind != TypeKind::null_;
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
      if (!is_written(field.type)) {
        throw Error(ErrorCode::unsupported, "format 'csv' does not write field '" + field.name +
                                                "' of type " + field.type.to_string() + " yet");
      }
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
  void append_value(const Column& column, uint32_t row, std::string& out) {
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
      case TypeKind::varchar: return append_text(View<StringRef>(column)[row].view(), out);
      case TypeKind::binary:
      case TypeKind::varbinary:
      case TypeKind::date:
      case TypeKind::time:
      case TypeKind::timestamp:
      case TypeKind::timestamp_ltz:
        text_.clear();
        append_as_text(column, row);
        return append_text(text_, out);
      case TypeKind::null_:
      case TypeKind::array:
      case TypeKind::map:
      case TypeKind::multiset:
      case TypeKind::row:
      case TypeKind::bitmap:
      case TypeKind::variant: return;  // refused by the constructor
    }
  }

  // What has a text that may have to be quoted as any other, to text_.
  void append_as_text(const Column& column, uint32_t row) {
    const Type& type = column.type();
    if (type.is_binary()) {
      append_base64(View<StringRef>(column)[row].view(), text_);
    } else if (type.kind == TypeKind::date) {
      append_date_text(View<int32_t>(column)[row], text_);
    } else if (type.kind == TypeKind::time) {
      append_time(View<int32_t>(column)[row], text_);
    } else {
      append_timestamp_text(View<int64_t>(column)[row], type, ' ', text_);
      text_ += type.kind == TypeKind::timestamp_ltz ? "Z" : "";
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
