#include "topic/open_files.h"

#include <doctest/doctest.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "io/simulated_files.h"
#include "kafka/records.h"
#include "topic/store.h"

namespace millrace::topic {

namespace {

std::string text_of(const io::File& file) {
  std::string text(file.size(), ' ');
  file.read(0, text.data(), text.size());
  return text;
}

std::string batch_of(int number) {
  kafka::BatchBuilder builder;
  builder.add({1000 + number}, "key", std::to_string(number));
  return builder.finish();
}

std::string first_value(const SharedBytes& batches) {
  kafka::Records records(*kafka::BatchView::front_of(batches.view()));
  return std::string(*records.next()->value);
}

struct Machine {
  io::World world() { return {&clock, &random, &files, &log, &metrics}; }

  ManualClock clock{Timestamp{1'700'000'000'000}};
  io::SimulatedFiles files{1};
  Random random{1};
  Log log{&clock, LogLevel::off, [](const LogEntry&) {}};
  Metrics metrics;
};

}  // namespace

TEST_CASE("those used last stay open, and who has a file keeps it") {
  io::SimulatedFiles disk(1);
  for (const auto* name : {"a", "b", "c"}) {
    disk.open(name, io::OpenMode::append)->append(name);
  }
  OpenFiles files(&disk, 2);
  const char owners[] = "abc";
  const auto opened = [&](const char& owner) {
    return files.opened(&owner, std::string(1, owner));
  };
  const auto a = opened(owners[0]);
  opened(owners[1]);
  CHECK(opened(owners[0]) == a);
  opened(owners[2]);  // in the place of b
  CHECK(disk.open_files() == 2);
  CHECK(opened(owners[0]) == a);
  opened(owners[1]);
  opened(owners[2]);  // a is closed here, but not for who has it
  CHECK(disk.open_files() == 3);
  CHECK(text_of(*a) == "a");

  files.take(&owners[2]);
  CHECK(disk.open_files() == 2);
  disk.remove("c");
  CHECK_THROWS_AS(opened(owners[2]), Error);
  CHECK(text_of(*opened(owners[1])) == "b");
}

TEST_CASE("a topic that was deleted gives its readers no records of another with its name") {
  Machine machine;
  Store store(machine.world(), "topics");
  const auto make = [&](int first) {
    const auto made = store.create("t", 1, {{"segment.bytes", "14"}});
    REQUIRE(made.ok());
    const auto partition = (*made)->partitions[0];
    for (int n = first; n < first + 3; ++n) {
      REQUIRE(partition->append(batch_of(n)).error_code == kafka::ErrorCode::none);
    }
    return partition;
  };
  const auto old = make(10);
  CHECK(first_value(*old->read(Offset(0), 1)) == "10");  // and its file stays open
  REQUIRE(store.remove("t").ok());
  const auto next = make(20);
  for (int n = 0; n < 3; ++n) {
    CHECK(first_value(*next->read(Offset(n), 1)) == std::to_string(20 + n));
  }
  CHECK(first_value(*old->read(Offset(0), 1)) == "10");
  CHECK_THROWS_AS((void)old->read(Offset(1), 1), Error);
  CHECK(first_value(*old->read(Offset(2), 1)) == "12");
}

TEST_CASE("a log of many segments has few files open, and all of it is read") {
  constexpr int kSegments = 2'000;
  constexpr size_t kEnough = 600;
  Machine machine;
  const auto read_all = [&machine](const Partition& partition) {
    size_t most = 0;
    for (int n = 0; n < kSegments; ++n) {
      const auto read = partition.read(Offset(n), 1);
      REQUIRE(read.ok());
      CHECK(first_value(*read) == std::to_string(n));
      most = std::max(most, machine.files.open_files());
    }
    return most;
  };
  for (int life = 0; life < 2; ++life) {
    Store store(machine.world(), "topics");
    const auto topic = *store.find_or_create("orders", 1, {{"segment.bytes", "14"}});
    const auto partition = topic->find(PartitionIndex(0));
    for (int n = static_cast<int>(partition->end_offset().value); n < kSegments; ++n) {
      REQUIRE(partition->append(batch_of(n)).error_code == kafka::ErrorCode::none);
    }
    CHECK(machine.files.open_files() < kEnough);
    CHECK(read_all(*partition) < kEnough);
  }
  CHECK(machine.files.open_files() == 0);
}

TEST_CASE("a segment is read on by who has it when its name goes or becomes another's") {
  io::SimulatedFiles disk(1);
  const auto files = std::make_shared<OpenFiles>(&disk, 8);
  const auto open = [&](Segment::State state) {
    return std::make_unique<Segment>(&disk, files, "d", Offset(0), state);
  };
  disk.make_directories("d");
  {
    const auto first = open(Segment::State::open);
    std::string placed = batch_of(7);
    kafka::place_batch(placed.data(), Offset(0), 0);
    first->append(placed);
    CHECK(first->scan([](const kafka::BatchView&) {}).fault.empty());
    first->close();
  }
  const auto old = open(Segment::State::closed);
  REQUIRE(old->load_index());
  CHECK(first_value(old->read(Offset(0), Offset(1), 1)) == "7");
  old->keep_open();
  disk.replace(old->path(), "something else");
  const auto rewritten = open(Segment::State::closed);
  CHECK(rewritten->file_size() == std::string_view("something else").size());
  CHECK(first_value(old->read(Offset(0), Offset(1), 1)) == "7");
  disk.remove(old->path());
  CHECK(first_value(old->read(Offset(0), Offset(1), 1)) == "7");
}

}  // namespace millrace::topic
