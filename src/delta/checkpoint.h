#pragma once

// A checkpoint file: the actions of a snapshot as Parquet, a row each.
// https://github.com/delta-io/delta/blob/master/PROTOCOL.md#v1-spec

#include <string>
#include <string_view>
#include <vector>

#include "delta/actions.h"
#include "delta/snapshot.h"

namespace millrace::codec {
class Parquet;
}

namespace millrace::delta {

// Throws Error where the bytes are no checkpoint.
std::vector<Action> decode_checkpoint(std::string_view bytes, codec::Parquet& parquet);

struct EncodedCheckpoint {
  std::string parquet;
  std::string last_checkpoint_json;  // what _last_checkpoint says about it
};
EncodedCheckpoint encode_checkpoint(const Snapshot& snapshot, codec::Parquet& parquet);

}  // namespace millrace::delta
