#pragma once

// The formats of records, by the name that Flink gives them.

#include <map>
#include <memory>
#include <string>

#include "codec/decoder.h"

namespace millrace::codec {

// `options` without the format's prefix: "timestamp-format.standard" for the table's
// 'json.timestamp-format.standard'. Throws Error(unsupported) for formats and types, and
// Error(invalid_argument) for option values, that are not offered.
std::unique_ptr<Decoder> make_decoder(const std::string& format, const Schema& schema,
                                      const std::map<std::string, std::string>& options);

}  // namespace millrace::codec
