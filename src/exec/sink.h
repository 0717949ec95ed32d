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

#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/time.h"
#include "column/batch.h"

namespace millrace::exec {

class Sink {
 public:
  virtual ~Sink() = default;

  virtual void write(const Batch& rows) = 0;
  // No row with an event time at or below this follows.
  virtual void advance(Watermark) {}
  // No row follows at all: the next epoch is the last one.
  virtual void finish() {}
  // When an epoch should end for the sink's sake though no row came: a file has become too old.
  virtual std::optional<Instant> due_at() const { return std::nullopt; }
  // Empty where the epoch wrote nothing.
  virtual std::string prepare(Epoch epoch) = 0;
  virtual void publish(Epoch epoch, std::string_view token) = 0;
  // Whether rows of the next epoch may come between the two, while the checkpoint is being written.
  virtual bool overlaps() const { return false; }
};

}  // namespace millrace::exec
