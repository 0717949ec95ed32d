#include "topic/store.h"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <thread>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "io/files.h"
#include "kafka/records.h"

namespace millrace::topic {

namespace {

// A world on a directory of its own, with what was logged.
struct Place {
  Place() {
    char name[] = "/tmp/millrace-topic-XXXXXX";
    directory = mkdtemp(name);
  }
  ~Place() { files.remove_tree(directory); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  io::World world() { return {&clock, &random, &files, &log, &metrics}; }
  std::string topics() const { return io::join(directory, "topics"); }
  std::string segment(const std::string& base) const {
    return io::join(topics(), "orders/0/" + base + ".log");
  }

  std::string directory;
  ManualClock clock{Timestamp{1'700'000'000'000}};
  Random random{7};
  io::LocalFiles files;
  std::string logged;
  Log log{&clock, LogLevel::info,
          [this](const LogEntry& entry) { logged += entry.to_json() + "\n"; }};
  Metrics metrics;
};

const std::string kFirst(20, '0');

std::string batch_of(std::initializer_list<std::string_view> values,
                     kafka::BatchBuilder::Producer producer = {}, int64_t time = 1000) {
  kafka::BatchBuilder builder;
  for (const auto value : values) {
    builder.add({time++}, std::nullopt, value);
  }
  return builder.finish(producer);
}

std::vector<std::string> values_from(const Partition& partition, Offset from) {
  std::vector<std::string> values;
  while (from < partition.end_offset()) {
    const auto read = partition.read(from, 100);
    REQUIRE(read.ok());
    for (std::string_view rest = read->view(); !rest.empty();) {
      const auto batch = kafka::BatchView::front_of(rest);
      REQUIRE(batch.has_value());
      kafka::Records records(*batch);
      while (const kafka::Record* record = records.next()) {
        if (record->offset >= from) {
          values.emplace_back(record->value.value());
        }
      }
      from = batch->next_offset();
      rest.remove_prefix(batch->size());
    }
  }
  return values;
}

using Values = std::vector<std::string>;

}  // namespace

TEST_CASE("what was appended is read back from any offset, now and after a restart") {
  Place place;
  for (const bool restarted : {false, true}) {
    Store store(place.world(), place.topics());
    const auto topic = *store.find_or_create("orders", 2);
    Partition& partition = *topic->find(PartitionIndex(0));
    if (!restarted) {
      CHECK(partition.append(batch_of({"a", "b"})).end == Offset(2));
      CHECK(partition.append(batch_of({"c"}) + batch_of({"d", "e"})).base == Offset(2));
    }
    CHECK(partition.end_offset() == Offset(5));
    CHECK(values_from(partition, Offset(0)) == Values{"a", "b", "c", "d", "e"});
    CHECK(values_from(partition, Offset(4)) == Values{"e"});
    CHECK(partition.read(Offset(5), 100)->empty());
    CHECK_FALSE(partition.read(Offset(6), 100).ok());
    CHECK(topic->find(PartitionIndex(1))->end_offset() == Offset(0));
  }
}

TEST_CASE("a torn tail is cut and said so; what lies before it stays") {
  for (const size_t torn : {1, 11, 12, 60, 70}) {
    Place place;
    {
      Store store(place.world(), place.topics());
      store.find_or_create("orders", 1)
          .operator*()
          ->find(PartitionIndex(0))
          ->append(batch_of({"kept"}));
    }
    const auto file = place.files.open(place.segment(kFirst), io::OpenMode::append);
    const uint64_t whole = file->size();
    std::string next = batch_of({"a longer value that is cut somewhere"});
    kafka::place_batch(next.data(), Offset(1), 0);
    file->append(std::string_view(next).substr(0, torn));

    Store store(place.world(), place.topics());
    Partition& partition = *store.find("orders")->find(PartitionIndex(0));
    CHECK(values_from(partition, Offset(0)) == Values{"kept"});
    CHECK(place.files.open(place.segment(kFirst), io::OpenMode::read)->size() == whole);
    CHECK(place.logged.find("tail of the log cut") != std::string::npos);
    CHECK(partition.append(batch_of({"more"})).base == Offset(1));
    CHECK(values_from(partition, Offset(0)) == Values{"kept", "more"});
  }
}

TEST_CASE("a bad batch with right ones behind it is cut, but kept beside the log") {
  Place place;
  {
    Store store(place.world(), place.topics());
    const auto topic = *store.find_or_create("orders", 1);
    for (const auto value : {"one", "two", "three"}) {
      topic->find(PartitionIndex(0))->append(batch_of({value}));
    }
  }
  std::string bytes = place.files.read_all(place.segment(kFirst));
  const size_t first = kafka::BatchView::front_of(bytes)->size();
  bytes[first + 65] = static_cast<char>(bytes[first + 65] ^ 1);
  place.files.replace(place.segment(kFirst), bytes);

  Store store(place.world(), place.topics());
  CHECK(values_from(*store.find("orders")->find(PartitionIndex(0)), Offset(0)) == Values{"one"});
  const std::string cut =
      io::join(place.topics(), "orders/0/" + kFirst + ".cut-" + std::to_string(first));
  CHECK(place.files.read_all(cut) == bytes.substr(first));
  CHECK(place.logged.find("\"error\"") != std::string::npos);
}

TEST_CASE("damage is told from a torn tail wherever the next right batch begins") {
  for (const size_t damaged : {10, 65}) {  // the length of a batch, and a record of it
    Place place;
    {
      Store store(place.world(), place.topics());
      const auto topic = *store.find_or_create("orders", 1);
      for (const std::string& value :
           {std::string("one"), std::string(900'000, 'x'), std::string(900'000, 'y')}) {
        topic->find(PartitionIndex(0))->append(batch_of({value}));
      }
    }
    std::string bytes = place.files.read_all(place.segment(kFirst));
    const size_t first = kafka::BatchView::front_of(bytes)->size();
    bytes[first + damaged] = static_cast<char>(bytes[first + damaged] ^ 0x40);
    place.files.replace(place.segment(kFirst), bytes);

    Store store(place.world(), place.topics());
    CHECK(values_from(*store.find("orders")->find(PartitionIndex(0)), Offset(0)) == Values{"one"});
    const std::string cut =
        io::join(place.topics(), "orders/0/" + kFirst + ".cut-" + std::to_string(first));
    REQUIRE(place.files.exists(cut));
    CHECK(place.files.read_all(cut) == bytes.substr(first));
  }
}

TEST_CASE("segments roll, reads cross them, and a lost index is rebuilt") {
  Place place;
  Values written;
  for (const bool restarted : {false, true}) {
    Store store(place.world(), place.topics());
    if (!restarted) {
      const auto topic = *store.create("orders", 1, {{"segment.bytes", "300"}});
      for (int i = 0; i < 20; ++i) {
        written.push_back("value " + std::to_string(i));
        topic->find(PartitionIndex(0))->append(batch_of({written.back()}, {}, 1000 + 10 * i));
      }
      place.files.remove(io::join(place.topics(), "orders/0/" + kFirst + ".index"));
    }
    Partition& partition = *store.find("orders")->find(PartitionIndex(0));
    CHECK(place.files.list(io::join(place.topics(), "orders/0")).size() > 10);
    CHECK(values_from(partition, Offset(0)) == written);
    CHECK(partition.find_by_time({1000})->offset == Offset(0));
    CHECK(partition.find_by_time({1101})->offset == Offset(11));
    CHECK_FALSE(partition.find_by_time({1191}).has_value());
    CHECK(partition.find_latest_time()->offset == Offset(19));
  }
  CHECK(place.logged.find("index rebuilt") != std::string::npos);
}

TEST_CASE("a damaged closed segment takes its partition out of service, not the store") {
  Place place;
  {
    Store store(place.world(), place.topics());
    const auto topic = *store.create("orders", 1, {{"segment.bytes", "100"}});
    topic->find(PartitionIndex(0))->append(batch_of({"first segment"}));
    topic->find(PartitionIndex(0))->append(batch_of({"second segment"}));
    REQUIRE(store.create("others", 1).ok());
  }
  place.files.open(place.segment(kFirst), io::OpenMode::append)->truncate(70);
  Store store(place.world(), place.topics());
  CHECK(store.find("orders")->find(PartitionIndex(0)) == nullptr);
  CHECK(store.find("others")->find(PartitionIndex(0)) != nullptr);
  CHECK(place.logged.find("partition is damaged") != std::string::npos);
}

TEST_CASE("a producer's batch counts once, also when it is sent again after a restart") {
  Place place;
  const std::string batch = batch_of({"a", "b"}, {.id = 9, .epoch = 0, .base_sequence = 0});
  for (const bool restarted : {false, true}) {
    Store store(place.world(), place.topics());
    Partition& partition = *(*store.find_or_create("orders", 1))->find(PartitionIndex(0));
    const Appended appended = partition.append(batch);
    CHECK(appended.error_code == kafka::ErrorCode::none);
    CHECK(appended.base == Offset(0));
    CHECK(appended.end == Offset(2));
    CHECK(appended.duplicate == restarted);
    CHECK(partition.end_offset() == Offset(2));
    const auto gap = batch_of({"d"}, {.id = 9, .epoch = 0, .base_sequence = 3});
    CHECK(partition.append(gap).error_code == kafka::ErrorCode::out_of_order_sequence_number);
  }
}

TEST_CASE("damaged and oversized batches are refused and leave nothing") {
  Place place;
  Store store(place.world(), place.topics());
  const auto topic = *store.create("orders", 1, {{"max.message.bytes", "200"}});
  Partition& partition = *topic->find(PartitionIndex(0));
  std::string bad = batch_of({"a"});
  bad.back() = static_cast<char>(bad.back() ^ 1);
  CHECK(partition.append(bad).error_code == kafka::ErrorCode::corrupt_message);
  CHECK(partition.append(bad.substr(0, 30)).error_code == kafka::ErrorCode::corrupt_message);
  CHECK(partition.append("").error_code == kafka::ErrorCode::invalid_record);
  CHECK(partition.append(batch_of({std::string(300, 'x')})).error_code ==
        kafka::ErrorCode::message_too_large);
  CHECK(partition.end_offset() == Offset(0));
}

TEST_CASE("whoever listens hears of every append until it stops listening") {
  Place place;
  Store store(place.world(), place.topics());
  Partition& partition = *(*store.create("orders", 1))->find(PartitionIndex(0));
  int heard = 0;
  auto subscription = partition.on_growth([&heard] { ++heard; });
  partition.append(batch_of({"a"}));
  CHECK(heard == 1);
  subscription.reset();
  partition.append(batch_of({"b"}));
  CHECK(heard == 1);
}

TEST_CASE("topics are found by name and id, grow, and go") {
  Place place;
  kafka::Uuid id;
  {
    Store store(place.world(), place.topics());
    CHECK(store.create("bad/name", 1).error().code() == ErrorCode::invalid_argument);
    CHECK(store.create("orders", 0).error().code() == ErrorCode::invalid_argument);
    id = (*store.create("orders", 1))->id;
    CHECK(store.create("orders", 1).error().code() == ErrorCode::already_exists);
    REQUIRE(store.add_partitions("orders", 3).ok());
    REQUIRE(store.create("gone", 1).ok());
    REQUIRE(store.remove("gone").ok());
  }
  Store store(place.world(), place.topics());
  REQUIRE(store.find(id) != nullptr);
  CHECK(store.find(id)->partitions.size() == 3);
  CHECK(store.find("gone") == nullptr);
  CHECK(store.list().size() == 1);
}

TEST_CASE("a topic that metrics do not tell from another is found by either name") {
  Place place;
  Store store(place.world(), place.topics());
  REQUIRE(store.create("a.b.c", 1).ok());
  REQUIRE(store.create("a_b_d", 1).ok());
  REQUIRE(store.create("a-b", 1).ok());
  CHECK(store.same_in_metrics("a_b.c") == "a.b.c");
  CHECK(store.same_in_metrics("a.b.d") == "a_b_d");
  CHECK(store.same_in_metrics("a.b") == "");
  CHECK(store.same_in_metrics("a_b_e") == "");
  REQUIRE(store.configure("a.b.c", [](Settings settings) { return settings; }).ok());
  REQUIRE(store.remove("a.b.c").ok());
  CHECK(store.same_in_metrics("a_b.c") == "");
  CHECK(store.same_in_metrics("a.b.d") == "a_b_d");
}

TEST_CASE("settings that two change at once are those of both") {
  Place place;
  Store store(place.world(), place.topics());
  REQUIRE(store.create("orders", 1).ok());
  constexpr int kChanges = 50;
  const auto change = [&](const std::string& name) {
    for (int n = 1; n <= kChanges; ++n) {
      const auto changed = store.configure("orders", [&](Settings settings) -> Result<Settings> {
        settings[name] = std::to_string(n);
        return settings;
      });
      CHECK(changed.ok());
    }
  };
  std::thread other(change, "retention.bytes");
  change("retention.ms");
  other.join();
  const Settings both{{"retention.bytes", "50"}, {"retention.ms", "50"}};
  CHECK(store.find("orders")->settings == both);

  const auto refused = store.configure("orders", [](const Settings&) -> Result<Settings> {
    return Error(ErrorCode::invalid_argument, "no");
  });
  CHECK(refused.error().message() == "no");
  CHECK(store.find("orders")->settings == both);
  CHECK(Store(place.world(), place.topics()).find("orders")->settings == both);
}

TEST_CASE("files that are none of ours are let be, and a mark that says nothing is damage") {
  Place place;
  {
    Store store(place.world(), place.topics());
    (*store.create("orders", 1))->find(PartitionIndex(0))->append(batch_of({"kept"}));
  }
  const std::string partition = io::join(place.topics(), "orders/0");
  const std::vector<std::string> strangers = {std::string(20, '9') + ".log",
                                              std::string(20, '9') + ".index",
                                              "-0000000000000000001.log",
                                              "a name of twenty let.producers",
                                              "0.index",
                                              "notes.txt"};
  for (const std::string& name : strangers) {
    place.files.open(io::join(partition, name), io::OpenMode::append);
  }
  {
    Store store(place.world(), place.topics());
    CHECK(values_from(*store.find("orders")->find(PartitionIndex(0)), Offset(0)) == Values{"kept"});
  }
  for (const std::string& name : strangers) {
    CHECK(place.files.exists(io::join(partition, name)));
  }
  place.files.open(io::join(partition, "unsynced-what"), io::OpenMode::append);
  CHECK(Store(place.world(), place.topics()).find("orders")->find(PartitionIndex(0)) == nullptr);
  CHECK(place.logged.find("names no offset") != std::string::npos);
}

TEST_CASE("records whose topic lost its description are put aside, and leftovers go") {
  Place place;
  {
    Store store(place.world(), place.topics());
    for (const auto name : {"orders", "others"}) {
      (*store.create(name, 1))->find(PartitionIndex(0))->append(batch_of({"kept"}));
    }
  }
  place.files.remove(io::join(place.topics(), "orders/topic.json"));
  const std::string left = io::join(place.topics(), "others/topic.json.tmp-1-2");
  const std::string left_below = io::join(place.topics(), "others/0/partition.json.tmp-1-3");
  place.files.open(left, io::OpenMode::append)->append("half");
  place.files.open(left_below, io::OpenMode::append)->append("half");
  for (int life = 0; life < 2; ++life) {
    Store store(place.world(), place.topics());
    CHECK(store.find("orders") == nullptr);
    CHECK(store.list().size() == 1);
    CHECK(place.files.exists(io::join(place.topics(), "~aside-orders/0/" + kFirst + ".log")));
    CHECK_FALSE(place.files.exists(left));
    CHECK_FALSE(place.files.exists(left_below));
  }
}

}  // namespace millrace::topic
