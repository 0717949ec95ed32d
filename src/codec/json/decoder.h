#pragma once

// JSON records into columns, straight from the text: fields that nobody asked for are checked to be
// JSON and otherwise passed over, strings without escapes stay where they are, and no tree is
// built. The records of one producer look alike, so the order of fields in the record before is the
// first guess for this one.
//
// A record is taken whole or not at all: bytes that are not UTF-8, a missing end, a field that is
// not JSON reject it even where nobody asked for that field. An array at the top is several rows.
// Empty records are none.

#include <memory>

#include "codec/decoder.h"
#include "codec/json/options.h"

namespace millrace::codec {

// Each record must have kPadding readable bytes behind it. Throws Error where a field has a type
// that is not read from JSON.
std::unique_ptr<Decoder> make_json_decoder(const Schema& schema, const JsonOptions& options);

}  // namespace millrace::codec
