// What a partition makes of the files that it finds.

#include <algorithm>
#include <charconv>

#include "base/check.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "topic/partition.h"
#include "topic/recovery_point.h"
#include "topic/unsynced_mark.h"

namespace millrace::topic {

using kafka::BatchView;

namespace {

constexpr std::string_view kLogSuffix = ".log";

std::vector<Offset> bases_in(const std::vector<std::string>& names) {
  std::vector<Offset> bases;
  for (const std::string& name : names) {
    const auto base = Segment::base_in(name);
    if (base && name == Segment::file_name(*base, kLogSuffix)) {
      bases.push_back(*base);
    }
  }
  return bases;
}

// What a kill in the middle of Files::replace() left.
bool is_leftover(const std::string& name) { return name.find(".tmp") != std::string::npos; }

Offset offset_in_mark(const std::string& directory, std::string_view mark) {
  const std::string_view digits = mark.substr(kUnsyncedMark.size());
  int64_t offset = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), offset);
  if (read.ec != std::errc() || read.ptr != digits.data() + digits.size() || offset < 0) {
    throw Error(ErrorCode::corrupt, "'" + io::join(directory, mark) +
                                        "' names no offset up to which the log is on disk");
  }
  return Offset(offset);
}

// Where a sync failed in the last life, the bytes behind are perhaps only in the system's memory,
// which calls the next sync a success: they were not acknowledged as durable, and go. A copy stays.
// What is before may be in memory alone as well, and is written anew.
void cut_unsynced(const io::World& world, const std::shared_ptr<OpenFiles>& files,
                  const std::string& directory, Offset base,
                  const std::vector<std::string>& names) {
  const auto mark = std::find_if(names.begin(), names.end(), [](const std::string& name) {
    return name.starts_with(kUnsyncedMark);
  });
  if (mark == names.end()) {
    return;
  }
  const Offset synced = offset_in_mark(directory, *mark);
  Segment last(world.files, files, directory, base, Segment::State::open);
  ScanEnd end;
  last.scan([&](const BatchView& batch) {
    end.position += batch.base_offset() < synced ? batch.size() : 0;
  });
  world.log->error("topic", "what was behind a failed sync is cut",
                   {{"segment", last.path()},
                    {"from_offset", synced.value},
                    {"bytes", static_cast<int64_t>(last.file_size() - end.position)}});
  world.files->remove(io::join(directory, Segment::file_name(base, RecoveryPoint::kSuffix)));
  last.cut(end, true);
  last.copy_onto_itself();
  world.files->remove(io::join(directory, *mark));
  world.files->sync_directory(directory);
}

}  // namespace

void Partition::recover() {
  world_.files->make_directories(directory_);
  std::vector<std::string> names = world_.files->list(directory_);
  for (const std::string& name : names) {
    if (is_leftover(name)) {
      world_.files->remove(io::join(directory_, name));
    }
  }
  std::erase_if(names, is_leftover);
  open_segments(names);
  load_description();
  remove_orphans(names);
  for (size_t i = first_to_replay(); i + 1 < segments_.size(); ++i) {
    replay_closed(*segments_[i]);
  }
  for (size_t i = 0; i + 1 < segments_.size(); ++i) {
    if (segments_[i]->next_offset() > segments_[i + 1]->base()) {
      throw Error(ErrorCode::corrupt, "segment '" + segments_[i]->path() + "' ends at offset " +
                                          std::to_string(segments_[i]->next_offset().value) +
                                          ", the next begins at " +
                                          std::to_string(segments_[i + 1]->base().value));
    }
  }
  const bool is_resumed = resume_last();
  // Segments before it were synced when they were closed.
  synced_ = segments_.back()->next_offset().value;
  recover_last(*segments_.back(), is_resumed);
  end_ = segments_.back()->next_offset().value;
  recovered_end_ = end_.load();
  stable_ = producers_.first_open().value_or(end_offset()).value;
}

void Partition::open_segments(const std::vector<std::string>& names) {
  std::vector<Offset> bases = bases_in(names);
  if (bases.empty()) {
    bases.emplace_back(0);
  }
  cut_unsynced(world_, closed_files_, directory_, bases.back(), names);
  for (const Offset base : bases) {
    segments_.push_back(
        open_segment(base, base == bases.back() ? Segment::State::open : Segment::State::closed));
  }
}

// What the last recovery point says is taken as it is: the log was on disk up to there.
bool Partition::resume_last() {
  Segment& last = *segments_.back();
  const std::string path =
      io::join(directory_, Segment::file_name(last.base(), RecoveryPoint::kSuffix));
  if (!world_.files->exists(path)) {
    return false;
  }
  const auto point = RecoveryPoint::from_bytes(world_.files->read_all(path));
  auto producers = point ? Producers::from_bytes(point->producers) : std::nullopt;
  if (!producers || !last.resume(point->index, point->first_timestamp)) {
    world_.log->warning("topic", "recovery point does not fit its segment, which is read whole",
                        {{"partition", name_}, {"segment", last.path()}});
    return false;
  }
  producers_ = std::move(*producers);
  known_size_ = last.size();
  return true;
}

std::optional<Partition::Known> Partition::describe_known(uint64_t least_growth) {
  const std::lock_guard lock(append_mutex_);
  const auto last = last_segment();
  const uint64_t size = last->size();
  if (size < known_size_ + least_growth) {
    return std::nullopt;
  }
  known_size_ = size;
  return Known{last->base(),
               RecoveryPoint{last->first_timestamp(), last->index_bytes(), producers_.to_bytes()}
                   .to_bytes()};
}

// Not synced itself: what is torn of it says so, and then the segment is read whole.
void Partition::write_recovery_point(const Known& known) {
  const std::string path =
      io::join(directory_, Segment::file_name(known.segment, RecoveryPoint::kSuffix));
  const std::string beside = path + ".tmp";
  try {
    world_.files->remove(beside);
    world_.files->open(beside, io::OpenMode::append)->append(known.bytes);
    world_.files->rename(beside, path);
  } catch (const Error& error) {  // the next start reads more, that is all
    world_.log->warning("topic", "recovery point not written",
                        {{"partition", name_}, {"error", error.message()}});
  }
}

// Producers and indexes are functions of the log: it is read again from the first segment without
// an index on, or the last one, and before that as far back as to where the producers are known.
size_t Partition::first_to_replay() {
  size_t first = segments_.size() - 1;
  for (size_t i = 0; i + 1 < segments_.size(); ++i) {
    if (!segments_[i]->load_index()) {
      world_.log->warning("topic", "index rebuilt",
                          {{"partition", name_}, {"segment", segments_[i]->path()}});
      first = std::min(first, i);
    }
  }
  while (!load_producers(segments_[first]->base()) && first > 0) {
    --first;
  }
  return first;
}

bool Partition::load_producers(Offset base) {
  const std::string path = io::join(directory_, Segment::file_name(base, ".producers"));
  auto read = world_.files->exists(path) ? Producers::from_bytes(world_.files->read_all(path))
                                         : std::nullopt;
  if (read) {
    producers_ = std::move(*read);
  }
  return read.has_value();
}

void Partition::replay_closed(Segment& segment) {
  const ScanEnd end = segment.scan([&](const BatchView& batch) { note_producer(segment, batch); });
  if (!end.fault.empty()) {
    throw Error(ErrorCode::corrupt, "closed segment '" + segment.path() + "' is damaged at " +
                                        std::to_string(end.position) + ": " + end.fault);
  }
  segment.sync();
  segment.close();
}

void Partition::recover_last(Segment& segment, bool is_resumed) {
  const auto note = [&](const BatchView& batch) { note_producer(segment, batch); };
  const ScanEnd end = is_resumed ? segment.scan_on(note) : segment.scan(note);
  if (end.fault.empty()) {
    return;
  }
  const auto bytes = static_cast<int64_t>(segment.file_size() - end.position);
  const auto report = end.right_batch_follows ? &Log::error : &Log::warning;
  (world_.log->*report)("topic", "tail of the log cut",
                        {{"partition", name_},
                         {"segment", segment.path()},
                         {"position", end.position},
                         {"bytes", bytes},
                         {"end_offset", segment.next_offset().value},
                         {"why", end.fault},
                         {"kept_beside", end.right_batch_follows}});
  segment.cut(end, end.right_batch_follows);
}

}  // namespace millrace::topic
