#pragma once

// Rows as JSON objects, letter for letter as Flink's json format writes them: numbers as Java
// prints them, decimals without the zeros behind their last digit (unless
// 'encode.decimal-as-plain-number'), no space anywhere.
//
// Strings are UTF-8; bytes that are not become U+FFFD. A map has keys of a string type; those of a
// multiset are its elements, with their count.

#include <memory>

#include "codec/encoder.h"
#include "codec/json/options.h"
#include "column/type.h"

namespace millrace::codec {

// Throws Error for a type that has no JSON.
std::unique_ptr<Encoder> make_json_encoder(const Schema& schema, const JsonOptions& options);

// Of a changelog, as Flink's debezium-json writes it: {"before":null,"after":{...},"op":"c"} for +I
// and +U, {"before":{...},"after":null,"op":"d"} for -U and -D.
std::unique_ptr<Encoder> make_debezium_json_encoder(const Schema& schema,
                                                    const JsonOptions& options);

}  // namespace millrace::codec
