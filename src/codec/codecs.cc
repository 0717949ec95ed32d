#include "codec/codecs.h"

#include "base/error.h"
#include "codec/json/decoder.h"

namespace millrace::codec {

std::unique_ptr<Decoder> make_decoder(const std::string& format, const Schema& schema,
                                      const std::map<std::string, std::string>& options) {
  if (format == "json") {
    return make_json_decoder(schema, JsonOptions::from(options));
  }
  throw Error(ErrorCode::unsupported, "format '" + format + "' is not offered; there is: json");
}

}  // namespace millrace::codec
