#pragma once

// The codecs that producers use. Logs keep what producers sent; only readers of records decompress.

#include <string_view>

#include "base/shared_bytes.h"
#include "kafka/record_batch.h"

namespace millrace::kafka {

// A batch of a few kilobytes can claim to be gigabytes; more than this is refused.
constexpr size_t kMaxDecompressedBytes = 256ULL << 20;

// Snappy comes raw or in the blocks of the Java client ("xerial"), lz4 in frames, each codec
// possibly in several pieces. Throws Error(corrupt).
SharedBytes decompress(Compression codec, std::string_view bytes);

}  // namespace millrace::kafka
