#include "connector/topic/source.h"

#include <algorithm>
#include <cstdint>

#include "base/bytes.h"
#include "base/check.h"
#include "base/error.h"
#include "base/log.h"
#include "connector/scan_columns.h"
#include "kafka/records.h"

namespace millrace::connector {

// Enough for a full batch of ordinary events; what is left over waits for the next poll.
static constexpr size_t kFetchBytes = 1 << 20;
// Names the one pipeline that a record is for.
static constexpr std::string_view kPipelineHeader = "millrace.pipeline";

struct TopicSource::Split {
  std::string topic;
  PartitionIndex index;
  std::shared_ptr<topic::Partition> partition;
  int64_t* next;                                   // offset, in next_offset_
  std::optional<int64_t> end = std::nullopt;       // of bounded reading
  std::optional<int64_t> pause_at = std::nullopt;  // no record from here on
  // Fetched and not yet handed out: the batch at hand, and those behind it.
  SharedBytes bytes = {};
  std::vector<topic::AbortedTransaction> aborted = {};  // with batches in `bytes`
  std::string_view rest = {};
  std::shared_ptr<kafka::Records> records = nullptr;
  Offset behind_records = {};   // behind the batch at hand
  RecordBatchFacts facts = {};  // of the batch at hand
  std::unique_ptr<topic::Listeners::Subscription> growth = nullptr;
};

TopicSource::TopicSource(const plan::Scan& scan, TopicOptions options, exec::TaskContext& task,
                         topic::Store& store, GroupOffsets* groups, int32_t partitions)
    : scan_(&scan),
      options_(std::move(options)),
      task_(task),
      store_(&store),
      groups_(groups),
      next_offset_(task_.state().numbers("next_offset")),
      end_offset_(task_.state().numbers("end_offset")),
      topic_id_(task_.state().numbers("topic_id")),
      parts_(FetchedRecords::parts_for(*scan.table, scan.read)),
      topics_changed_(std::make_shared<std::atomic<bool>>(false)) {
  parts_.keys = options_.reads_keys();
  if (parts_.keys) {
    keyed_.emplace(*scan.table, read_schema(scan), options_);
  } else {
    decoder_ = options_.format.decoder(read_schema(scan), whole_record(*scan.table));
  }
  find_partitions(partitions);
  on_ready(nullptr);
}

TopicSource::~TopicSource() = default;

// Of a number that is kept for a topic, or for one of its partitions. Where a table names one topic
// its name says nothing.
std::string TopicSource::key_of(const std::string& topic, const std::string& what) const {
  return options_.topics.is_one() ? what : topic + "/" + what;
}

std::string TopicSource::name_of(const Split& split) {
  return "topic '" + split.topic + "', partition " + std::to_string(split.index.value);
}

void TopicSource::find_partitions(std::optional<int32_t> made_with) {
  // What was not there at the last checkpoint is new to this pipeline too.
  const bool is_first_start = made_with && topic_id_.all().empty();
  if (options_.topics.is_pattern()) {
    topic_id_.put("begun", 1);  // perhaps of no topic
  }
  for (const std::string& name : options_.topics.in(*store_)) {
    find_partitions(*find_topic(name, made_with), !is_first_start);
  }
}

std::shared_ptr<const topic::Topic> TopicSource::find_topic(const std::string& name,
                                                            std::optional<int32_t> made_with) {
  if (auto topic = store_->find(name)) {
    return topic;
  }
  if (!made_with) {
    throw Error(ErrorCode::not_found, "topic '" + name + "' was deleted");
  }
  auto made = store_->find_or_create(name, *made_with);
  if (!made.ok()) {
    throw Error(made.error());
  }
  return *made;
}

void TopicSource::find_partitions(const topic::Topic& topic, bool are_new) {
  check_it_is_the_same(topic);
  const auto known =
      static_cast<size_t>(std::count_if(splits_.begin(), splits_.end(), [&](const auto& split) {
        return split->topic == topic.name;
      }));
  for (size_t i = known; i < topic.partitions.size(); ++i) {
    Split split{topic.name, PartitionIndex(static_cast<int32_t>(i)), topic.partitions[i], nullptr};
    if (split.partition == nullptr) {
      throw Error(ErrorCode::corrupt,
                  "the log of " + name_of(split) + ", is damaged; see the server's log");
    }
    add_split(std::move(split), are_new);
  }
}

// Offsets mean nothing in another topic, even where it has as many records by now.
void TopicSource::check_it_is_the_same(const topic::Topic& topic) {
  const int64_t high = load<int64_t, Endian::big>(topic.id.bytes.data());
  const int64_t low = load<int64_t, Endian::big>(topic.id.bytes.data() + sizeof(int64_t));
  const std::string high_key = key_of(topic.name, "high");
  const std::string low_key = key_of(topic.name, "low");
  const bool is_known = topic_id_.find(high_key).has_value();
  if (is_known && (topic_id_.at(high_key) != high || topic_id_.at(low_key) != low)) {
    throw Error(ErrorCode::conflict,
                "topic '" + topic.name +
                    "' was deleted and made again since this pipeline read it; rename the "
                    "pipeline to begin anew");
  }
  if (!is_known) {
    store_->make_durable(topic);
  }
  topic_id_.put(high_key, high);
  topic_id_.put(low_key, low);
}

// A partition that is added in the life of the pipeline is read from its beginning.
void TopicSource::add_split(Split found, bool is_new) {
  const std::string key = key_of(found.topic, std::to_string(found.index.value));
  if (!next_offset_.find(key)) {
    next_offset_.put(key, is_new ? found.partition->start_offset().value : first_offset(found));
  }
  found.next = &next_offset_.at(key);
  if (*found.next > found.partition->end_offset().value) {
    throw Error(ErrorCode::conflict, name_of(found) + ": the pipeline has read up to offset " +
                                         std::to_string(*found.next) + ", but the log ends at " +
                                         std::to_string(found.partition->end_offset().value) +
                                         "; rename the pipeline to begin anew");
  }
  // A run that came to its end is followed by one of what was added since.
  if (options_.bounded && (task_.input_had_ended() || !end_offset_.find(key))) {
    end_offset_.put(key, end_of_input(found));
  }
  found.end = options_.bounded ? end_offset_.find(key) : std::nullopt;
  splits_.push_back(std::make_unique<Split>(std::move(found)));
  if (wake_) {
    splits_.back()->growth = splits_.back()->partition->on_growth(wake_);
  }
}

int64_t TopicSource::first_offset(const Split& split) const {
  const int64_t start = split.partition->start_offset().value;
  const int64_t end = split.partition->end_offset().value;
  switch (options_.startup) {
    case StartupMode::earliest: return start;
    case StartupMode::latest: return end;
    case StartupMode::timestamp: {
      const auto found = split.partition->find_by_time(options_.start_time);
      return found ? found->offset.value : end;
    }
    case StartupMode::specific_offsets: {
      const auto found = options_.start_offsets.find(split.index.value);
      return found != options_.start_offsets.end() ? std::clamp(found->second, start, end) : start;
    }
    case StartupMode::group_offsets: break;
  }
  std::optional<Offset> committed;
  if (groups_ != nullptr && !options_.group.empty()) {
    committed = groups_->find(options_.group, split.topic, split.index);
  }
  if (!committed) {
    return options_.start_at_end ? end : start;
  }
  return std::clamp(committed->value, start, end);
}

Offset TopicSource::readable_end(const topic::Partition& partition) const {
  return options_.isolation == Isolation::committed ? partition.stable_offset()
                                                    : partition.end_offset();
}

int64_t TopicSource::end_of_input(const Split& split) const {
  const topic::Partition& partition = *split.partition;
  const auto named = [&](const SpecificOffsets& ends) {
    const auto end = ends.find(split.index.value);
    return end != ends.end() ? end->second : partition.start_offset().value;
  };
  if (options_.until) {
    const auto ends = options_.until->find(split.topic);
    return named(ends != options_.until->end() ? ends->second : SpecificOffsets());
  }
  if (options_.end_offsets) {
    return named(*options_.end_offsets);
  }
  const auto found = options_.end_time ? partition.find_by_time(*options_.end_time) : std::nullopt;
  const int64_t end = readable_end(partition).value;
  return found ? std::min(found->offset.value, end) : end;
}

int64_t TopicSource::limit_of(const Split& split) const {
  const int64_t end = readable_end(*split.partition).value;
  return split.end ? std::min(end, *split.end) : end;
}

std::string TopicSource::split_name(size_t split) const {
  const Split& named = *splits_[split];
  return options_.topics.is_one() ? "partition " + std::to_string(named.index.value)
                                  : name_of(named);
}

int64_t TopicSource::reading_limit_of(const Split& split) const {
  return std::min(limit_of(split), split.pause_at.value_or(INT64_MAX));
}

// Of the log, also where it pauses before: a partition with more records is not silent.
bool TopicSource::caught_up(size_t split) const {
  return *splits_[split]->next >= limit_of(*splits_[split]);
}

exec::Polled TopicSource::poll() {
  // A partition that is added while this pauses is for whoever goes on.
  if (!options_.bounded && !pausing_ && options_.discovers_partitions &&
      topics_changed_->exchange(false)) {
    find_partitions(std::nullopt);
  }
  bool ended = options_.bounded;
  for (size_t tried = 0; tried < splits_.size(); ++tried) {
    const size_t number = turn_++ % splits_.size();
    Split& split = *splits_[number];
    if (*split.next < reading_limit_of(split)) {
      return decode(split, number, take(split));
    }
    ended = ended && *split.next >= *split.end;
  }
  exec::Polled nothing;
  nothing.state = ended ? exec::Polled::State::finished : exec::Polled::State::idle;
  return nothing;
}

Result<topic::CommittedRead> TopicSource::read(const Split& split) const {
  const Offset from(*split.next);
  if (options_.isolation == Isolation::committed) {
    return split.partition->read_committed(from, kFetchBytes);
  }
  auto all = split.partition->read(from, kFetchBytes);
  if (!all.ok()) {
    return all.error();
  }
  return topic::CommittedRead{std::move(*all), {}};
}

// False at the end of the log.
bool TopicSource::fetch(Split& split) {
  auto read = this->read(split);
  if (!read.ok()) {
    throw Error(ErrorCode::not_found, name_of(split) + ": the next record to read, offset " +
                                          std::to_string(*split.next) +
                                          ", is gone; the log now begins at " +
                                          std::to_string(split.partition->start_offset().value));
  }
  split.bytes = std::move(read->batches);
  split.aborted = std::move(read->aborted);
  split.rest = split.bytes.view();
  return !split.rest.empty();
}

// Of a record that is played again, which is there for the others already.
bool TopicSource::is_of_another_pipeline(const kafka::Record& record) const {
  if (record.header_count == 0) {
    return false;
  }
  for (const kafka::Header& header : kafka::headers_of(record)) {
    if (header.key == kPipelineHeader && header.value && !header.value->empty()) {
      return *header.value != task_.pipeline_name();
    }
  }
  return false;
}

bool TopicSource::may_be_row(const kafka::Record& record) const {
  const std::optional<std::string_view>& value = record.value;
  if (is_of_another_pipeline(record)) {
    return false;
  }
  if (keyed_) {
    return value ? !value->empty() : options_.meaning == TopicOptions::Meaning::upserts;
  }
  return (value && !value->empty()) || decoder_->reads_empty_records();
}

FetchedRecords TopicSource::take(Split& split) {
  FetchedRecords fetched;
  const int64_t limit = reading_limit_of(split);
  int64_t& next = *split.next;
  while (fetched.values.size() < Batch::kMaxRows && next < limit) {
    if (split.records == nullptr) {
      // One fetch a poll: what is queued beyond it is for the next turn.
      if (split.rest.empty() && (!fetched.values.empty() || !fetch(split))) {
        break;
      }
      const auto batch = kafka::BatchView::front_of(split.rest);
      check(batch.has_value(), "logs hand out whole batches");
      split.rest.remove_prefix(batch->size());
      split.behind_records = batch->next_offset();
      split.facts = {batch->leader_epoch(), batch->has_append_time()};
      if (batch->is_control() || topic::is_aborted(*batch, split.aborted)) {
        next = std::max(next, split.behind_records.value);
        continue;
      }
      split.records = std::make_shared<kafka::Records>(*batch);
    }
    if (split.records->decompressed()) {
      fetched.memory->decompressed.push_back(split.records);
    }
    const kafka::Record* record = nullptr;
    while (fetched.values.size() < Batch::kMaxRows && next < limit &&
           (record = split.records->next()) != nullptr) {
      if (record->offset.value < next) {
        continue;  // a fetch begins with a whole batch
      }
      next = record->offset.value + 1;
      if (!may_be_row(*record)) {
        ++fetched.passed_over;
      } else {
        fetched.add(*record, split.facts, parts_);
      }
    }
    if (record == nullptr && fetched.values.size() < Batch::kMaxRows && next < limit) {
      next = std::max(next, split.behind_records.value);
      split.records = nullptr;
    }
  }
  fetched.memory->bytes = split.bytes;
  return fetched;
}

exec::Polled TopicSource::decode(const Split& split, size_t number, FetchedRecords fetched) {
  exec::Polled polled;
  polled.state = exec::Polled::State::rows;
  polled.split = number;
  codec::Decoded decoded = keyed_ ? keyed_->decode(fetched.keys, fetched.values, fetched.memory)
                                  : decoder_->decode(fetched.values, fetched.memory);
  polled.empty = fetched.passed_over + decoded.without_rows(fetched.values.size());
  auto origins = std::make_shared<Origins>();
  origins->source = split.topic;
  origins->partition = split.index;
  origins->owner = fetched.memory;
  for (codec::Decoded::Reject& reject : decoded.rejects) {
    polled.rejects.push_back({split.topic, split.index, fetched.offsets[reject.record],
                              std::string(fetched.values[reject.record]), std::move(reject.reason),
                              reject.is_ignored});
  }
  polled.rows.columns = scan_columns(
      *scan_, {}, std::move(decoded.columns), [&](const catalog::ColumnDefinition& column) {
        return fetched.metadata_column(*scan_->table, column, split.topic, split.index, decoded);
      });
  if (decoded.record_of_row.empty()) {
    origins->offsets = std::move(fetched.offsets);
    origins->raw = std::move(fetched.values);
  } else {
    for (const uint32_t record : decoded.record_of_row) {
      origins->offsets.push_back(fetched.offsets[record]);
      origins->raw.push_back(fetched.values[record]);
    }
  }
  polled.rows.kinds = std::move(decoded.kinds);
  polled.rows.physical_size = static_cast<uint32_t>(decoded.rows);
  polled.rows.origins = std::move(origins);
  return polled;
}

void TopicSource::add_ends(exec::Extent extent, exec::Positions& ends) const {
  if (options_.bounded) {
    return;
  }
  for (const auto& split : splits_) {
    int64_t& end = ends[split->topic][split->index.value];
    end = std::max(end, *split->next);
    if (extent == exec::Extent::readable) {
      end = std::max(end, limit_of(*split));
    }
  }
}

void TopicSource::pause_at(const exec::Positions& positions) {
  if (options_.bounded) {
    return;
  }
  for (const auto& split : splits_) {
    const auto topic = positions.find(split->topic);
    int64_t at = *split->next;
    if (topic != positions.end()) {
      // Of a partition that the others do not know they have read nothing.
      const auto known = topic->second.find(split->index.value);
      at = known != topic->second.end() ? known->second : split->partition->start_offset().value;
    }
    if (at < *split->next) {
      throw Error(ErrorCode::conflict, "cannot pause before offset " + std::to_string(at) + " of " +
                                           name_of(*split) + ": read up to offset " +
                                           std::to_string(*split->next) + " already");
    }
    split->pause_at = at;
  }
  pausing_ = true;
}

bool TopicSource::paused() const {
  return pausing_ && std::all_of(splits_.begin(), splits_.end(), [](const auto& split) {
           return *split->next >= *split->pause_at;
         });
}

uint64_t TopicSource::behind() const {
  uint64_t behind = 0;
  for (const auto& split : splits_) {
    behind += static_cast<uint64_t>(std::max<int64_t>(0, limit_of(*split) - *split->next));
  }
  return behind;
}

void TopicSource::sync() {
  synced_.clear();
  for (const auto& split : splits_) {
    if (split->partition->synced_offset().value < *split->next) {
      split->partition->sync();
    }
    synced_[split->topic].emplace_back(split->index, Offset(*split->next));
  }
}

void TopicSource::committed() {
  if (groups_ != nullptr && !options_.group.empty()) {
    for (const auto& [topic, next] : synced_) {
      groups_->commit(options_.group, topic, next);
    }
  }
}

void TopicSource::on_ready(std::function<void()> wake) {
  wake_ = std::move(wake);
  for (const auto& split : splits_) {
    split->growth = wake_ ? split->partition->on_growth(wake_) : nullptr;
  }
  changes_ = store_->on_change([changed = topics_changed_, wake = wake_] {
    changed->store(true);
    if (wake) {
      wake();
    }
  });
  topics_changed_->store(true);  // what changed before somebody listened
}

}  // namespace millrace::connector
