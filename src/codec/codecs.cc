#include "codec/codecs.h"

#include "base/error.h"
#include "codec/csv/decoder.h"
#include "codec/csv/encoder.h"
#include "codec/json/debezium_decoder.h"
#include "codec/json/decoder.h"
#include "codec/json/encoder.h"
#include "codec/raw/format.h"

namespace millrace::codec {

std::unique_ptr<Decoder> make_decoder(const std::string& format, const Schema& schema,
                                      const std::map<std::string, std::string>& options,
                                      const Schema& record) {
  if (format == "json") {
    return make_json_decoder(schema, JsonOptions::from(options));
  }
  if (format == "csv") {
    return make_csv_decoder(record.size() == 0 ? schema : record, schema,
                            CsvOptions::from(options));
  }
  if (format == "debezium-json") {
    return make_debezium_json_decoder(schema, JsonOptions::from(options));
  }
  if (format == "raw") {
    return make_raw_decoder(record.size() == 0 ? schema : record, schema,
                            RawOptions::from(options));
  }
  throw Error(ErrorCode::unsupported,
              "format '" + format + "' is not read; there are: json, csv, debezium-json, raw");
}

Framing framing_of(const std::string& format, const std::map<std::string, std::string>& options) {
  if (format != "csv") {
    return {};
  }
  const CsvOptions csv = CsvOptions::from(options);
  return {csv.quote, csv.escape};
}

std::unique_ptr<Encoder> make_encoder(const std::string& format, const Schema& schema,
                                      const std::map<std::string, std::string>& options) {
  if (format == "json") {
    return make_json_encoder(schema, JsonOptions::from(options));
  }
  if (format == "csv") {
    return make_csv_encoder(schema, CsvOptions::from(options));
  }
  if (format == "debezium-json") {
    return make_debezium_json_encoder(schema, JsonOptions::from(options));
  }
  if (format == "raw") {
    return make_raw_encoder(schema, RawOptions::from(options));
  }
  throw Error(ErrorCode::unsupported,
              "format '" + format + "' is not written; there are: json, csv, debezium-json, raw");
}

}  // namespace millrace::codec
