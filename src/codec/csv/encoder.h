#pragma once

// Rows as CSV, letter for letter as Flink's csv format writes them. What is no number and no
// boolean is text, and text is quoted not only where it must be but where Jackson, which Flink
// writes with, does not look closer: where it is longer than 24 characters, or has a character not
// above the delimiter and the quote.

#include <memory>

#include "codec/csv/options.h"
#include "codec/encoder.h"
#include "column/type.h"

namespace millrace::codec {

// Throws Error(unsupported) for a type that is not written.
std::unique_ptr<Encoder> make_csv_encoder(const Schema& schema, const CsvOptions& options);

}  // namespace millrace::codec
