#pragma once

// The formats of records, by the name that Flink gives them.

#include <map>
#include <memory>
#include <string>

#include "codec/decoder.h"
#include "codec/encoder.h"
#include "codec/framing.h"

namespace millrace::codec {

// `options` without the format's prefix: "timestamp-format.standard" for the table's
// 'json.timestamp-format.standard'; `record` has all fields of a record in their order, for formats
// that go by it: none where these are all. Throws Error for formats and types, and OptionError for
// option values, that are not offered.
std::unique_ptr<Decoder> make_decoder(const std::string& format, const Schema& schema,
                                      const std::map<std::string, std::string>& options,
                                      const Schema& record = {});

// Where the records of the format end in a file.
Framing framing_of(const std::string& format, const std::map<std::string, std::string>& options);

std::unique_ptr<Encoder> make_encoder(const std::string& format, const Schema& schema,
                                      const std::map<std::string, std::string>& options);

}  // namespace millrace::codec
