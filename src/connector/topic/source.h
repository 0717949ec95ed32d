#pragma once

// Reads all partitions of one or more topics of the embedded broker, in process: record batches as
// the log keeps them, decoded where they lie. A split is a partition.
//
// Exactly once: each partition's next offset is checkpointed with the operators' state, so the
// first record read after a restart is the first that the state has not seen. Offsets committed to
// the consumer group inform others; they decide only where a new pipeline begins. The topic's id is
// checkpointed too: offsets mean nothing in a topic that was made again under the same name.
//
// Records of transactions are rows once they are committed: reading stops before the first
// undecided one, and passes over what was aborted.
//
// A record without a value, or with an empty one, is no row and no reject: it says nothing. Of a
// table of upserts one without a value takes the key's row away.

#include <atomic>
#include <map>
#include <memory>
#include <vector>

#include "codec/decoder.h"
#include "connector/topic/fetched_records.h"
#include "connector/topic/group_offsets.h"
#include "connector/topic/keyed_records.h"
#include "connector/topic/options.h"
#include "exec/source.h"
#include "exec/task_context.h"
#include "kafka/records.h"
#include "plan/nodes.h"
#include "topic/store.h"

namespace millrace::kafka {
class Records;
}

namespace millrace::connector {

class TopicSource final : public exec::Source {
 public:
  // `store` and `groups` (which may be null) outlive this. Makes the topic, with `partitions`,
  // where there is none.
  TopicSource(const plan::Scan& scan, TopicOptions options, exec::TaskContext& task,
              topic::Store& store, GroupOffsets* groups, int32_t partitions);
  ~TopicSource() override;

  exec::Polled poll() override;
  bool bounded() const override { return options_.bounded; }
  size_t splits() const override { return splits_.size(); }
  std::string split_name(size_t split) const override;
  bool caught_up(size_t split) const override;
  void sync() override;
  void committed() override;
  void on_ready(std::function<void()> wake) override;
  std::string cannot_pause() const override { return {}; }
  void add_ends(exec::Extent extent, exec::Positions& ends) const override;
  void pause_at(const exec::Positions& positions) override;
  bool paused() const override;
  uint64_t behind() const override;

 private:
  struct Split;

  static std::string name_of(const Split& split);
  std::string key_of(const std::string& topic, const std::string& what) const;
  // Of all topics that there are by now. At the start one that is named and not there is made.
  void find_partitions(std::optional<int32_t> made_with);
  void find_partitions(const topic::Topic& topic, bool are_new);
  std::shared_ptr<const topic::Topic> find_topic(const std::string& name,
                                                 std::optional<int32_t> made_with);
  void check_it_is_the_same(const topic::Topic& topic);
  void add_split(Split found, bool is_new);
  int64_t first_offset(const Split& split) const;
  int64_t end_of_input(const Split& split) const;
  // Behind what may be read now.
  Offset readable_end(const topic::Partition& partition) const;
  int64_t limit_of(const Split& split) const;
  // limit_of(), or where it pauses before that.
  int64_t reading_limit_of(const Split& split) const;
  Result<topic::CommittedRead> read(const Split& split) const;
  bool fetch(Split& split);
  FetchedRecords take(Split& split);
  bool may_be_row(const kafka::Record& record) const;
  bool is_of_another_pipeline(const kafka::Record& record) const;
  exec::Polled decode(const Split& split, size_t number, FetchedRecords fetched);

  const plan::Scan* scan_;
  TopicOptions options_;
  exec::TaskContext task_;
  topic::Store* store_;
  GroupOffsets* groups_;
  std::unique_ptr<codec::Decoder> decoder_;  // of values; null where keys are read as well
  std::optional<KeyedRecords> keyed_;
  state::Numbers& next_offset_;
  state::Numbers& end_offset_;   // of bounded reading
  state::Numbers& topic_id_;     // its halves: a topic made again under its name is another one
  FetchedRecords::Parts parts_;  // of a record that are read
  std::vector<std::unique_ptr<Split>> splits_;
  size_t turn_ = 0;
  bool pausing_ = false;
  std::map<std::string, std::vector<std::pair<PartitionIndex, Offset>>> synced_;  // by topic
  std::function<void()> wake_;
  // The store's topics are not as they were when partitions were last looked for. Set by whoever
  // changes them.
  std::shared_ptr<std::atomic<bool>> topics_changed_;
  std::unique_ptr<topic::Listeners::Subscription> changes_;
};

}  // namespace millrace::connector
