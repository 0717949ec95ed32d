#pragma once

// Waiting for logs until they are durable, and reading those that the broker itself writes.

#include <functional>
#include <memory>
#include <vector>

#include "kafka/error_code.h"

namespace millrace::kafka {
class BatchView;
}  // namespace millrace::kafka
namespace millrace::topic {
class Partition;
}

namespace millrace::broker {

class Broker;

// Calls `done` on the loop when all that was appended to these partitions so far is durable as the
// policy says, perhaps before this returns; with coordinator_not_available where the disk refused.
void when_all_durable(Broker& broker,
                      const std::vector<std::shared_ptr<topic::Partition>>& partitions,
                      std::function<void(kafka::ErrorCode)> done);

// Waits for the disk. At the start, before what a log of the broker's own says is acted on: a kill
// may have left it unsynced.
void sync_as_promised(const Broker& broker, topic::Partition& partition);

// Of what was appended and nobody waits for: has it synced when there is much of it, or closing a
// segment would stop everything for as long as a disk takes to write all of it. Any thread.
void sync_by_and_by(Broker& broker, const std::shared_ptr<topic::Partition>& partition);

// Every batch, in order; control batches too.
void for_each_batch(const topic::Partition& partition,
                    const std::function<void(const kafka::BatchView&)>& visit);

}  // namespace millrace::broker
