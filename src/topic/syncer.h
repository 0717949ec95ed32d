#pragma once

// Group commit: many producers wait for their bytes to be durable, and one sync answers all that
// were written before it began.
//
// In the server it has a thread of its own, because a sync blocks; in a simulation its owner calls
// step(). request() is for any thread; callbacks come on the thread that syncs.

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/error.h"
#include "base/id.h"
#include "io/worker.h"
#include "io/world.h"
#include "topic/partition.h"

namespace millrace {
class Counter;
class Histogram;
}  // namespace millrace

namespace millrace::topic {

// What acks=all means.
enum class SyncPolicy : uint8_t {
  acknowledged,  // answered when synced
  os,            // answered when written; the operating system syncs when it likes
};

class Syncer {
 public:
  // `failure` is nothing when the bytes are durable.
  using Done = std::function<void(const std::optional<Error>& failure)>;

  explicit Syncer(io::World world);
  void request(std::shared_ptr<Partition> partition, Done done);
  // One round: syncs what was asked for so far and calls back. False where nothing was.
  bool step() { return worker_.step(); }
  void start_thread() { worker_.start_thread(); }

 private:
  struct Waiting {
    std::shared_ptr<Partition> partition;
    Done done;
  };

  void sync_all_waiting();

  const io::World world_;
  Histogram& sync_time_;
  Counter& sync_failures_;
  std::mutex mutex_;  // waiting_
  std::vector<Waiting> waiting_;
  io::Worker worker_;  // ends, with a last round, before the rest goes
};

}  // namespace millrace::topic
