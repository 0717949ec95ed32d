// What settings make of a partition: retention, compaction, deletion of records, times.

#include <doctest/doctest.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "io/simulated_files.h"
#include "kafka/records.h"
#include "topic/partition.h"

namespace millrace::topic {

namespace {

constexpr int64_t kNow = 1'700'000'000'000;

struct Disk {
  Disk() { files.make_directories("data"); }
  io::World world() { return {&clock, &random, &files, &log, &metrics}; }
  void open(const Settings& settings) {
    partition.reset();
    files.kill();
    partition = std::make_unique<Partition>(world(), std::make_shared<OpenFiles>(&files, 1), "data",
                                            "orders-0", options_of(settings));
  }
  void clean() { partition->clean(clock.now()); }

  ManualClock clock{Timestamp{kNow}};
  io::SimulatedFiles files{1};
  Random random{1};
  Log log{&clock, LogLevel::off, [](const LogEntry&) {}};
  Metrics metrics;
  std::unique_ptr<Partition> partition;
};

using Text = std::optional<std::string_view>;

std::string batch(std::vector<std::pair<Text, Text>> records, int64_t time = kNow,
                  kafka::BatchBuilder::Producer producer = {}) {
  kafka::BatchBuilder builder;
  for (const auto& [key, value] : records) {
    builder.add({time}, key, value);
  }
  return builder.finish(producer);
}

// "offset:key=value" of every record that a reader from the start sees.
std::vector<std::string> contents(const Partition& partition) {
  std::vector<std::string> found;
  for (Offset at = partition.start_offset(); at < partition.end_offset();) {
    const auto read = partition.read(at, 1);
    REQUIRE(read.ok());
    if (read->empty()) {
      break;
    }
    const auto view = kafka::BatchView::front_of(read->view());
    CHECK(view->crc_matches());
    kafka::Records records(*view);
    while (const kafka::Record* record = records.next()) {
      if (record->offset >= at && !view->is_control()) {
        found.push_back(std::to_string(record->offset.value) + ":" +
                        std::string(record->key.value_or("-")) + "=" +
                        std::string(record->value.value_or("-")));
      }
    }
    at = view->next_offset();
  }
  return found;
}

using Found = std::vector<std::string>;
// Every batch is a segment of its own, with the next append.
const Settings kSmall{{"segment.bytes", "1"}};

Settings with(std::initializer_list<std::pair<const std::string, std::string>> more) {
  Settings settings(more);
  settings.insert(kSmall.begin(), kSmall.end());
  return settings;
}

}  // namespace

TEST_CASE("segments go when all their records are older than retention.ms, the open one too") {
  Disk disk;
  disk.open(with({{"retention.ms", "1000"}}));
  for (int i = 0; i < 4; ++i) {
    disk.partition->append(batch({{"k", std::to_string(i)}}, kNow + 500 * i));
  }
  disk.clean();
  CHECK(disk.partition->start_offset() == Offset(0));
  disk.clock.advance(Duration::milliseconds(1600));
  disk.clean();
  CHECK(disk.partition->start_offset() == Offset(2));
  CHECK_FALSE(disk.partition->read(Offset(1), 100).ok());
  CHECK(contents(*disk.partition) == Found{"2:k=2", "3:k=3"});
  disk.open(with({{"retention.ms", "1000"}}));
  CHECK(contents(*disk.partition) == Found{"2:k=2", "3:k=3"});
  disk.clock.advance(Duration::seconds(10));
  disk.clean();
  CHECK(disk.partition->start_offset() == Offset(4));
  CHECK(disk.partition->append(batch({{"k", "new"}})).base == Offset(4));
}

TEST_CASE("retention.bytes keeps what is newest; -1 keeps all") {
  Disk disk;
  disk.open(with({{"retention.ms", "-1"}, {"retention.bytes", "-1"}}));
  for (int i = 0; i < 10; ++i) {
    disk.partition->append(batch({{"k", std::to_string(i)}}));
  }
  disk.clean();
  CHECK(disk.partition->start_offset() == Offset(0));
  const uint64_t each = disk.partition->size_bytes() / 10;
  disk.partition->configure(
      options_of(with({{"retention.ms", "-1"}, {"retention.bytes", std::to_string(3 * each)}})));
  disk.clean();
  CHECK(disk.partition->start_offset() == Offset(7));
}

TEST_CASE("records of an open transaction are not deleted") {
  Disk disk;
  disk.open(with({{"retention.ms", "1000"}}));
  disk.partition->append(batch({{"k", "v"}}));
  disk.partition->append(
      batch({{"k", "w"}}, kNow,
            {.id = 1, .epoch = 0, .base_sequence = 0, .attributes = kafka::kTransactionalBit}));
  disk.clock.advance(Duration::seconds(10));
  disk.clean();
  CHECK(disk.partition->start_offset() == Offset(1));
  disk.partition->append(kafka::EndMarker{1, 0, 0, kafka::TransactionResult::commit});
  disk.clock.advance(Duration::seconds(10));
  disk.clean();
  CHECK(disk.partition->start_offset() == Offset(3));
}

TEST_CASE("deleted records stay deleted, also in the middle of a segment") {
  Disk disk;
  disk.open({});
  for (int i = 0; i < 5; ++i) {
    disk.partition->append(batch({{"k", std::to_string(i)}}));
  }
  CHECK(*disk.partition->delete_before(Offset(3)) == Offset(3));
  CHECK(*disk.partition->delete_before(Offset(1)) == Offset(3));
  CHECK_FALSE(disk.partition->delete_before(Offset(6)).ok());
  CHECK(contents(*disk.partition) == Found{"3:k=3", "4:k=4"});
  CHECK(disk.partition->find_by_time({0})->offset == Offset(3));
  disk.files.crash();
  disk.open({});
  CHECK(contents(*disk.partition) == Found{"3:k=3", "4:k=4"});
}

TEST_CASE("records whose deletion the disk refuses are read as before") {
  Disk disk;
  disk.open(kSmall);
  for (int i = 0; i < 3; ++i) {
    disk.partition->append(batch({{"k", std::to_string(i)}}));
  }
  disk.files.set_capacity(0);
  CHECK_FALSE(disk.partition->delete_before(Offset(2)).ok());
  CHECK(contents(*disk.partition) == Found{"0:k=0", "1:k=1", "2:k=2"});
  disk.files.set_capacity(UINT64_MAX);
  CHECK(*disk.partition->delete_before(Offset(2)) == Offset(2));
  CHECK(contents(*disk.partition) == Found{"2:k=2"});
  disk.open(kSmall);
  CHECK(contents(*disk.partition) == Found{"2:k=2"});
}

TEST_CASE("compaction keeps the latest record of each key, at its offset") {
  const Settings settings = with({{"cleanup.policy", "compact"}, {"delete.retention.ms", "1000"}});
  Disk disk;
  disk.open(settings);
  CHECK(disk.partition->append(batch({{std::nullopt, "no key"}})).error_code ==
        kafka::ErrorCode::invalid_record);
  disk.partition->append(batch({{"a", "1"}, {"b", "1"}, {"c", "1"}}));
  disk.partition->append(batch({{"a", "2"}}));
  disk.partition->append(batch({{"b", std::nullopt}}));
  disk.partition->append(batch({{"a", "3"}}));  // stays open
  disk.clean();
  const Found compacted{"2:c=1", "3:a=2", "4:b=-", "5:a=3"};
  CHECK(contents(*disk.partition) == compacted);
  CHECK(disk.partition->start_offset() == Offset(0));
  CHECK(disk.partition->read(Offset(0), 1).ok());
  disk.open(settings);
  CHECK(contents(*disk.partition) == compacted);
  // A deletion goes once everyone could see it.
  disk.clock.advance(Duration::seconds(2));
  for (const auto* value : {"4", "5", "6"}) {
    disk.partition->append(batch({{"a", value}}, kNow + 2000));
  }
  disk.clean();
  CHECK(contents(*disk.partition) == Found{"2:c=1", "7:a=5", "8:a=6"});
  disk.open(settings);
  CHECK(contents(*disk.partition) == Found{"2:c=1", "7:a=5", "8:a=6"});
  CHECK(disk.partition->append(batch({{"d", "1"}})).base == Offset(9));
}

TEST_CASE("compaction takes aborted records and markers, and what is undecided stays") {
  const Settings settings = with({{"cleanup.policy", "compact"}});
  Disk disk;
  disk.open(settings);
  const auto sent = [&](int64_t id, int32_t sequence, std::string_view value) {
    disk.partition->append(batch(
        {{"a", value}}, kNow,
        {.id = id, .epoch = 0, .base_sequence = sequence, .attributes = kafka::kTransactionalBit}));
  };
  const auto ended = [&](int64_t id, kafka::TransactionResult result) {
    disk.partition->append(kafka::EndMarker{id, 0, 0, result});
  };
  sent(1, 0, "committed");
  ended(1, kafka::TransactionResult::commit);
  sent(1, 1, "aborted");
  ended(1, kafka::TransactionResult::abort);
  sent(2, 0, "open");
  disk.partition->append(batch({{"b", "1"}}));
  disk.clean();
  CHECK(contents(*disk.partition) == Found{"0:a=committed", "4:a=open", "5:b=1"});
  CHECK(disk.partition->stable_offset() == Offset(4));
  CHECK(disk.partition->read_committed(Offset(0), 1000)->aborted.empty());
  for (const std::string& name : disk.files.list("data")) {
    if (!name.ends_with(".log") && name != "partition.json") {
      disk.files.remove(io::join("data", name));
    }
  }
  disk.open(settings);
  CHECK(disk.partition->stable_offset() == Offset(4));
}

TEST_CASE("a crash at any step of a compaction loses nothing of what it keeps") {
  const Settings settings = with({{"cleanup.policy", "compact"}});
  uint64_t steps = 1;
  for (uint64_t step = 0; step < steps; ++step) {
    CAPTURE(step);
    Disk disk;
    disk.open(settings);
    for (int i = 0; i < 8; ++i) {
      const std::string key(1, static_cast<char>('a' + i % 3));
      disk.partition->append(batch({{key, std::to_string(i)}}));
    }
    disk.partition->sync();
    const uint64_t before = disk.files.steps();
    disk.files.crash_at(before + step);
    try {
      disk.clean();
      steps = 0;  // this one came through
    } catch (const io::SimulatedCrash&) {
      steps = step + 2;
    }
    disk.partition.reset();
    disk.files.crash();
    disk.open(settings);
    std::map<std::string, std::string> latest;
    for (const std::string& record : contents(*disk.partition)) {
      latest[record.substr(2, 1)] = record.substr(4);
    }
    CHECK(latest == std::map<std::string, std::string>{{"a", "6"}, {"b", "7"}, {"c", "5"}});
    disk.clean();
    CHECK(disk.partition->end_offset() == Offset(8));
  }
}

TEST_CASE("times are those of the append where the topic says so, and else near enough") {
  Disk disk;
  disk.open({{"message.timestamp.type", "LogAppendTime"}});
  CHECK(disk.partition->append(batch({{"k", "v"}}, 5)).time == Timestamp{kNow});
  CHECK(disk.partition->find_latest_time()->timestamp == Timestamp{kNow});
  CHECK(contents(*disk.partition).size() == 1);
  disk.partition->configure(options_of({{"message.timestamp.before.max.ms", "1000"}}));
  CHECK(disk.partition->append(batch({{"k", "v"}}, kNow - 1001)).error_code ==
        kafka::ErrorCode::invalid_timestamp);
  CHECK(disk.partition->append(batch({{"k", "v"}}, kNow + 3'600'001)).error_code ==
        kafka::ErrorCode::invalid_timestamp);
  CHECK(disk.partition->append(batch({{"k", "v"}}, kNow - 1000)).error_code ==
        kafka::ErrorCode::none);
}

TEST_CASE("settings are held to what Kafka takes") {
  for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
           {"retention.ms", "-1"},
           {"cleanup.policy", "compact,delete"},
           {"min.cleanable.dirty.ratio", "0.1"},
           {"min.insync.replicas", "2"},
           {"leader.replication.throttled.replicas", "*"},
           {"follower.replication.throttled.replicas", "0:1,12:1"},
           {"local.retention.ms", "-2"},
           {"remote.storage.enable", "false"}}) {
    CAPTURE(name);
    CHECK(fault_in_setting(name, value).empty());
  }
  for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
           {"retention.ms", "-2"},
           {"cleanup.policy", "shred"},
           {"min.cleanable.dirty.ratio", "1.5"},
           {"segment.bytes", "10"},
           {"message.timestamp.type", "Never"},
           {"leader.replication.throttled.replicas", "0"},
           {"leader.replication.throttled.replicas", "0:1,"},
           {"leader.replication.throttled.replicas", "0:1:2"},
           {"local.retention.bytes", "-3"},
           {"remote.storage.enable", "true"},
           {"no.such", "1"}}) {
    CAPTURE(name);
    CHECK_FALSE(fault_in_setting(name, value).empty());
  }
  CHECK(fault_in_settings({{"min.compaction.lag.ms", "5"}, {"max.compaction.lag.ms", "5"}}) == "");
  CHECK(fault_in_settings({{"min.compaction.lag.ms", "6"}, {"max.compaction.lag.ms", "5"}}) ==
        "conflict topic config setting min.compaction.lag.ms (6) > max.compaction.lag.ms (5)");
}

}  // namespace millrace::topic
