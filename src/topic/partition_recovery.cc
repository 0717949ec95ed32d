// What a partition makes of the files that it finds.

#include "base/check.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "topic/partition.h"

namespace millrace::topic {

using kafka::BatchView;

namespace {

constexpr std::string_view kLogSuffix = ".log";

std::vector<Offset> bases_in(const std::vector<std::string>& names) {
  std::vector<Offset> bases;
  for (const std::string& name : names) {
    if (name.size() == 20 + kLogSuffix.size() && name.ends_with(kLogSuffix) &&
        name.find_first_not_of("0123456789") == 20) {
      bases.emplace_back(std::stoll(name));
    }
  }
  return bases;
}

}  // namespace

void Partition::recover() {
  world_.files->make_directories(directory_);
  std::vector<Offset> bases = bases_in(world_.files->list(directory_));
  const bool is_new = bases.empty();
  if (is_new) {
    bases.emplace_back(0);
  }
  for (const Offset base : bases) {
    segments_.push_back(std::make_shared<Segment>(world_.files, directory_, base));
  }
  if (is_new) {
    world_.files->sync_directory(directory_);
  }
  for (size_t i = 0; i + 1 < segments_.size(); ++i) {
    recover_closed(*segments_[i], segments_[i + 1]->base());
  }
  recover_producers();
  recover_last(*segments_.back());
  end_ = segments_.back()->next_offset().value;
  synced_ = segments_.back()->base().value;  // the rest may not have left the page cache
}

void Partition::recover_closed(Segment& segment, Offset next_base) {
  if (!segment.load_index()) {
    world_.log->warning("topic", "index rebuilt",
                        {{"partition", name_}, {"segment", segment.path()}});
    const ScanEnd end = segment.scan([](const BatchView&) {});
    if (!end.fault.empty()) {
      throw Error(ErrorCode::corrupt, "closed segment '" + segment.path() + "' is damaged at " +
                                          std::to_string(end.position) + ": " + end.fault);
    }
    segment.close();
  }
  if (segment.next_offset() > next_base) {
    throw Error(ErrorCode::corrupt, "segment '" + segment.path() + "' ends at offset " +
                                        std::to_string(segment.next_offset().value) +
                                        ", the next begins at " + std::to_string(next_base.value));
  }
}

// The producers as they stood where the last segment begins.
void Partition::recover_producers() {
  const std::string path =
      io::join(directory_, Segment::file_name(segments_.back()->base(), ".producers"));
  if (world_.files->exists(path)) {
    if (auto read = Producers::from_bytes(world_.files->read_all(path))) {
      producers_ = std::move(*read);
      return;
    }
  }
  for (size_t i = 0; i + 1 < segments_.size(); ++i) {
    const ScanEnd end = segments_[i]->scan(
        [this](const BatchView& batch) { producers_.note(batch, world_.clock->now()); });
    check(end.fault.empty(), "a closed segment was found right before");
  }
}

void Partition::recover_last(Segment& segment) {
  const ScanEnd end =
      segment.scan([this](const BatchView& batch) { producers_.note(batch, world_.clock->now()); });
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
