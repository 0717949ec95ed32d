// What a partition does about its settings: closing, deleting and compacting segments.

#include <algorithm>

#include "base/check.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "topic/compaction.h"
#include "topic/partition.h"
#include "topic/recovery_point.h"

namespace millrace::topic {

using kafka::BatchView;

namespace {

constexpr std::string_view kDescription = "partition.json";
constexpr std::string_view kUnfinished = ".compacted";
constexpr size_t kReadBytes = 1 << 20;

// Every batch of a closed segment.
void for_each_batch(const Segment& segment, const std::function<void(const BatchView&)>& visit) {
  for (Offset at = segment.base(); at < segment.next_offset();) {
    const SharedBytes bytes = segment.read(at, segment.next_offset(), kReadBytes);
    for (std::string_view rest = bytes.view(); !rest.empty();) {
      const auto batch = BatchView::front_of(rest);
      visit(*batch);
      at = batch->next_offset();
      rest.remove_prefix(batch->size());
    }
    check(!bytes.empty(), "a segment holds batches up to its end");
  }
}

bool is_expired(const Segment& segment, Duration retention, Timestamp now) {
  const Timestamp latest = segment.max_timestamp();
  return retention.ns >= 0 && latest.ms >= 0 && latest < now - retention;
}

}  // namespace

void Partition::load_description() {
  start_ = segments_.front()->base().value;
  const std::string path = io::join(directory_, kDescription);
  if (!world_.files->exists(path)) {
    return;
  }
  const Json description = Json::parse(world_.files->read_all(path));
  if (description.at("format").as_int() != 1) {
    throw Error(ErrorCode::corrupt, "'" + path + "' is not a description of a partition, format 1");
  }
  start_ = description.at("start_offset").as_int();
  compacted_to_ = description.at("compacted_to").as_int();
}

// Under clean_mutex_. Where it throws, what was there still counts.
void Partition::write_description(Offset start, Offset compacted_to) {
  const Json description = Json::object(
      {{"format", 1}, {"start_offset", start.value}, {"compacted_to", compacted_to.value}});
  world_.files->replace(io::join(directory_, kDescription), description.dump_pretty());
  start_.store(start.value, std::memory_order_release);
  compacted_to_ = compacted_to.value;
}

// What a crash left of segments that were being removed or rewritten.
void Partition::remove_orphans(const std::vector<std::string>& names) const {
  for (const std::string& name : names) {
    const auto base = Segment::base_in(name);
    const bool belongs_to_none = (name.ends_with(".index") || name.ends_with(".producers") ||
                                  name.ends_with(RecoveryPoint::kSuffix)) &&
                                 base && *base < segments_.front()->base();
    if (belongs_to_none || name.ends_with(kUnfinished)) {
      world_.files->remove(io::join(directory_, name));
    }
  }
}

void Partition::clean(Timestamp now) {
  const std::lock_guard lock(clean_mutex_);
  const PartitionOptions options = this->options();
  close_if_old(options, now);
  delete_expired(options, now);
  compact_if_worthwhile(options, now);
}

void Partition::close_if_old(const PartitionOptions& options, Timestamp now) {
  const std::lock_guard lock(append_mutex_);
  const auto last = last_segment();
  if (last->size() == 0) {
    return;
  }
  const bool is_old =
      last->first_timestamp().ms >= 0 && last->first_timestamp() < now - options.segment_age;
  if (is_old || (options.deletes && is_expired(*last, options.retention, now))) {
    roll();
  }
}

void Partition::delete_expired(const PartitionOptions& options, Timestamp now) {
  Offset start = start_offset();
  const auto segments = all_segments();
  uint64_t left = size_bytes();
  for (size_t i = 0; i + 1 < segments.size(); ++i) {
    const Segment& segment = *segments[i];
    const Offset behind = segments[i + 1]->base();
    const bool is_wanted_no_more =
        behind <= start ||
        (options.deletes &&
         (is_expired(segment, options.retention, now) ||
          (options.retention_bytes >= 0 &&
           left - segment.size() >= static_cast<uint64_t>(options.retention_bytes))));
    if (!is_wanted_no_more || behind > stable_offset()) {
      break;
    }
    left -= segment.size();
    start = std::max(start, behind);
  }
  drop_segments_before(start);
}

// Under clean_mutex_. The description says so first: a crash in between is finished by the next
// cleaning.
void Partition::drop_segments_before(Offset start) {
  if (start > start_offset()) {
    write_description(start, Offset(compacted_to_));
  }
  while (true) {
    std::shared_ptr<Segment> first;
    {
      const std::lock_guard lock(mutex_);
      if (segments_.size() < 2 || segments_[1]->base() > start) {
        return;
      }
      first = segments_.front();
      segments_.erase(segments_.begin());
    }
    remove_segment(*first);
    world_.log->info("topic", "segment deleted",
                     {{"partition", name_},
                      {"segment", first->path()},
                      {"bytes", static_cast<int64_t>(first->size())}});
  }
}

// Who reads it reads on.
void Partition::remove_segment(Segment& segment) {
  segment.keep_open();
  for (const std::string_view suffix : {std::string_view(".log"), std::string_view(".index"),
                                        std::string_view(".producers"), RecoveryPoint::kSuffix}) {
    world_.files->remove(io::join(directory_, Segment::file_name(segment.base(), suffix)));
  }
}

Result<Offset> Partition::delete_before(Offset offset) {
  const std::lock_guard lock(clean_mutex_);
  if (offset > end_offset() || offset.value < 0) {
    return Error(ErrorCode::invalid_argument, "cannot delete '" + name_ + "' up to " +
                                                  std::to_string(offset.value) + ": it ends at " +
                                                  std::to_string(end_offset().value));
  }
  try {
    sync();  // or a crash of the machine could leave a log that ends before it begins
    drop_segments_before(std::max(offset, start_offset()));
  } catch (const Error& error) {
    // The caller tells whoever asked for it; everything else goes on.
    return error;
  }
  return start_offset();
}

void Partition::compact_if_worthwhile(const PartitionOptions& options, Timestamp now) {
  if (!options.compacts) {
    return;
  }
  auto segments = all_segments();
  segments.pop_back();
  uint64_t clean = 0;
  uint64_t dirty = 0;
  std::vector<std::shared_ptr<Segment>> compacted;
  bool overdue = false;
  for (const auto& segment : segments) {
    if (segment->next_offset() > stable_offset() ||
        segment->max_timestamp() > now - options.min_compaction_lag) {
      break;
    }
    const bool is_dirty = segment->base().value >= compacted_to_;
    (is_dirty ? dirty : clean) += segment->size();
    // Records without a time, and the header of a segment without records, count from the epoch.
    const int64_t waited_ms = now.ms - std::max<int64_t>(segment->max_timestamp().ms, 0);
    overdue |= is_dirty && options.max_compaction_lag_ms < waited_ms;
    compacted.push_back(segment);
  }
  if (dirty == 0 ||
      (!overdue &&
       static_cast<double>(dirty) < options.min_dirty_ratio * static_cast<double>(dirty + clean))) {
    return;
  }
  compact(compacted, now - options.tombstone_retention);
}

std::vector<AbortedTransaction> Partition::aborted_in(const Segment& segment) const {
  std::vector<AbortedTransaction> aborted;
  for (const auto& other : all_segments()) {
    if (other->base() >= segment.base() &&
        other->list_aborted(segment.base(), segment.next_offset(), aborted)) {
      break;
    }
  }
  return aborted;
}

void Partition::compact(const std::vector<std::shared_ptr<Segment>>& segments,
                        Timestamp deletions_before) {
  LatestOffsets latest;
  size_t covered = 0;
  for (; covered < segments.size() && !latest.is_full(); ++covered) {
    const Segment& segment = *segments[covered];
    if (segment.base().value >= compacted_to_) {
      const auto aborted = aborted_in(segment);
      for_each_batch(segment, [&](const BatchView& batch) {
        if (!batch.is_control() && !is_aborted(batch, aborted)) {
          latest.add(batch);
        }
      });
    }
  }
  uint64_t before = 0;
  uint64_t after = 0;
  for (size_t i = 0; i < covered; ++i) {
    before += segments[i]->size();
    // Deletions that were there at the last compaction could be seen since.
    const bool was_compacted = segments[i]->base().value < compacted_to_;
    after += rewrite(segments[i], [&](const kafka::Record& record) {
      const bool is_old_deletion =
          !record.value && was_compacted && record.timestamp < deletions_before;
      return record.offset >= start_offset() && !is_old_deletion && !latest.is_superseded(record);
    });
  }
  write_description(start_offset(), segments[covered - 1]->next_offset());
  world_.log->info("topic", "partition compacted",
                   {{"partition", name_},
                    {"to", compacted_to_},
                    {"bytes_before", static_cast<int64_t>(before)},
                    {"bytes_after", static_cast<int64_t>(after)}});
}

// The new file takes the name of the old one in one step; before, the index goes, which would not
// fit it. Returns its size.
uint64_t Partition::rewrite(const std::shared_ptr<Segment>& segment,
                            const std::function<bool(const kafka::Record&)>& keeps) {
  const std::string unfinished = segment->path() + std::string(kUnfinished);
  world_.files->remove(unfinished);
  const auto aborted = aborted_in(*segment);
  uint64_t size = 0;
  bool is_changed = false;
  {
    const auto file = world_.files->open(unfinished, io::OpenMode::append);
    for_each_batch(*segment, [&](const BatchView& batch) {
      const std::string kept =
          batch.is_control() || is_aborted(batch, aborted) ? "" : without_superseded(batch, keeps);
      is_changed |= kept != batch.bytes();
      size += kept.size();
      if (!kept.empty()) {
        file->append(kept);
      }
    });
    file->sync();
  }
  if (!is_changed) {
    world_.files->remove(unfinished);
    return size;
  }
  std::shared_ptr<Segment> rewritten;
  world_.files->remove(io::join(directory_, Segment::file_name(segment->base(), ".index")));
  world_.files->sync_directory(directory_);
  segment->keep_open();
  world_.files->rename(unfinished, segment->path());
  world_.files->sync_directory(directory_);
  if (size > 0) {
    rewritten = open_segment(segment->base(), Segment::State::closed);
    const ScanEnd end = rewritten->scan([](const BatchView&) {});
    check(end.fault.empty(), "what compaction wrote can be read");
    rewritten->close();
  }
  {
    const std::lock_guard lock(mutex_);
    const auto place = std::find(segments_.begin(), segments_.end(), segment);
    check(place != segments_.end(), "one cleaning at a time");
    if (rewritten) {
      *place = rewritten;
    } else {
      segments_.erase(place);
    }
  }
  if (!rewritten) {
    remove_segment(*segment);
  }
  return size;
}

}  // namespace millrace::topic
