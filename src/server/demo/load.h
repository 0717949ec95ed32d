#pragma once

// Writes made-up records into their topics at a steady rate, as a producer with acks=all would, and
// measures how long they take to be durable. On the event loop's thread.

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "io/world.h"
#include "kafka/records.h"
#include "server/demo/made_up_records.h"

namespace millrace::io {
class EventLoop;
class Timer;
}  // namespace millrace::io
namespace millrace::topic {
class Partition;
class Store;
class Syncer;
}  // namespace millrace::topic

namespace millrace::server {

class Load {
 public:
  // Begins at once. Event time goes on after the newest record that a topic holds, else starts a
  // day ago: a record of an earlier time would be late. Everything handed in outlives the load.
  Load(const io::World& world, io::EventLoop& loop, topic::Store& topics, topic::Syncer& syncer,
       const std::vector<Recipe>& recipes, const DemoSettings& settings);
  ~Load();
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  uint64_t written() const { return written_; }
  Timestamp event_time() const { return event_time_; }
  // Within this long 99 of 100 writes were on disk, rounded up to the next step of the histogram.
  Duration write_p99() const;

 private:
  // A topic and what is written into it.
  struct Stream {
    MadeUpRecords records;
    uint64_t weight;
    std::shared_ptr<topic::Partition> partition;
    kafka::BatchBuilder batch;  // of one tick
  };

  void tick();
  void write(int64_t records);
  void append(Stream& stream, Instant started);
  Stream& next_stream();

  const io::World world_;
  io::EventLoop& loop_;
  topic::Syncer& syncer_;
  DemoSettings settings_;
  Random random_;
  std::vector<Stream> streams_;
  uint64_t total_weight_ = 0;
  Timestamp event_time_;
  Instant last_tick_;
  int64_t owed_ns_ = 0;  // time not yet turned into records
  uint64_t written_ = 0;
  std::shared_ptr<std::atomic<int>> syncing_;  // shared with callbacks that come later
  Histogram& write_time_;
  std::unique_ptr<io::Timer> timer_;
};

}  // namespace millrace::server
