#pragma once

// The topic __consumer_offsets: what the coordinator of groups must know again after a restart. Its
// records are laid out in docs/formats/broker.md; offset_records.h and group_records.h make them.
//
// Loop thread only.

#include <functional>
#include <memory>
#include <string>

#include "kafka/error_code.h"
#include "kafka/record_batch.h"

namespace millrace::topic {
class Partition;
}

namespace millrace::broker {

class Broker;

class CoordinatorLog {
 public:
  // `broker` outlives it; its store is used from the first call on, not before.
  explicit CoordinatorLog(Broker& broker) : broker_(broker) {}

  // Every batch there is, oldest first; control batches too. Throws what the disk throws.
  void replay(const std::function<void(const kafka::BatchView&)>& on_batch) const;
  // Writes the batch. Anything but none: nothing was written; the code is one after which clients
  // try again, or tells a producer that it is fenced.
  kafka::ErrorCode append(std::string batch);
  // Calls `done` on the loop once all that was written is durable as the policy says, perhaps
  // before this returns.
  void when_durable(std::function<void(kafka::ErrorCode)> done);

 private:
  std::shared_ptr<topic::Partition> partition() const;

  Broker& broker_;
};

}  // namespace millrace::broker
