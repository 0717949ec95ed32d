#pragma once

// CSV records into columns: RFC 4180 with Flink's options. Fields count by their place, so that the
// decoder knows all fields of a record, and reads some of them.
//
// A record with too few or too many fields is rejected, as one is whose quotes do not end; where
// parse errors are ignored fields that are missing are NULL, and so are those that do not fit their
// type. Records without a byte are none.

#include <memory>

#include "codec/csv/options.h"
#include "codec/decoder.h"

namespace millrace::codec {

// The fields of `read`, by their names among those of `record`. Throws Error(unsupported) where a
// field has a type that is not read from CSV.
std::unique_ptr<Decoder> make_csv_decoder(const Schema& record, const Schema& read,
                                          const CsvOptions& options);

}  // namespace millrace::codec
