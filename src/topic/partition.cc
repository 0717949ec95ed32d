#include "topic/partition.h"

#include <algorithm>

#include "base/check.h"
#include "base/error.h"
#include "base/log.h"
#include "kafka/records.h"
#include "topic/unsynced_mark.h"

namespace millrace::topic {

using kafka::BatchView;

namespace {
// A start reads at most so much of a partition, where its records are synced as they come.
constexpr uint64_t kRecoverySpacing = 4ULL << 20;
// And after a clean stop so much.
constexpr uint64_t kWorthKnowing = 256ULL << 10;
}  // namespace

Partition::Partition(io::World world, std::shared_ptr<OpenFiles> closed_files,
                     std::string directory, std::string name, PartitionOptions options)
    : world_(world),
      closed_files_(std::move(closed_files)),
      directory_(std::move(directory)),
      name_(std::move(name)),
      options_(options) {
  recover();
}

Partition::~Partition() = default;

std::unique_ptr<Listeners::Subscription> Partition::on_growth(std::function<void()> grown) {
  return listeners_.add(std::move(grown));
}

void Partition::report_growth() { listeners_.call(); }

void Partition::configure(PartitionOptions options) {
  const std::lock_guard lock(mutex_);
  options_ = options;
}

PartitionOptions Partition::options() const {
  const std::lock_guard lock(mutex_);
  return options_;
}

std::shared_ptr<Segment> Partition::open_segment(Offset base, Segment::State state) const {
  return std::make_shared<Segment>(world_.files, closed_files_, directory_, base, state);
}

std::vector<std::shared_ptr<Segment>> Partition::all_segments() const {
  const std::lock_guard lock(mutex_);
  return segments_;
}

void Partition::lose_names() {
  for (const auto& segment : all_segments()) {
    segment->lose_name();
  }
}

uint64_t Partition::size_bytes() const {
  const std::lock_guard lock(mutex_);
  uint64_t size = 0;
  for (const auto& segment : segments_) {
    size += segment->size();
  }
  return size;
}

std::shared_ptr<Segment> Partition::segment_with(Offset offset) const {
  const std::lock_guard lock(mutex_);
  const auto behind =
      std::upper_bound(segments_.begin(), segments_.end(), offset,
                       [](Offset o, const auto& segment) { return o < segment->base(); });
  // Compaction may have taken all of what the log began with.
  return behind == segments_.begin() ? segments_.front() : *std::prev(behind);
}

std::shared_ptr<Segment> Partition::segment_behind(Offset base) const {
  const std::lock_guard lock(mutex_);
  const auto behind =
      std::upper_bound(segments_.begin(), segments_.end(), base,
                       [](Offset o, const auto& segment) { return o < segment->base(); });
  return behind == segments_.end() ? segments_.back() : *behind;
}

std::shared_ptr<Segment> Partition::last_segment() const {
  const std::lock_guard lock(mutex_);
  return segments_.back();
}

Result<SharedBytes> Partition::read(Offset from, size_t max_bytes) const {
  // What is appended meanwhile is in its segment before end_offset() says so.
  const Offset end = end_offset();
  if (from < start_offset() || from > end) {
    return Error(ErrorCode::invalid_argument,
                 "cannot read '" + name_ + "' from " + std::to_string(from.value) + ": it holds " +
                     std::to_string(start_offset().value) + " to " + std::to_string(end.value));
  }
  auto segment = segment_with(from);
  SharedBytes batches = segment->read(from, end, max_bytes);
  while (batches.empty() && segment != last_segment()) {
    // A compacted segment may end before the next begins.
    segment = segment_behind(segment->base());
    batches = segment->read(from, end, max_bytes);
  }
  return batches;
}

Result<CommittedRead> Partition::read_committed(Offset from, size_t max_bytes) const {
  // Taken first: what is read may be decided meanwhile, and then is left for the next read.
  const Offset stable = stable_offset();
  // And these before the read: compaction takes what a segment knows of aborted records with them.
  const auto segments = all_segments();
  Result<SharedBytes> read = this->read(from, max_bytes);
  if (!read.ok()) {
    return read.error();
  }
  size_t size = 0;
  Offset end = from;
  while (const auto batch = BatchView::front_of(read->view().substr(size))) {
    if (batch->base_offset() >= stable) {
      break;
    }
    size += batch->size();
    end = batch->next_offset();
  }
  CommittedRead committed{read->part(0, size), {}};
  for (const auto& segment : segments) {
    if (segment->next_offset() > from && segment->list_aborted(from, end, committed.aborted)) {
      break;
    }
  }
  return committed;
}

std::vector<ProducerStatus> Partition::producers() const {
  const std::lock_guard lock(append_mutex_);
  return producers_.list();
}

static std::optional<TimePosition> first_record_from(const SharedBytes& batch, Timestamp time,
                                                     Offset start) {
  if (batch.empty()) {
    return std::nullopt;
  }
  const auto view = BatchView::front_of(batch.view());
  kafka::Records records(*view);
  while (const kafka::Record* record = records.next()) {
    if (record->timestamp >= time && record->offset >= start) {
      return TimePosition{record->offset, record->timestamp};
    }
  }
  return TimePosition{std::max(view->base_offset(), start), view->max_timestamp()};
}

std::optional<TimePosition> Partition::find_by_time(Timestamp time) const {
  const auto segments = all_segments();
  for (const auto& segment : segments) {
    if (segment->max_timestamp() >= time) {
      return first_record_from(segment->find_batch_by_time(time), time, start_offset());
    }
  }
  return std::nullopt;
}

std::optional<TimePosition> Partition::find_latest_time() const {
  Timestamp latest{INT64_MIN};
  {
    const std::lock_guard lock(mutex_);
    for (const auto& segment : segments_) {
      latest = std::max(latest, segment->max_timestamp());
    }
  }
  return find_by_time(latest);
}

void Partition::sync() {
  // What it describes is written, and so on disk after the sync.
  const std::optional<Known> known = describe_known(kRecoverySpacing);
  const std::lock_guard lock(sync_mutex_);
  sync_written();
  if (known) {
    write_recovery_point(*known);
  }
}

void Partition::prepare_to_stop() {
  if (const std::optional<Known> known = describe_known(kWorthKnowing)) {
    const std::lock_guard lock(sync_mutex_);
    sync_written();
    write_recovery_point(*known);
  }
}

void Partition::sync_written() {
  const int64_t written = end_.load(std::memory_order_acquire);
  if (synced_.load(std::memory_order_acquire) >= written) {
    return;
  }
  // Closed segments were synced when they were closed; what is missing is in the last one, or was
  // closed since, which is as good.
  const uint64_t bytes = unsynced_bytes_.load(std::memory_order_relaxed);
  sync_segment(*last_segment());
  synced_.store(written, std::memory_order_release);
  unsynced_bytes_.fetch_sub(bytes, std::memory_order_relaxed);
}

// What the process that is started next reads may be in memory alone: it cuts the log here.
static void mark_unsynced(const io::World& world, const std::string& directory, Offset synced) {
  try {
    const std::string name = std::string(kUnsyncedMark) + std::to_string(synced.value);
    world.files->open(io::join(directory, name), io::OpenMode::append);
    world.files->sync_directory(directory);
  } catch (const Error& error) {  // the disk is failing: more cannot be done
    world.log->error("topic", "a failed sync cannot be marked",
                     {{"directory", directory}, {"error", error.message()}});
  }
}

// Under sync_mutex_, because the system tells of a failure to one of two that sync a file at once.
void Partition::sync_segment(Segment& segment) {
  check_disk_is_trusted();
  try {
    sync_names();
    segment.sync();
  } catch (const Error&) {  // to remember it; the caller tells it
    sync_failed_.store(true, std::memory_order_release);
    // What the lives before left was acknowledged in part, and it is not known which.
    mark_unsynced(world_, directory_, std::max(synced_offset(), Offset(recovered_end_)));
    throw;
  }
}

// Of the partition and of its segment, and after a kill of the topic's description. Not when it is
// made or opened: thousands of partitions that nobody writes to would wait for the disk.
void Partition::sync_names() {
  if (names_are_synced_) {
    return;
  }
  world_.files->sync_directory(directory_);
  world_.files->sync_directory(io::parent_of(directory_));
  names_are_synced_ = true;
}

// A system may drop the bytes that it could not write and call the next sync a success, so one
// failure is the last: what is on disk is found out by the recovery of the next start.
void Partition::check_disk_is_trusted() const {
  if (sync_failed_.load(std::memory_order_acquire)) {
    throw Error(ErrorCode::io, "cannot write '" + name_ +
                                   "': a sync failed before, and what the "
                                   "system did with those bytes is not known; restart the server");
  }
}

}  // namespace millrace::topic
