#include "topic/segment.h"

#include <algorithm>
#include <charconv>

#include "base/check.h"
#include "base/error.h"

namespace millrace::topic {

using kafka::BatchView;

namespace {
constexpr size_t kRecentReads = 8;
}

std::string Segment::file_name(Offset base, std::string_view suffix) {
  std::string digits = std::to_string(base.value);
  return std::string(20 - digits.size(), '0') + digits + std::string(suffix);
}

std::optional<Offset> Segment::base_in(std::string_view file_name) {
  constexpr size_t kDigits = 20;
  int64_t base = 0;
  const char* const behind = file_name.data() + std::min(kDigits, file_name.size());
  const auto read = std::from_chars(file_name.data(), behind, base);
  const bool is_name = file_name.size() > kDigits && file_name[kDigits] == '.' &&
                       file_name.front() != '-' && read.ec == std::errc() && read.ptr == behind;
  return is_name ? std::optional(Offset(base)) : std::nullopt;
}

Segment::Segment(io::Files* files, std::shared_ptr<OpenFiles> closed_files,
                 const std::string& directory, Offset base, State state)
    : files_(files),
      closed_files_(std::move(closed_files)),
      base_(base),
      path_(io::join(directory, file_name(base, ".log"))),
      index_path_(io::join(directory, file_name(base, ".index"))),
      file_(state == State::open ? files->open(path_, io::OpenMode::append) : nullptr),
      written_(file_ ? file_->size() : 0),
      next_offset_(base) {}

Segment::~Segment() { closed_files_->take(this); }

std::shared_ptr<io::File> Segment::file() const {
  const std::lock_guard lock(file_mutex_);
  if (file_) {
    return file_;
  }
  if (name_is_gone_) {
    throw Error(ErrorCode::not_found, "'" + path_ + "' is gone with its topic");
  }
  return closed_files_->opened(this, path_);
}

void Segment::let_go() {
  const std::lock_guard lock(file_mutex_);
  file_ = nullptr;
}

void Segment::keep_open() {
  const std::lock_guard lock(file_mutex_);
  if (!file_) {
    file_ = closed_files_->opened(this, path_);
    closed_files_->take(this);
  }
}

void Segment::lose_name() {
  const std::lock_guard lock(file_mutex_);
  if (!file_) {
    file_ = closed_files_->take(this);
  }
  name_is_gone_ = true;
}

void Segment::append(std::string_view placed) {
  if (file_->size() != written_) {
    file_->truncate(written_);
  }
  try {
    file_->append(placed);
  } catch (const Error&) {
    // Half a batch must not stay: readers and recovery would meet it. Then the caller hears why.
    file_->truncate(written_);
    throw;
  }
  written_ += placed.size();
}

void Segment::note(const BatchView& batch) {
  const std::lock_guard lock(mutex_);
  check(batch.base_offset() >= next_offset_, "offsets of a segment grow");
  if (index_.empty() || size_ - index_.back().position >= kIndexSpacing) {
    index_.push_back({batch.base_offset(), size_, max_timestamp_});
  }
  if (size_ == 0) {
    first_timestamp_ = batch.max_timestamp();
  }
  size_ += batch.size();
  next_offset_ = batch.next_offset();
  max_timestamp_ = std::max(max_timestamp_, batch.max_timestamp());
}

void Segment::note(const AbortedTransaction& aborted) {
  const std::lock_guard lock(mutex_);
  aborted_.push_back(aborted);
}

bool Segment::list_aborted(Offset from, Offset to, std::vector<AbortedTransaction>& list) const {
  const std::lock_guard lock(mutex_);
  for (const AbortedTransaction& aborted : aborted_) {
    if (aborted.last >= from && aborted.first < to) {
      list.push_back(aborted);
    }
    if (aborted.stable >= to) {
      return true;
    }
  }
  return false;
}

Offset Segment::next_offset() const {
  const std::lock_guard lock(mutex_);
  return next_offset_;
}

uint64_t Segment::size() const {
  const std::lock_guard lock(mutex_);
  return size_;
}

Timestamp Segment::max_timestamp() const {
  const std::lock_guard lock(mutex_);
  return max_timestamp_;
}

Timestamp Segment::first_timestamp() const {
  const std::lock_guard lock(mutex_);
  return first_timestamp_;
}

Segment::Place Segment::place_of(Offset from) const {
  const std::lock_guard lock(mutex_);
  Place place{0, size_};
  const auto behind = std::upper_bound(index_.begin(), index_.end(), from,
                                       [](Offset o, const Entry& entry) { return o < entry.base; });
  if (behind != index_.begin()) {
    place.position = std::prev(behind)->position;
  }
  for (const Entry& entry : recent_) {
    if (entry.base <= from && entry.position > place.position) {
      place.position = entry.position;
    }
  }
  return place;
}

Segment::Place Segment::place_of(Timestamp time) const {
  const std::lock_guard lock(mutex_);
  const auto behind = std::find_if(index_.begin(), index_.end(),
                                   [time](const Entry& entry) { return entry.max_before >= time; });
  return {behind == index_.begin() ? 0 : std::prev(behind)->position, size_};
}

void Segment::remember(Offset next, uint64_t position) const {
  const std::lock_guard lock(mutex_);
  const Entry entry{next, position, {}};
  if (recent_.size() < kRecentReads) {
    recent_.push_back(entry);
  } else {
    recent_[oldest_recent_] = entry;
    oldest_recent_ = (oldest_recent_ + 1) % kRecentReads;
  }
}

SharedBytes Segment::read_exactly(uint64_t position, size_t size) const {
  auto room = SharedBytes::allocate(size);
  const size_t got = file()->read(position, room.get(), size);
  if (got != size) {
    throw Error(ErrorCode::corrupt, "cannot read '" + path_ + "' at " + std::to_string(position) +
                                        ": expected " + std::to_string(size) + " bytes, found " +
                                        std::to_string(got));
  }
  const char* begin = room.get();
  return {std::move(room), std::string_view(begin, size)};
}

// Bytes of whole batches at the front that begin before `behind`, at most `limit` but at least one
// where one is whole.
static size_t whole_batches(std::string_view bytes, size_t limit, Offset behind, Offset& next) {
  size_t size = 0;
  while (const auto batch = BatchView::front_of(bytes.substr(size))) {
    if (batch->base_offset() >= behind || (size > 0 && size + batch->size() > limit)) {
      break;
    }
    size += batch->size();
    next = batch->next_offset();
  }
  return size;
}

// How many bytes the batch at the front of `rest`, not there whole, needs. What recovery let pass
// is whole, so anything else is damage done since.
size_t Segment::bytes_needed(std::string_view rest, Place place) const {
  const auto size = BatchView::size_at(rest);
  if ((!size && rest.size() >= BatchView::kLengthEnd) ||
      size.value_or(0) > place.limit - place.position) {
    throw Error(ErrorCode::corrupt,
                "no batch in '" + path_ + "' at " + std::to_string(place.position));
  }
  return size.value_or(BatchView::kLengthEnd);
}

SharedBytes Segment::read(Offset from, Offset behind, size_t max_bytes) const {
  Place place = place_of(from);
  size_t wanted = std::max(max_bytes, BatchView::kLengthEnd);
  while (place.position < place.limit) {
    const size_t size = std::min<uint64_t>(wanted, place.limit - place.position);
    const SharedBytes piece = read_exactly(place.position, size);
    size_t skipped = 0;
    auto batch = BatchView::front_of(piece.view());
    while (batch && batch->next_offset() <= from) {
      skipped += batch->size();
      batch = BatchView::front_of(piece.view().substr(skipped));
    }
    // What was skipped may have used up the room; then a second read begins at the right batch.
    const bool room_left = skipped == 0 || place.position + size == place.limit;
    if (batch && room_left) {
      Offset next = from;
      const size_t whole = whole_batches(piece.view().substr(skipped), max_bytes, behind, next);
      remember(next, place.position + skipped + whole);
      return piece.part(skipped, whole);
    }
    place.position += skipped;
    if (!batch && place.position < place.limit) {
      wanted = std::max(max_bytes, bytes_needed(piece.view().substr(skipped), place));
    }
  }
  return {};
}

SharedBytes Segment::first_batch_where(Place place,
                                       const std::function<bool(const BatchView&)>& wanted) const {
  size_t room = kIndexSpacing * 2;
  while (place.position < place.limit) {
    const SharedBytes piece =
        read_exactly(place.position, std::min<uint64_t>(room, place.limit - place.position));
    size_t at = 0;
    while (const auto batch = BatchView::front_of(piece.view().substr(at))) {
      if (wanted(*batch)) {
        return piece.part(at, batch->size());
      }
      at += batch->size();
    }
    place.position += at;
    if (place.position < place.limit) {
      room = std::max(room, bytes_needed(piece.view().substr(at), place));
    }
  }
  return {};
}

SharedBytes Segment::find_batch_by_time(Timestamp time) const {
  return first_batch_where(
      place_of(time), [time](const BatchView& batch) { return batch.max_timestamp() >= time; });
}

}  // namespace millrace::topic
