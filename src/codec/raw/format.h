#pragma once

// 'format' = 'raw': a record is the value of the table's one column, as it lies in memory. Numbers
// have their width in bytes, text is UTF-8, NULL is a record without a value.

#include <map>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "codec/decoder.h"
#include "codec/encoder.h"
#include "column/type.h"

namespace millrace::codec {

struct RawOptions {
  Endian endianness = Endian::big;

  // From keys without the format's prefix: "endianness". Throws Error(invalid_argument) for values
  // that are not offered, Error(unsupported) for a charset that is none of ours.
  static RawOptions from(const std::map<std::string, std::string>& options);
};

// `record` is the table's physical columns, `read` those of them that are wanted. Throws
// Error(invalid_argument) for more columns than one, and for a type.
std::unique_ptr<Decoder> make_raw_decoder(const Schema& record, const Schema& read,
                                          const RawOptions& options);
std::unique_ptr<Encoder> make_raw_encoder(const Schema& schema, const RawOptions& options);

}  // namespace millrace::codec
