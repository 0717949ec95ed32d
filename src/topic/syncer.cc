#include "topic/syncer.h"

#include <map>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"

namespace millrace::topic {

Syncer::Syncer(io::World world)
    : world_(world),
      sync_time_(world.metrics->histogram("millrace_topic_sync_seconds",
                                          "Time of one partition's sync to disk")),
      sync_failures_(world.metrics->counter("millrace_topic_sync_failures_total",
                                            "Syncs of a partition that the disk refused")) {}

void Syncer::request(std::shared_ptr<Partition> partition, Done done) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back({std::move(partition), std::move(done)});
  if (waiting_.size() == 1) {
    worker_.post([this] { sync_all_waiting(); });
  }
}

void Syncer::sync_all_waiting() {
  std::vector<Waiting> round;
  {
    const std::lock_guard lock(mutex_);
    round.swap(waiting_);
  }
  // The same partition may be asked for many times; one sync is for all of them.
  std::map<Partition*, std::optional<Error>> outcomes;
  for (const Waiting& waiting : round) {
    const auto [place, is_first] = outcomes.try_emplace(waiting.partition.get());
    if (!is_first) {
      continue;
    }
    const Instant began = world_.clock->monotonic();
    try {
      waiting.partition->sync();
    } catch (const Error& error) {
      // Each producer that waits is told. The partition refuses to be written to from now on.
      place->second = error;
      sync_failures_.add();
      world_.log->error("topic", "sync failed",
                        {{"partition", waiting.partition->name()}, {"error", error.message()}});
    }
    sync_time_.observe(world_.clock->monotonic() - began);
  }
  for (const Waiting& waiting : round) {
    waiting.done(outcomes.at(waiting.partition.get()));
  }
}

}  // namespace millrace::topic
