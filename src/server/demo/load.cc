#include "server/demo/load.h"

#include "base/clock.h"
#include "base/log.h"
#include "io/event_loop.h"
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
std::optional<Timestamp> newest_time(const topic::Partition& partition,
                                     const MadeUpRecords& made_up) {
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
      const auto at = record->value ? made_up.time_of(*record->value) : std::nullopt;
      newest = at && (!newest || *at > *newest) ? at : newest;
    }
  }
  return newest;
}

}  // namespace

Load::Load(const io::World& world, io::EventLoop& loop, topic::Store& topics, topic::Syncer& syncer,
           const std::vector<Recipe>& recipes, const DemoSettings& settings)
    : world_(world),
      loop_(loop),
      syncer_(syncer),
      settings_(settings),
      random_(world.random->next()),
      event_time_(world.clock->now() - kDay),
      last_tick_(world.clock->monotonic()),
      syncing_(std::make_shared<std::atomic<int>>(0)),
      write_time_(world.metrics->histogram("millrace_demo_write_seconds",
                                           "From making up records to their being durable")) {
  for (const Recipe& recipe : recipes) {
    streams_.push_back({.records = MadeUpRecords(Random(random_.next()), recipe, settings),
                        .weight = recipe.weight,
                        .partition = open_partition(topics, recipe.topic),
                        .batch = {}});
    total_weight_ += recipe.weight;
    const auto newest = newest_time(*streams_.back().partition, streams_.back().records);
    event_time_ = std::max(event_time_, newest.value_or(event_time_));
  }
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

Load::Stream& Load::next_stream() {
  uint64_t left = random_.below(total_weight_);
  size_t chosen = 0;
  while (left >= streams_[chosen].weight) {
    left -= streams_[chosen].weight;
    ++chosen;
  }
  return streams_[chosen];
}

void Load::write(int64_t records) {
  const Instant started = world_.clock->monotonic();
  for (int64_t i = 0; i < records; ++i) {
    Stream& stream = next_stream();
    stream.batch.add(world_.clock->now(), std::nullopt, stream.records.next(event_time_));
  }
  for (Stream& stream : streams_) {
    append(stream, started);
  }
}

void Load::append(Stream& stream, Instant started) {
  const auto records = static_cast<uint64_t>(stream.batch.count());
  if (records == 0) {
    return;
  }
  const topic::Appended appended = stream.partition->append(stream.batch.finish());
  if (appended.error_code != kafka::ErrorCode::none) {
    world_.log->warning("demo", "records could not be written", {{"reason", appended.message}});
    return;
  }
  written_ += records;
  ++*syncing_;
  syncer_.request(stream.partition, [syncing = syncing_, &histogram = write_time_,
                                     clock = world_.clock, started](const std::optional<Error>&) {
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
