// A segment and its index as files: closing, loading, scanning, cutting.

#include <algorithm>

#include "base/check.h"
#include "base/error.h"
#include "base/hash.h"
#include "topic/segment.h"

namespace millrace::topic {

using kafka::BatchView;

namespace {

constexpr std::string_view kMagic = "MRINDEX2";
constexpr size_t kIndexFixedBytes = 8 + 8 + 8 + 8 + 4 + 4 + 4;
constexpr size_t kScanBytes = 1 << 20;

bool is_right(const BatchView& batch, Offset expected) {
  return batch.magic() == 2 && batch.base_offset() >= expected && batch.last_offset_delta() >= 0 &&
         batch.crc_matches();
}

// By its header, of which all bytes are there; `room` is how long it can be.
bool may_be_batch(std::string_view bytes, Offset expected, uint64_t room) {
  constexpr size_t kMagicAt = 16;
  constexpr int64_t kFarthest = int64_t{1} << 32;
  if (bytes[kMagicAt] != 2) {
    return false;
  }
  const auto base = load<int64_t, Endian::big>(bytes.data());
  const auto size = BatchView::size_at(bytes);
  return base >= expected.value && base - expected.value < kFarthest && size && *size <= room;
}

std::string fault_of(std::string_view bytes, Offset expected) {
  if (bytes.size() < BatchView::kHeaderBytes) {
    return std::to_string(bytes.size()) + " bytes, too few for a batch";
  }
  const auto size = BatchView::size_at(bytes);
  if (!size) {
    return "the length of the batch is none";
  }
  if (*size > bytes.size()) {
    return "a batch of " + std::to_string(*size) + " bytes, of which " +
           std::to_string(bytes.size()) + " are there";
  }
  const auto batch = BatchView::front_of(bytes);
  if (batch->crc_matches() && batch->magic() == 2) {
    return "expected offset " + std::to_string(expected.value) + ", found " +
           std::to_string(batch->base_offset().value);
  }
  return "CRC does not match";
}

}  // namespace

std::string Segment::index_bytes() const {
  const std::lock_guard lock(mutex_);
  ByteWriter out;
  out.write_bytes(kMagic);
  out.write(size_);
  out.write(next_offset_.value);
  out.write(max_timestamp_.ms);
  out.write(static_cast<uint32_t>(index_.size()));
  for (const Entry& entry : index_) {
    out.write(entry.base.value);
    out.write(entry.position);
    out.write(entry.max_before.ms);
  }
  out.write(static_cast<uint32_t>(aborted_.size()));
  for (const AbortedTransaction& aborted : aborted_) {
    out.write(aborted.producer_id);
    out.write(aborted.first.value);
    out.write(aborted.last.value);
    out.write(aborted.stable.value);
  }
  out.write(crc32c(out.bytes()));
  return out.take();
}

void Segment::close() {
  check(size() == (file_ ? written_ : file_size()), "a segment is closed with all of it noted");
  files_->replace(index_path_, index_bytes());
}

bool Segment::load_index() {
  if (!files_->exists(index_path_)) {
    return false;
  }
  return adopt(files_->read_all(index_path_), file_size());
}

bool Segment::resume(std::string_view index, Timestamp first_timestamp) {
  if (!adopt(index, 0)) {
    return false;
  }
  const std::lock_guard lock(mutex_);
  first_timestamp_ = first_timestamp;
  return true;
}

// What these bytes say of the file, which has at least `least_size` bytes of which they speak.
bool Segment::adopt(std::string_view index, uint64_t least_size) {
  if (index.size() < kIndexFixedBytes || !index.starts_with(kMagic) ||
      crc32c(index.substr(0, index.size() - 4)) !=
          load<uint32_t, Endian::little>(index.data() + index.size() - 4)) {
    return false;
  }
  ByteReader in(index.substr(kMagic.size()));
  const auto size = in.read<uint64_t>();
  if (size < least_size || size > file_size()) {
    return false;
  }
  const std::lock_guard lock(mutex_);
  size_ = size;
  next_offset_ = Offset(in.read<int64_t>());
  max_timestamp_ = {in.read<int64_t>()};
  index_.resize(in.read<uint32_t>());
  for (Entry& entry : index_) {
    entry.base = Offset(in.read<int64_t>());
    entry.position = in.read<uint64_t>();
    entry.max_before = {in.read<int64_t>()};
  }
  aborted_.resize(in.read<uint32_t>());
  for (AbortedTransaction& aborted : aborted_) {
    aborted.producer_id = in.read<int64_t>();
    aborted.first = Offset(in.read<int64_t>());
    aborted.last = Offset(in.read<int64_t>());
    aborted.stable = Offset(in.read<int64_t>());
  }
  return true;
}

ScanEnd Segment::scan(const std::function<void(const BatchView&)>& on_batch) {
  {
    const std::lock_guard lock(mutex_);
    index_.clear();
    size_ = 0;
    next_offset_ = base_;
    max_timestamp_ = {INT64_MIN};
    aborted_.clear();
  }
  return scan_on(on_batch);
}

ScanEnd Segment::scan_on(const std::function<void(const BatchView&)>& on_batch) {
  const uint64_t end = file_size();
  uint64_t position = size();
  size_t wanted = kScanBytes;
  while (position < end) {
    const SharedBytes piece =
        read_exactly(position, static_cast<size_t>(std::min<uint64_t>(wanted, end - position)));
    std::string_view rest = piece.view();
    auto batch = BatchView::front_of(rest);
    while (batch && is_right(*batch, next_offset())) {
      note(*batch);
      on_batch(*batch);
      rest.remove_prefix(batch->size());
      batch = BatchView::front_of(rest);
    }
    position += piece.size() - rest.size();
    if (batch || position + rest.size() == end) {
      if (position == end) {
        break;
      }
      return {position, fault_of(rest, next_offset()), right_batch_follows(position)};
    }
    const auto need = BatchView::size_at(rest);
    if (need.value_or(0) > end - position || (!need && rest.size() >= BatchView::kLengthEnd)) {
      return {position, fault_of(rest, next_offset()), right_batch_follows(position)};
    }
    wanted = std::max(kScanBytes, need.value_or(0));
  }
  return {position, "", false};
}

// Whether a whole, right batch begins anywhere behind a bad place: what is there was damaged, and
// not torn. No length can be trusted, so every byte is looked at.
bool Segment::right_batch_follows(uint64_t bad) const {
  constexpr int kMostTries = 1000;  // records may be made to look like batches
  const uint64_t end = file_size();
  int tries = 0;
  for (uint64_t from = bad + 1; from < end; from += kScanBytes) {
    const uint64_t size = std::min<uint64_t>(kScanBytes + BatchView::kHeaderBytes, end - from);
    const SharedBytes piece = read_exactly(from, static_cast<size_t>(size));
    for (size_t at = 0; at < kScanBytes && at + BatchView::kHeaderBytes <= size; ++at) {
      const std::string_view here = piece.view().substr(at);
      if (!may_be_batch(here, next_offset(), end - from - at)) {
        continue;
      }
      const SharedBytes whole = read_exactly(from + at, *BatchView::size_at(here));
      if (is_right(*BatchView::front_of(whole.view()), next_offset()) || ++tries == kMostTries) {
        return true;
      }
    }
  }
  return false;
}

// As Files::replace() does it, but of the file's bytes from `begin` on, a piece at a time: a
// segment may be larger than memory.
void Segment::copy(uint64_t begin, const std::string& to) const {
  const std::string beside = to + ".tmp";
  files_->remove(beside);
  {
    const auto copy = files_->open(beside, io::OpenMode::append);
    const uint64_t end = file_size();
    for (uint64_t at = begin; at < end; at += kScanBytes) {
      const size_t size = std::min<uint64_t>(kScanBytes, end - at);
      copy->append(read_exactly(at, size).view());
    }
    copy->sync();
  }
  files_->rename(beside, to);
  files_->sync_directory(io::parent_of(to));
}

void Segment::copy_onto_itself() { copy(0, path_); }

void Segment::cut(const ScanEnd& end, bool keep) {
  if (keep) {
    copy(end.position, path_.substr(0, path_.size() - 4) + ".cut-" + std::to_string(end.position));
  }
  file_->truncate(end.position);
  file_->sync();
  written_ = end.position;
}

}  // namespace millrace::topic
