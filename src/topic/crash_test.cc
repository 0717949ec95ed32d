// Crashes the log at every write, sync and rename of a load, and looks at what recovery makes of
// it.

#include <doctest/doctest.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "io/simulated_files.h"
#include "kafka/records.h"
#include "topic/store.h"

namespace millrace::topic {

namespace {

constexpr int kBatches = 24;

// What a load knows of itself when the crash comes.
struct Load {
  int sent = 0;          // batches handed to append()
  int acknowledged = 0;  // batches that were synced
};

struct Machine {
  explicit Machine(uint64_t seed) : files(seed), random(seed) {}
  io::World world() { return {&clock, &random, &files, &log, &metrics}; }

  ManualClock clock{Timestamp{1'700'000'000'000}};
  io::SimulatedFiles files;
  Random random;
  Log log{&clock, LogLevel::off, [](const LogEntry&) {}};
  Metrics metrics;
};

// Batch n of the load: two records, "2n" and "2n+1", by one idempotent producer.
std::string batch_of(int n) {
  kafka::BatchBuilder builder;
  for (int i = 2 * n; i < 2 * n + 2; ++i) {
    builder.add({1000 + i}, std::nullopt, std::to_string(i));
  }
  return builder.finish({.id = 5, .epoch = 0, .base_sequence = 2 * n});
}

std::shared_ptr<Partition> open_orders(Store& store) {
  const auto topic = store.find_or_create("orders", 1, {{"segment.bytes", "600"}});
  return (*topic)->find(PartitionIndex(0));
}

void run(Machine& machine, Load& load) {
  Store store(machine.world(), "data/topics");
  const auto partition = open_orders(store);
  for (int n = 0; n < kBatches; ++n) {
    load.sent = n + 1;
    const Appended appended = partition->append(batch_of(n));  // where the crash may come
    REQUIRE(appended.error_code == kafka::ErrorCode::none);
    if (n % 3 == 2) {
      partition->sync();
      load.acknowledged = n + 1;
    }
  }
}

std::vector<std::string> all_values(const Partition& partition) {
  std::vector<std::string> values;
  for (Offset at = partition.start_offset(); at < partition.end_offset();) {
    const auto read = partition.read(at, 1);
    const auto batch = kafka::BatchView::front_of(read->view());
    kafka::Records records(*batch);
    while (const kafka::Record* record = records.next()) {
      values.emplace_back(*record->value);
    }
    at = batch->next_offset();
  }
  return values;
}

// The log holds a beginning of the load, with all that was acknowledged; sending the rest again
// from any point makes it whole.
void check_recovered(Machine& machine, const Load& load) {
  Store store(machine.world(), "data/topics");
  const auto partition = open_orders(store);
  REQUIRE(partition != nullptr);
  const auto found = all_values(*partition);
  CHECK(found.size() % 2 == 0);
  CHECK(found.size() >= 2 * static_cast<size_t>(load.acknowledged));
  CHECK(found.size() <= 2 * static_cast<size_t>(load.sent));
  // A producer resends what it has no answer for, and whatever of it is there is not doubled.
  for (int n = load.acknowledged; n < kBatches; ++n) {
    CHECK(partition->append(batch_of(n)).error_code == kafka::ErrorCode::none);
  }
  const auto values = all_values(*partition);
  REQUIRE(values.size() == 2 * kBatches);
  for (size_t i = 0; i < values.size(); ++i) {
    CHECK(values[i] == std::to_string(i));
  }
}

uint64_t steps_of_a_calm_run() {
  Machine machine(1);
  Load load;
  run(machine, load);
  return machine.files.steps();
}

}  // namespace

TEST_CASE("no crash at any step loses what was synced or doubles what is sent again") {
  const uint64_t steps = steps_of_a_calm_run();
  REQUIRE(steps > 50);
  for (uint64_t step = 0; step < steps; ++step) {
    for (const bool machine_dies : {false, true}) {
      CAPTURE(step);
      CAPTURE(machine_dies);
      Machine machine(step + 1);
      machine.files.crash_at(step);
      Load load;
      bool crashed = false;
      try {
        run(machine, load);
      } catch (const io::SimulatedCrash&) {
        crashed = true;
      }
      REQUIRE(crashed);
      machine_dies ? machine.files.crash() : machine.files.kill();
      check_recovered(machine, load);
    }
  }
}

TEST_CASE("a full disk refuses, keeps the log as it was, and goes on when there is room") {
  Machine machine(3);
  Store store(machine.world(), "data/topics");
  const auto partition = open_orders(store);
  int n = 0;
  REQUIRE(partition->append(batch_of(n)).error_code == kafka::ErrorCode::none);
  machine.files.set_capacity(1000);
  while (partition->append(batch_of(n + 1)).error_code == kafka::ErrorCode::none) {
    ++n;
    REQUIRE(n < 100);
  }
  const Offset end = partition->end_offset();
  CHECK(end == Offset(2 * (n + 1)));
  CHECK(partition->append(batch_of(n + 1)).error_code == kafka::ErrorCode::kafka_storage_error);
  CHECK(partition->end_offset() == end);
  CHECK(all_values(*partition).size() == static_cast<size_t>(end.value));
  CHECK_FALSE(store.create("another", 1).ok());
  machine.files.set_capacity(UINT64_MAX);
  CHECK(partition->append(batch_of(n + 1)).base == end);
  CHECK(all_values(*partition).back() == std::to_string(end.value + 1));
  CHECK(store.create("another", 1).ok());
}

TEST_CASE("what was sent behind a producer's refused first batch waits for it") {
  Machine machine(4);
  Store store(machine.world(), "data/topics");
  const auto partition = open_orders(store);
  machine.files.set_capacity(0);
  CHECK(partition->append(batch_of(0)).error_code == kafka::ErrorCode::kafka_storage_error);
  machine.files.set_capacity(UINT64_MAX);
  CHECK(partition->append(batch_of(1)).error_code ==
        kafka::ErrorCode::out_of_order_sequence_number);
  for (int n = 0; n < 2; ++n) {
    CHECK(partition->append(batch_of(n)).error_code == kafka::ErrorCode::none);
  }
  CHECK(all_values(*partition) == std::vector<std::string>{"0", "1", "2", "3"});
}

TEST_CASE("a sync that failed is never believed again, not by the next life either") {
  for (const bool machine_dies : {false, true}) {
    CAPTURE(machine_dies);
    Machine machine(5);
    {
      Store store(machine.world(), "data/topics");
      const auto partition = open_orders(store);
      REQUIRE(partition->append(batch_of(0)).error_code == kafka::ErrorCode::none);
      partition->sync();
      REQUIRE(partition->append(batch_of(1)).error_code == kafka::ErrorCode::none);
      machine.files.fail_syncs(".log");
      CHECK_THROWS_AS(partition->sync(), Error);
      // The disk says that all is well now; what became of the bytes in between, it does not say.
      machine.files.fail_syncs("");
      CHECK_THROWS_AS(partition->sync(), Error);
      CHECK(partition->synced_offset() == Offset(2));
      CHECK(partition->append(batch_of(2)).error_code == kafka::ErrorCode::kafka_storage_error);
    }
    machine_dies ? machine.files.crash() : machine.files.kill();
    Store store(machine.world(), "data/topics");
    const auto partition = open_orders(store);
    CHECK(partition->end_offset() == Offset(2));
    // Its producer sends again what it was not told is durable.
    for (int n = 1; n < 3; ++n) {
      CHECK(partition->append(batch_of(n)).error_code == kafka::ErrorCode::none);
    }
    CHECK_NOTHROW(partition->sync());
    CHECK(partition->synced_offset() == Offset(6));
  }
}

TEST_CASE(
    "a long segment is whole after the cut behind a failed sync, and what was cut is beside it") {
  Machine machine(11);
  constexpr int kLarge = 30;  // of 100 kB each: more than is copied at once
  const std::string large(100'000, 'x');
  const auto large_batch = [&](int number) {
    kafka::BatchBuilder builder;
    builder.add({1000 + number}, std::nullopt, large + std::to_string(number));
    return builder.finish();
  };
  {
    Store store(machine.world(), "data/topics");
    const auto partition = (*store.create("wide", 1))->find(PartitionIndex(0));
    for (int n = 0; n < 2 * kLarge; ++n) {
      REQUIRE(partition->append(large_batch(n)).error_code == kafka::ErrorCode::none);
      if (n == kLarge - 1) {
        partition->sync();
        machine.files.fail_syncs(".log");
      }
    }
    CHECK_THROWS_AS(partition->sync(), Error);
    machine.files.fail_syncs("");
  }
  machine.files.kill();
  Store store(machine.world(), "data/topics");
  const auto partition = store.find("wide")->find(PartitionIndex(0));
  CHECK(partition->end_offset() == Offset(kLarge));
  const auto values = all_values(*partition);
  REQUIRE(values.size() == kLarge);
  for (int n = 0; n < kLarge; ++n) {
    CHECK(values[static_cast<size_t>(n)] == large + std::to_string(n));
  }
  const std::string directory = "data/topics/wide/0";
  const std::string log = io::join(directory, "00000000000000000000.log");
  const uint64_t kept = machine.files.open(log, io::OpenMode::read)->size();
  const std::string cut = io::join(directory, "00000000000000000000.cut-" + std::to_string(kept));
  CHECK(machine.files.read_all(cut).size() + kept > 2 * kLarge * large.size());
  for (const std::string& name : machine.files.list(directory)) {
    CHECK(name.find(".tmp") == std::string::npos);
  }
}

TEST_CASE("what a life left unsynced is not lost by the next one's failed sync") {
  Machine machine(8);
  const auto live = [&](int batch) {
    Store store(machine.world(), "data/topics");
    const auto partition = open_orders(store);
    CHECK(partition->append(batch_of(batch)).error_code == kafka::ErrorCode::none);
    CHECK(partition->synced_offset() < partition->end_offset());
    partition->sync();
  };
  machine.files.fail_syncs(".log");
  CHECK_THROWS_AS(live(0), Error);  // not acknowledged
  machine.files.kill();
  CHECK_THROWS_AS(live(0), Error);
  machine.files.kill();
  machine.files.fail_syncs("");
  CHECK_NOTHROW(live(0));
  machine.files.crash();
  Store store(machine.world(), "data/topics");
  CHECK(all_values(*open_orders(store)) == std::vector<std::string>{"0", "1"});
}

TEST_CASE("a start reads on from where the log was known to be on disk") {
  for (const bool machine_dies : {false, true}) {
    CAPTURE(machine_dies);
    Machine machine(9);
    const std::string large(100'000, 'x');
    const auto large_batch = [&](int number) {
      kafka::BatchBuilder builder;
      builder.add({1000}, std::nullopt, large);
      return builder.finish({.id = 5, .epoch = 0, .base_sequence = number});
    };
    const std::string path = "data/topics/wide/0/00000000000000000000";
    int sent = 0;
    {
      Store store(machine.world(), "data/topics");
      const auto partition = (*store.find_or_create("wide", 1))->find(PartitionIndex(0));
      for (; sent < 100; ++sent) {
        REQUIRE(partition->append(large_batch(sent)).error_code == kafka::ErrorCode::none);
        partition->sync();
      }
    }
    machine_dies ? machine.files.crash() : machine.files.kill();
    if (!machine_dies) {
      REQUIRE(machine.files.exists(path + ".recovery"));
    }
    Store store(machine.world(), "data/topics");
    const auto partition = (*store.find_or_create("wide", 1))->find(PartitionIndex(0));
    CHECK(partition->end_offset() == Offset(sent));
    // As if it had been read from its beginning: producers, offsets, times.
    CHECK(partition->append(large_batch(97)).duplicate);
    CHECK(partition->append(large_batch(sent)).base == Offset(sent));
    CHECK(partition->read(Offset(3), 1)->size() > large.size());
    CHECK(partition->find_by_time({1000})->offset == Offset(0));
  }
}

TEST_CASE("a recovery point that does not fit is not believed") {
  Machine machine(10);
  const std::string segment = "data/topics/orders/0/00000000000000000000";
  const std::string point = segment + ".recovery";
  {
    Store store(machine.world(), "data/topics");
    const auto partition = (*store.find_or_create("orders", 1))->find(PartitionIndex(0));
    for (int n = 0; n < 4000; ++n) {
      REQUIRE(partition->append(batch_of(n)).error_code == kafka::ErrorCode::none);
    }
    store.prepare_to_stop();
    REQUIRE(machine.files.exists(point));
  }
  const std::string bytes = machine.files.read_all(point);
  for (const bool is_torn : {true, false}) {
    CAPTURE(is_torn);
    machine.files.kill();
    if (is_torn) {
      machine.files.replace(point, bytes.substr(0, bytes.size() / 2));
    } else {  // whole, and the log is shorter than it says
      machine.files.replace(point, bytes);
      machine.files.open(segment + ".log", io::OpenMode::append)->truncate(1000);
    }
    Store store(machine.world(), "data/topics");
    const auto partition = store.find("orders")->find(PartitionIndex(0));
    CHECK(partition->end_offset() == (is_torn ? Offset(8000) : Offset(24)));
    CHECK(all_values(*partition).size() == static_cast<size_t>(partition->end_offset().value));
  }
}

TEST_CASE("a sync that fails while a segment is closed is not believed either") {
  Machine machine(6);
  Store store(machine.world(), "data/topics");
  const auto partition = open_orders(store);
  int n = 0;
  machine.files.fail_syncs(".log");
  while (partition->append(batch_of(n)).error_code == kafka::ErrorCode::none) {
    REQUIRE(++n < 100);
  }
  machine.files.fail_syncs("");
  CHECK(partition->append(batch_of(n)).error_code == kafka::ErrorCode::kafka_storage_error);
  CHECK_THROWS_AS(partition->sync(), Error);
}

}  // namespace millrace::topic
