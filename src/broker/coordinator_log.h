#pragma once

// A topic in which a coordinator, of groups or of transactions, keeps what it must know again after
// a restart. It has one partition, and is compacted. Records are laid out in
// docs/formats/broker.md.
//
// Loop thread only.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "kafka/error_code.h"
#include "kafka/record_batch.h"

namespace millrace::topic {
class Partition;
}

namespace millrace::broker {

class Broker;

class CoordinatorLog {
 public:
  // `broker` and the topic's name outlive it; the store is used from the first call on, not before.
  CoordinatorLog(Broker& broker, std::string_view topic) : broker_(broker), topic_(topic) {}

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
  std::string_view topic_;
};

}  // namespace millrace::broker
