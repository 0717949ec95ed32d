#pragma once

// Where a pipeline's rows go. Implemented by connectors.
//
// Exactly once is a handshake in three steps, each of which may be followed by a crash:
//   1. prepare(epoch): rows of the epoch are durable at the sink, visible to nobody. The token
//      returned says how to make them visible.
//   2. the checkpoint of the epoch, tokens included, becomes durable.
//   3. publish(epoch, token): visible now. Repeating it changes nothing; after a restart it is
//      called again with the tokens of the last checkpoint.
// What step 1 left behind of an epoch that never reached step 2 is garbage, and is collected.

#include <string>
#include <string_view>

#include "base/id.h"
#include "column/batch.h"

namespace millrace::exec {

class Sink {
 public:
  virtual ~Sink() = default;

  virtual void write(const Batch& rows) = 0;
  // Empty where the epoch wrote nothing.
  virtual std::string prepare(Epoch epoch) = 0;
  virtual void publish(Epoch epoch, std::string_view token) = 0;
};

}  // namespace millrace::exec
