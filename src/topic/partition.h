#pragma once

// One partition of a topic: a log of record batches in segments on disk, kept as producers sent
// them. Bytes and recovery: docs/formats/topic-log.md.
//
// Any number of threads may read and append at once; appends take turns. Readers see what is
// written; what is synced survives the end of the machine.
//
// Invariants: offsets grow from batch to batch without overlap; a failed append leaves nothing
// behind; synced_offset() <= end_offset(), stable_offset() <= end_offset(), and none goes back.

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/shared_bytes.h"
#include "base/time.h"
#include "io/world.h"
#include "kafka/end_marker.h"
#include "kafka/error_code.h"
#include "topic/listeners.h"
#include "topic/producers.h"
#include "topic/segment.h"
#include "topic/settings.h"

namespace millrace::kafka {
struct Record;
}

namespace millrace::topic {

// Who made a batch. Batches that the broker itself writes on behalf of a producer are not numbered.
enum class Origin : uint8_t { client, coordinator };

// A record that its batch is refused for; the message is for a person.
struct RecordFault {
  int32_t number = 0;  // in the batch
  std::string message;
};

// What became of an append. Producers are told error_code as it stands.
struct Appended {
  kafka::ErrorCode error_code = kafka::ErrorCode::none;
  std::string message;            // why, for a person
  Offset base;                    // of the first record
  Offset end;                     // behind the last record: synced up to here means durable
  bool duplicate = false;         // the batch was here already; offsets are those it got then
  std::optional<Timestamp> time;  // where the topic gives its records the time of their append
  std::vector<RecordFault> record_faults = {};  // those to blame, where it is some of them
};

struct TimePosition {
  Offset offset;
  Timestamp timestamp;
};

// Batches whose transactions are decided, and those of them that readers skip.
struct CommittedRead {
  SharedBytes batches;
  std::vector<AbortedTransaction> aborted;
};

class Partition {
 public:
  // Opens or begins the log in `directory`, after recovery. `name` is for people: "orders-0".
  // Throws Error(corrupt) where closed segments are damaged, and what the disk throws.
  Partition(io::World world, std::shared_ptr<OpenFiles> closed_files, std::string directory,
            std::string name, PartitionOptions options);
  ~Partition();
  Partition(const Partition&) = delete;
  Partition& operator=(const Partition&) = delete;

  // Appends one or more whole batches, all or none. Checks format, CRC and the producer's
  // sequence; what a client got wrong and what the disk refused come back in the answer.
  Appended append(std::string_view batches, Origin origin = Origin::client);
  // Ends a producer's transaction here. One that has none open is given the marker's epoch all the
  // same, which shuts out who has an older one.
  Appended append(const kafka::EndMarker& marker);

  // Whole batches from the one that holds `from` on (its earlier records come along), up to
  // `max_bytes` but at least one; empty at the end. Error(invalid_argument) where `from` is
  // outside of [start_offset(), end_offset()].
  Result<SharedBytes> read(Offset from, size_t max_bytes) const;
  // The same up to stable_offset(), for readers of committed records.
  Result<CommittedRead> read_committed(Offset from, size_t max_bytes) const;

  Offset start_offset() const { return Offset(start_.load(std::memory_order_acquire)); }
  Offset end_offset() const { return Offset(end_.load(std::memory_order_acquire)); }
  // Every transaction with records before it is committed or aborted; end_offset() where none is
  // open.
  Offset stable_offset() const { return Offset(stable_.load(std::memory_order_acquire)); }
  Offset synced_offset() const { return Offset(synced_.load(std::memory_order_acquire)); }
  // Bytes appended since the last sync: whoever lets them grow without end waits long for a disk
  // once, when the segment is closed.
  uint64_t unsynced_bytes() const { return unsynced_bytes_.load(std::memory_order_relaxed); }
  uint64_t size_bytes() const;
  // The first record at or after `time`; nothing where all are earlier.
  std::optional<TimePosition> find_by_time(Timestamp time) const;
  // The record with the greatest timestamp; nothing in an empty log.
  std::optional<TimePosition> find_latest_time() const;

  // Those that have a producer id.
  std::vector<ProducerStatus> producers() const;

  void configure(PartitionOptions options);
  // Its topic was deleted (Segment::lose_name).
  void lose_names();
  // Removes what settings say is not to be kept at `now`: closes segments that are old enough,
  // deletes expired ones, compacts. Throws what the disk throws, having done a part of it.
  void clean(Timestamp now);
  // Moves start_offset() up to `offset`, for good; segments before it go. Error(invalid_argument)
  // behind the end, or what the disk said.
  Result<Offset> delete_before(Offset offset);

  // Makes everything that was written before the call durable. Throws what the disk throws; from
  // then on, until it is opened again, the partition is read and neither synced nor appended to.
  void sync();
  // Before the server stops. Where the next start would read much: syncs, and notes how far, that
  // it need not. Throws as sync() does.
  void prepare_to_stop();

  // Calls `grown` after every append, on the appending thread, outside of this object's locks.
  [[nodiscard]] std::unique_ptr<Listeners::Subscription> on_growth(std::function<void()> grown);

  const std::string& name() const { return name_; }

 private:
  // What a start need not read.
  struct Known {
    Offset segment;
    std::string bytes;  // of its recovery point
  };

  void recover();
  void open_segments(const std::vector<std::string>& names);
  std::shared_ptr<Segment> open_segment(Offset base, Segment::State state) const;
  bool resume_last();
  size_t first_to_replay();
  bool load_producers(Offset base);
  std::optional<Known> describe_known(uint64_t least_growth);
  void sync_written();
  void write_recovery_point(const Known& known);
  void sync_names();
  void replay_closed(Segment& segment);
  void recover_last(Segment& segment, bool is_resumed);
  void note_producer(Segment& segment, const kafka::BatchView& placed);
  std::optional<Appended> judge(std::string_view batches, Origin origin) const;
  template <typename Judge>
  Appended append_judged(std::string_view batches, Judge judge);
  Appended write(std::string_view batches);
  void roll_if_needed(size_t incoming);
  void roll();
  PartitionOptions options() const;
  std::vector<std::shared_ptr<Segment>> all_segments() const;
  void load_description();
  void write_description(Offset start, Offset compacted_to);
  void remove_orphans(const std::vector<std::string>& names) const;
  void close_if_old(const PartitionOptions& options, Timestamp now);
  void delete_expired(const PartitionOptions& options, Timestamp now);
  void drop_segments_before(Offset start);
  void remove_segment(Segment& segment);
  void compact_if_worthwhile(const PartitionOptions& options, Timestamp now);
  void compact(const std::vector<std::shared_ptr<Segment>>& segments, Timestamp deletions_before);
  std::vector<AbortedTransaction> aborted_in(const Segment& segment) const;
  uint64_t rewrite(const std::shared_ptr<Segment>& segment,
                   const std::function<bool(const kafka::Record&)>& keeps);
  std::shared_ptr<Segment> segment_with(Offset offset) const;
  std::shared_ptr<Segment> segment_behind(Offset base) const;
  std::shared_ptr<Segment> last_segment() const;
  void report_growth();
  void sync_segment(Segment& segment);
  void check_disk_is_trusted() const;

  const io::World world_;
  const std::shared_ptr<OpenFiles> closed_files_;
  const std::string directory_;
  const std::string name_;
  mutable std::mutex append_mutex_;  // one append at a time; taken before mutex_
  Producers producers_;              // under append_mutex_
  std::mutex sync_mutex_;            // one sync at a time; may be taken under append_mutex_
  std::mutex clean_mutex_;           // one cleaning or deletion at a time; before append_mutex_
  mutable std::mutex mutex_;         // segments_ and options_; never held over the disk
  std::vector<std::shared_ptr<Segment>> segments_;
  PartitionOptions options_;
  // Written to the partition's description before they count.
  std::atomic<int64_t> start_{0};
  int64_t compacted_to_ = 0;  // under clean_mutex_
  std::atomic<int64_t> end_{0};
  std::atomic<int64_t> stable_{0};  // stored behind end_
  std::atomic<int64_t> synced_{0};
  std::atomic<bool> sync_failed_{false};  // ever since
  bool names_are_synced_ = false;         // under sync_mutex_
  int64_t recovered_end_ = 0;             // set once
  uint64_t known_size_ = 0;  // of the last segment, in a recovery point; under append_mutex_
  std::atomic<uint64_t> unsynced_bytes_{0};
  Listeners listeners_;
};

}  // namespace millrace::topic
