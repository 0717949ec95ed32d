#include "connector/filesystem/record_reader.h"

#include <cstring>

#include "base/error.h"
#include "base/shared_bytes.h"
#include "codec/decoder.h"
#include "io/files.h"

namespace millrace::connector {

static_assert(SharedBytes::kReadableBehind >= codec::kPadding);

static constexpr size_t kLongestRecord = size_t{256} << 20;

// Puts the next block behind what is left of this one. False where the file has no more.
bool RecordReader::load(size_t block) {
  const size_t kept = rest_.size();
  if (kept > kLongestRecord) {
    throw Error(ErrorCode::unsupported, "cannot read '" + path_ + "': the record at byte " +
                                            std::to_string(position_) + " is longer than " +
                                            std::to_string(kLongestRecord) + " bytes");
  }
  const size_t size = std::max(block, kept * 2);
  const auto file = files_.open(path_, io::OpenMode::read);
  // Columns of the batch before may still point into the bytes at hand.
  const bool reused = bytes_.use_count() == 1 && capacity_ >= size;
  std::shared_ptr<char[]> next = reused ? bytes_ : SharedBytes::allocate(size);
  if (kept > 0) {
    std::memmove(next.get(), rest_.data(), kept);
  }
  const size_t room = (reused ? capacity_ : size) - kept;
  const size_t got = file->read(static_cast<uint64_t>(position_) + kept, next.get() + kept, room);
  if (!reused) {
    capacity_ = size;
  }
  bytes_ = std::move(next);
  rest_ = std::string_view(bytes_.get(), kept + got);
  at_file_end_ = got < room;
  return got > 0;
}

// The whole lines of rest_, where a line is a record: each record passes here, so that it is plain.
void RecordReader::take_lines(FileRecords& found, size_t most) {
  const char* at = rest_.data();
  const char* end = at + rest_.size();
  while (at != end && found.records.size() < most) {
    const auto* line_end =
        static_cast<const char*>(std::memchr(at, '\n', static_cast<size_t>(end - at)));
    if (line_end == nullptr) {
      break;
    }
    const bool has_return = line_end != at && line_end[-1] == '\r';
    found.records.emplace_back(at, static_cast<size_t>(line_end - at) - (has_return ? 1 : 0));
    found.offsets.push_back(position_);
    position_ += line_end + 1 - at;
    at = line_end + 1;
  }
  rest_.remove_prefix(static_cast<size_t>(at - rest_.data()));
}

FileRecords RecordReader::read(size_t most, size_t block) {
  FileRecords found;
  found.records.reserve(most);
  found.offsets.reserve(most);
  while (!ended_ && found.records.size() < most) {
    if (!framing_.quote) {
      take_lines(found, most);
      if (found.records.size() == most) {
        break;
      }
    }
    const auto end = codec::find_record_end(rest_, framing_);
    if (end) {
      found.records.push_back(rest_.substr(0, end->size));
      found.offsets.push_back(position_);
      rest_.remove_prefix(end->with_delimiter);
      position_ += static_cast<int64_t>(end->with_delimiter);
    } else if (!found.records.empty()) {
      break;  // the next block would have another owner
    } else if (at_file_end_ || !load(block)) {
      ended_ = true;
      if (!rest_.empty()) {
        const size_t size = rest_.size();
        found.records.push_back(codec::without_carriage_return(rest_));
        found.offsets.push_back(position_);
        rest_ = {};
        position_ += static_cast<int64_t>(size);
      }
    }
  }
  if (!ended_ && rest_.empty() && at_file_end_) {
    ended_ = true;
  }
  found.owner = bytes_;
  if (ended_) {
    bytes_ = nullptr;  // the columns may need it, this does not
  }
  return found;
}

}  // namespace millrace::connector
