#pragma once

// Changes as Debezium tells them, in JSON: {"before": row, "after": row, "op": "u"}. What a source
// found (r) or was given (c) is a new row, an update takes the row before and gives the one after,
// a deletion (d) takes the row before. Members besides these are not looked at.

#include <memory>

#include "codec/decoder.h"
#include "codec/json/options.h"

namespace millrace::codec {

// Each record must have kPadding readable bytes behind it.
std::unique_ptr<Decoder> make_debezium_json_decoder(const Schema& schema,
                                                    const JsonOptions& options);

}  // namespace millrace::codec
