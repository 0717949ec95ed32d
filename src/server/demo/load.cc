#include "server/demo/load.h"

#include "base/clock.h"
#include "base/log.h"
#include "io/event_loop.h"
#include "kafka/records.h"
#include "topic/store.h"
#include "topic/syncer.h"

namespace millrace::server {

namespace {

constexpr Duration kTick = Duration::milliseconds(20);
constexpr Duration kDay = Duration::seconds(86'400);
constexpr int kMostSyncing = 50;  // a disk slower than that gets less load, not a longer queue

std::shared_ptr<topic::Partition> open_partition(topic::Store& topics, const std::string& name) {
  const auto topic = topics.find_or_create(name, 1);
  if (!topic.ok()) {
    throw topic.error();
  }
  std::shared_ptr<topic::Partition> partition = (*topic)->find(PartitionIndex(0));
  if (partition == nullptr) {
    throw Error(ErrorCode::corrupt, "partition 0 of topic '" + name + "' is damaged: see the log");
  }
  return partition;
}

// The newest event time among the last records; nothing in an empty topic.
std::optional<Timestamp> newest_event_time(const topic::Partition& partition) {
  constexpr int64_t kLookedAt = 2'000;
  const Offset from(
      std::max(partition.start_offset().value, partition.end_offset().value - kLookedAt));
  std::optional<Timestamp> newest;
  const Result<SharedBytes> bytes = partition.read(from, 4 << 20);
  std::string_view rest = bytes.ok() ? bytes->view() : std::string_view();
  while (const auto batch = kafka::BatchView::front_of(rest)) {
    rest.remove_prefix(batch->size());
    kafka::Records records(*batch);
    while (const kafka::Record* record = records.next()) {
      const auto at = record->value ? time_of_event(*record->value) : std::nullopt;
      newest = at && (!newest || *at > *newest) ? at : newest;
    }
  }
  return newest;
}

}  // namespace

Load::Load(const io::World& world, io::EventLoop& loop, topic::Store& topics, topic::Syncer& syncer,
           const std::string& topic, const DemoSettings& settings)
    : world_(world),
      loop_(loop),
      syncer_(syncer),
      settings_(settings),
      partition_(open_partition(topics, topic)),
      events_(Random(world.random->next()), settings),
      event_time_(newest_event_time(*partition_).value_or(world.clock->now() - kDay)),
      last_tick_(world.clock->monotonic()),
      syncing_(std::make_shared<std::atomic<int>>(0)),
      write_time_(world.metrics->histogram("millrace_demo_write_seconds",
                                           "From making up events to their being durable")) {
  tick();
}

Load::~Load() = default;

void Load::tick() {
  const Instant now = world_.clock->monotonic();
  const Duration passed = now - last_tick_;
  last_tick_ = now;
  event_time_ = event_time_ + passed * settings_.speed;
  owed_ns_ += passed.ns * settings_.events_per_second;
  if (*syncing_ < kMostSyncing) {
    write(owed_ns_ / 1'000'000'000);
  }
  owed_ns_ %= 1'000'000'000;
  timer_ = loop_.run_after(kTick, [this] { tick(); });
}

void Load::write(int64_t events) {
  if (events == 0) {
    return;
  }
  const Instant started = world_.clock->monotonic();
  kafka::BatchBuilder batch;
  for (int64_t i = 0; i < events; ++i) {
    batch.add(world_.clock->now(), std::nullopt, events_.next(event_time_));
  }
  const topic::Appended appended = partition_->append(batch.finish());
  if (appended.error_code != kafka::ErrorCode::none) {
    world_.log->warning("demo", "events could not be written", {{"reason", appended.message}});
    return;
  }
  written_ += static_cast<uint64_t>(events);
  ++*syncing_;
  syncer_.request(partition_, [syncing = syncing_, &histogram = write_time_, clock = world_.clock,
                               started](const std::optional<Error>&) {
    --*syncing;
    histogram.observe(clock->monotonic() - started);
  });
}

Duration Load::write_p99() const {
  uint64_t total = write_time_.overflow();
  for (size_t i = 0; i < Histogram::kBuckets; ++i) {
    total += write_time_.count_in(i);
  }
  uint64_t below = 0;
  for (size_t i = 0; i < Histogram::kBuckets; ++i) {
    below += write_time_.count_in(i);
    if (below * 100 >= total * 99) {
      return Histogram::upper_bound(i);
    }
  }
  return Histogram::upper_bound(Histogram::kBuckets - 1);
}

}  // namespace millrace::server
