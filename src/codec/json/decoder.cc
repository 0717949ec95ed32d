#include "codec/json/decoder.h"

#include "codec/json/record_reader.h"
#include "codec/json/record_shape.h"
#include "codec/json/rows_writer.h"

namespace millrace::codec {

namespace {

class JsonDecoder final : public Decoder {
 public:
  JsonDecoder(const Schema& schema, const JsonOptions& options)
      : rows_(schema, options),
        reader_(options),
        shape_(rows_.members()),
        ignores_errors_(options.ignore_parse_errors) {}

  Decoded decode(std::span<const std::string_view> records,
                 const std::shared_ptr<const void>& owner) override;

 private:
  bool read_like_others(std::string_view record);
  std::optional<std::string> read(std::string_view record);

  RowsWriter rows_;
  RecordReader reader_;
  RecordShape shape_;  // points into rows_
  bool ignores_errors_;
};

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

Decoded JsonDecoder::decode(std::span<const std::string_view> records,
                            const std::shared_ptr<const void>& owner) {
  Decoded decoded;
  rows_.begin(records.size());
  bool one_each = true;
  for (uint32_t number = 0; number < records.size(); ++number) {
    const size_t before = rows_.row();
    const std::string_view record = records[number];
    if (!is_blank(record.substr(0, 1)) || !is_blank(record)) {
      if (auto reason = read(record)) {
        rows_.give_up_from(before);
        decoded.rejects.push_back({number, std::move(*reason), ignores_errors_});
      }
    }
    if (one_each && rows_.row() != before + 1) {
      one_each = false;
      for (uint32_t row = 0; row < before; ++row) {
        decoded.record_of_row.push_back(row);
      }
    }
    if (!one_each) {
      decoded.record_of_row.resize(rows_.row(), number);
    }
  }
  decoded.rows = rows_.row();
  decoded.columns = rows_.finish(owner);
  return decoded;
}

// The short way, for records that look like those before.
bool JsonDecoder::read_like_others(std::string_view record) {
  if (rows_.has_room() && shape_.read(record, rows_.row()) &&
      (rows_.finish_whole_row() || !rows_.finish_row())) {
    return true;
  }
  rows_.give_up_from(rows_.row());
  return false;
}

// Why the record is refused, if it is.
std::optional<std::string> JsonDecoder::read(std::string_view record) {
  if (read_like_others(record)) {
    return std::nullopt;
  }
  const auto form = reader_.read(record, rows_);
  if (!form) {
    return reader_.reason();
  }
  // Only what was right to its end may be an example for others.
  if (*form == RecordForm::object) {
    shape_.learn(record);
  }
  return std::nullopt;
}

}  // namespace

std::unique_ptr<Decoder> make_json_decoder(const Schema& schema, const JsonOptions& options) {
  return std::make_unique<JsonDecoder>(schema, options);
}

}  // namespace millrace::codec
