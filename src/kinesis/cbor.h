#pragma once

// Reads CBOR (RFC 8949) as requests come in it.

#include <string_view>

#include "base/json.h"

namespace millrace::kinesis {

// The one item that `bytes` are, as a tree: byte strings become texts with their bytes, tags are
// passed over, undefined is null. Throws Error(syntax) for anything else than one well-formed item
// with texts of UTF-8 and texts as keys.
Json parse_cbor(std::string_view bytes);

}  // namespace millrace::kinesis
