#include "codec/csv/decoder.h"

#include <simdjson.h>

#include <algorithm>

#include "base/check.h"
#include "base/error.h"
#include "base/split.h"
#include "codec/json/rows_writer.h"

namespace millrace::codec {

namespace {

constexpr size_t kShown = 60;  // bytes of a bad value, in a reason

struct CsvField {
  std::string_view text;
  bool lasting;  // as it stands in the record; otherwise in the decoder's scratch
};

class CsvDecoder final : public Decoder {
 public:
  CsvDecoder(const Schema& record, const Schema& read, const CsvOptions& options);

  Decoded decode(std::span<const std::string_view> records,
                 const std::shared_ptr<const void>& owner) override;

 private:
  std::optional<std::string> split(std::string_view record);
  std::string too_many_fields() const;
  std::optional<std::string> quoted_field(std::string_view record, size_t& at);
  void plain_field(std::string_view record, size_t& at);
  std::optional<std::string> read(std::string_view record);
  std::optional<std::string> write(FieldWriter& writer, const CsvField& field, size_t row);
  std::optional<std::string> write_array(FieldWriter& writer, const CsvField& field, size_t row);
  std::optional<std::string> write_row(FieldWriter& writer, const CsvField& field, size_t row);
  void split_nested(const CsvField& field);
  bool is_none(std::string_view record) const {
    return record.empty() || (options_.allow_comments && record.front() == '#');
  }

  CsvOptions options_;
  RowsWriter rows_;
  size_t width_;                // of a record
  std::vector<size_t> places_;  // in the record, of the fields that are read
  std::vector<CsvField> fields_;
  std::vector<std::string> scratch_;  // one a field of the record
  std::vector<CsvField> parts_;       // of the array or row at hand
};

std::string length_mismatch(size_t expected, size_t found) {
  return "Row length mismatch. " + std::to_string(expected) + " fields expected but was " +
         std::to_string(found) + ".";
}

CsvDecoder::CsvDecoder(const Schema& record, const Schema& read, const CsvOptions& options)
    : options_(options), rows_(read, JsonOptions()), width_(record.size()) {
  for (const Field& field : read.fields) {
    check_csv_type(field, "read");
    const auto place = record.find(field.name);
    check(place.has_value(), "a field that is read is one of the record's");
    places_.push_back(*place);
  }
  fields_.reserve(width_ + 1);
  scratch_.resize(width_ + 1);
}

Decoded CsvDecoder::decode(std::span<const std::string_view> records,
                           const std::shared_ptr<const void>& owner) {
  Decoded decoded;
  rows_.begin(records.size());
  for (uint32_t number = 0; number < records.size(); ++number) {
    if (is_none(records[number])) {
      continue;
    }
    if (auto reason = read(records[number])) {
      rows_.give_up_from(rows_.row());
      decoded.rejects.push_back({number, std::move(*reason), options_.ignore_parse_errors});
    } else {
      decoded.record_of_row.push_back(number);
    }
  }
  decoded.rows = rows_.row();
  if (decoded.rows == records.size()) {
    decoded.record_of_row.clear();
  }
  decoded.columns = rows_.finish(owner);
  return decoded;
}

std::optional<std::string> CsvDecoder::read(std::string_view record) {
  if (!simdjson::validate_utf8(record.data(), record.size())) {
    return "CSV: the bytes are not UTF-8";
  }
  if (auto reason = split(record)) {
    return reason;
  }
  if (fields_.size() > width_) {
    if (!trimmed(fields_.back().text, " \t").empty()) {
      return too_many_fields();
    }
    fields_.pop_back();  // a delimiter may end the record
  }
  if (fields_.size() < width_ && !options_.ignore_parse_errors) {
    return length_mismatch(width_, fields_.size());
  }
  for (size_t i = 0; i < places_.size(); ++i) {
    FieldWriter& writer = rows_.members().fields()[i];
    if (places_[i] >= fields_.size()) {
      writer.write_null(rows_.row());
    } else if (auto reason = write(writer, fields_[places_[i]], rows_.row())) {
      return reason;
    }
  }
  return rows_.finish_row();
}

std::optional<std::string> CsvDecoder::write(FieldWriter& writer, const CsvField& field,
                                             size_t row) {
  if (options_.null_literal && field.text == *options_.null_literal) {
    writer.write_null(row);
    return std::nullopt;
  }
  if (writer.type().kind == TypeKind::array) {
    return write_array(writer, field, row);
  }
  if (writer.is_row()) {
    return write_row(writer, field, row);
  }
  const bool is_decimal = writer.type().kind == TypeKind::decimal;
  const std::string_view bare = trimmed(field.text, " \t");
  const std::string_view text = writer.type().is_string() || is_decimal ? field.text : bare;
  const bool has_blanks = is_decimal && bare != text;  // which Java's BigDecimal does not read
  if (!has_blanks && writer.write(row, {JsonScalar::Kind::string, text, field.lasting})) {
    return std::nullopt;
  }
  if (options_.ignore_parse_errors) {
    writer.write_null(row);
    return std::nullopt;
  }
  const std::string shown(text.substr(0, kShown));
  return "field '" + writer.name() + "': cannot read '" + shown +
         (text.size() > kShown ? "..." : "") + "' as " + writer.type().as_nullable().to_string();
}

// The elements of an array, or the fields of a row, between whose delimiters nothing is quoted.
void CsvDecoder::split_nested(const CsvField& field) {
  parts_.clear();
  for (size_t at = 0; at <= field.text.size();) {
    const size_t end = std::min(field.text.find(options_.element_delimiter, at), field.text.size());
    parts_.push_back({field.text.substr(at, end - at), field.lasting});
    at = end + 1;
  }
}

// Of no byte there is no element.
std::optional<std::string> CsvDecoder::write_array(FieldWriter& writer, const CsvField& field,
                                                   size_t row) {
  FieldWriter& elements = writer.members().fields().front();
  size_t at = writer.open_list(row);
  split_nested(field);
  for (size_t i = 0; i < parts_.size() && !field.text.empty(); ++i, ++at) {
    elements.make_room(at);
    if (auto reason = write(elements, parts_[i], at)) {
      return "array '" + writer.name() + "', " + *reason;
    }
  }
  writer.close_list(at);
  return std::nullopt;
}

// Of no byte it is NULL. Fields behind its own are not looked at, as in Flink.
std::optional<std::string> CsvDecoder::write_row(FieldWriter& writer, const CsvField& field,
                                                 size_t row) {
  if (field.text.empty()) {
    writer.write_null(row);
    return std::nullopt;
  }
  std::vector<FieldWriter>& fields = writer.members().fields();
  writer.open_row(row);
  split_nested(field);
  if (parts_.size() < fields.size() && !options_.ignore_parse_errors) {
    return "row '" + writer.name() + "': " + length_mismatch(fields.size(), parts_.size());
  }
  for (size_t i = 0; i < std::min(fields.size(), parts_.size()); ++i) {
    if (auto reason = write(fields[i], parts_[i], row)) {
      return "row '" + writer.name() + "', " + *reason;
    }
  }
  return std::nullopt;
}

std::string CsvDecoder::too_many_fields() const {
  return "CSV: too many fields, " + std::to_string(width_) + " expected";
}

// There may be one more than there should be.
std::optional<std::string> CsvDecoder::split(std::string_view record) {
  fields_.clear();
  for (size_t at = 0; fields_.size() <= width_; ++at) {
    if (options_.quote && at < record.size() && record[at] == *options_.quote) {
      if (auto reason = quoted_field(record, at)) {
        return reason;
      }
    } else {
      plain_field(record, at);
    }
    if (at >= record.size()) {
      return std::nullopt;
    }
  }
  return too_many_fields();
}

// From `at` to the delimiter behind it, or the record's end.
void CsvDecoder::plain_field(std::string_view record, size_t& at) {
  const size_t end = std::min(record.find(options_.delimiter, at), record.size());
  const std::string_view text = record.substr(at, end - at);
  if (!options_.escape || text.find(*options_.escape) == std::string_view::npos) {
    fields_.push_back({text, true});
    at = end;
    return;
  }
  std::string& resolved = scratch_[fields_.size()];
  resolved.clear();
  for (; at < record.size() && record[at] != options_.delimiter; ++at) {
    if (record[at] == *options_.escape && at + 1 < record.size()) {
      ++at;
    }
    resolved += record[at];
  }
  fields_.push_back({resolved, false});
}

std::optional<std::string> CsvDecoder::quoted_field(std::string_view record, size_t& at) {
  const char quote = *options_.quote;
  std::string& resolved = scratch_[fields_.size()];
  resolved.clear();
  for (++at; at < record.size(); ++at) {
    if (options_.escape && record[at] == *options_.escape && at + 1 < record.size()) {
      resolved += record[++at];
    } else if (record[at] != quote) {
      resolved += record[at];
    } else if (at + 1 < record.size() && record[at + 1] == quote) {
      resolved += record[++at];
    } else {
      break;
    }
  }
  if (at == record.size()) {
    return "CSV: a quoted field does not end";
  }
  ++at;
  if (at < record.size() && record[at] != options_.delimiter) {
    return "CSV: something stands behind a quoted field";
  }
  fields_.push_back({resolved, false});
  return std::nullopt;
}

}  // namespace

std::unique_ptr<Decoder> make_csv_decoder(const Schema& record, const Schema& read,
                                          const CsvOptions& options) {
  return std::make_unique<CsvDecoder>(record, read, options);
}

}  // namespace millrace::codec
