#pragma once

// One file of a partition's log, with the sparse index that finds offsets and times in it. Bytes:
// docs/formats/topic-log.md.
//
// One thread appends at a time; any thread may read.

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/shared_bytes.h"
#include "base/time.h"
#include "io/files.h"
#include "kafka/record_batch.h"
#include "topic/open_files.h"
#include "topic/producers.h"

namespace millrace::topic {

// How a reading through a segment ended.
struct ScanEnd {
  uint64_t position = 0;  // behind the last right batch
  std::string fault;      // what is wrong there; empty at the end of the file
  bool right_batch_follows = false;
};

class Segment {
 public:
  static constexpr uint64_t kIndexSpacing = 64 * 1024;

  // The last of its partition is open, and may be about to begin; others are opened when they are
  // read, through `closed_files`.
  enum class State : uint8_t { open, closed };

  // The index is empty until load_index() or scan().
  Segment(io::Files* files, std::shared_ptr<OpenFiles> closed_files, const std::string& directory,
          Offset base, State state);
  ~Segment();
  Segment(const Segment&) = delete;
  Segment& operator=(const Segment&) = delete;

  // Appends batches whose offsets are set. After an Error the file is as before; should even that
  // fail, the next append tries it again first. Readers see nothing until note().
  void append(std::string_view placed);
  // A batch that was appended is to be seen from now on; in order.
  void note(const kafka::BatchView& batch);
  // The marker of an aborted transaction was noted in this segment.
  void note(const AbortedTransaction& aborted);
  // Adds those aborted transactions ended in this segment that have records in [from, to). True
  // where none that ends in a later segment can have any.
  bool list_aborted(Offset from, Offset to, std::vector<AbortedTransaction>& list) const;

  // See Partition::read; `from` lies in this segment. No batch that begins at `behind` or later.
  SharedBytes read(Offset from, Offset behind, size_t max_bytes) const;
  // The first batch whose greatest timestamp reaches `time`; empty where there is none.
  SharedBytes find_batch_by_time(Timestamp time) const;

  void sync() { file()->sync(); }
  // Writes the index: it is synced, and nothing is appended any more.
  void close();
  // It was closed, and another segment is the last: its file need not be open.
  void let_go();
  // Before the name of its file goes, or becomes another's: who reads it reads on.
  void keep_open();
  // Its topic was deleted, and another may get the name: what is not open now cannot be read.
  void lose_name();
  // False where the index is missing or does not fit the file.
  bool load_index();
  // The bytes of an index of what was noted so far.
  std::string index_bytes() const;
  // Takes such bytes for the beginning of the file, unread. False where they do not fit it.
  bool resume(std::string_view index, Timestamp first_timestamp);
  // Reads the file from the start, checking each batch; note()s the right ones and hands them on.
  ScanEnd scan(const std::function<void(const kafka::BatchView&)>& on_batch);
  // The same behind what was noted so far.
  ScanEnd scan_on(const std::function<void(const kafka::BatchView&)>& on_batch);
  // Cuts off what scan() refused. With `keep`, a copy stays beside the segment.
  void cut(const ScanEnd& end, bool keep);

  Offset base() const { return base_; }
  Offset next_offset() const;
  uint64_t size() const;
  uint64_t file_size() const { return file()->size(); }
  Timestamp max_timestamp() const;
  // Of the first batch that was noted since it was opened; negative where there was none.
  Timestamp first_timestamp() const;
  const std::string& path() const { return path_; }

  // Writes the file anew, byte for byte, so that what the system took a failed sync for is on disk.
  // This object goes on with the old one: it is for nothing but to be thrown away.
  void copy_onto_itself();

  static std::string file_name(Offset base, std::string_view suffix);
  // What file_name() made it of; nothing where it did not.
  static std::optional<Offset> base_in(std::string_view file_name);

 private:
  struct Entry {
    Offset base;
    uint64_t position = 0;
    Timestamp max_before;  // greatest timestamp of all batches before this one
  };
  struct Place {
    uint64_t position = 0;
    uint64_t limit = 0;  // readers go no further
  };

  Place place_of(Offset from) const;
  Place place_of(Timestamp time) const;
  size_t bytes_needed(std::string_view rest, Place place) const;
  SharedBytes read_exactly(uint64_t position, size_t size) const;
  bool right_batch_follows(uint64_t bad) const;
  SharedBytes first_batch_where(Place place,
                                const std::function<bool(const kafka::BatchView&)>& wanted) const;
  void remember(Offset next, uint64_t position) const;
  bool adopt(std::string_view index, uint64_t least_size);
  void copy(uint64_t begin, const std::string& to) const;

  std::shared_ptr<io::File> file() const;

  io::Files* files_;
  const std::shared_ptr<OpenFiles> closed_files_;
  const Offset base_;
  const std::string path_;  // of the .log
  const std::string index_path_;
  mutable std::mutex file_mutex_;   // file_; also while it is opened, so that it is this one's
  std::shared_ptr<io::File> file_;  // nothing where closed_files_ has it
  bool name_is_gone_ = false;       // also of file_mutex_
  uint64_t written_ = 0;            // by appends that succeeded; the appending thread's own

  mutable std::mutex mutex_;  // all below; never held over the disk
  std::vector<Entry> index_;
  Offset next_offset_;
  uint64_t size_ = 0;
  Timestamp max_timestamp_{INT64_MIN};
  Timestamp first_timestamp_{-1};
  std::vector<AbortedTransaction> aborted_;  // in the order of their markers
  // Where recent reads ended: a reader goes on from there, and needs no search from the last entry.
  mutable std::vector<Entry> recent_;
  mutable size_t oldest_recent_ = 0;
};

}  // namespace millrace::topic
