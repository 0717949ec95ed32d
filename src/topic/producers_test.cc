// Transactions in one partition: what is stable, what was aborted, and that a replay of the log
// knows the same.

#include "topic/producers.h"

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

using kafka::ErrorCode;
using kafka::TransactionResult;

struct Disk {
  io::World world() { return {&clock, &random, &files, &log, &metrics}; }
  std::unique_ptr<Partition> open(uint64_t segment_bytes = 1 << 20) {
    PartitionOptions options;
    options.segment_bytes = segment_bytes;
    return std::make_unique<Partition>(world(), std::make_shared<OpenFiles>(&files, 1), "data",
                                       "orders-0", options);
  }

  ManualClock clock{Timestamp{1'700'000'000'000}};
  io::SimulatedFiles files{1};
  Random random{1};
  Log log{&clock, LogLevel::off, [](const LogEntry&) {}};
  Metrics metrics;
};

std::string batch(int64_t producer, int16_t epoch, int32_t sequence,
                  int16_t attributes = kafka::kTransactionalBit) {
  kafka::BatchBuilder builder;
  builder.add({1}, std::nullopt, std::to_string(sequence));
  return builder.finish(
      {.id = producer, .epoch = epoch, .base_sequence = sequence, .attributes = attributes});
}

ErrorCode end(Partition& partition, int64_t producer, int16_t epoch, TransactionResult result) {
  return partition.append(kafka::EndMarker{producer, epoch, 0, result}).error_code;
}

// Everything about producers that a reader or a tool can ask.
struct Known {
  std::vector<ProducerStatus> producers;
  std::vector<AbortedTransaction> aborted;
  Offset stable;
  bool operator==(const Known&) const = default;
};

Known known(const Partition& partition) {
  Known known{partition.producers(), {}, partition.stable_offset()};
  for (Offset at(0); at < known.stable;) {
    const auto read = partition.read_committed(at, 1);
    for (const AbortedTransaction& aborted : read->aborted) {
      known.aborted.push_back(aborted);
    }
    at = kafka::BatchView::front_of(read->batches.view())->next_offset();
  }
  return known;
}

}  // namespace

TEST_CASE("what is stable ends where the first undecided transaction begins") {
  Disk disk;
  disk.files.make_directories("data");
  const auto partition = disk.open();
  partition->append(batch(-1, -1, -1, 0));
  CHECK(partition->stable_offset() == Offset(1));
  partition->append(batch(1, 0, 0));
  partition->append(batch(2, 0, 0));
  CHECK(partition->stable_offset() == Offset(1));
  CHECK(partition->read_committed(Offset(0), 1000)->batches.size() ==
        partition->read(Offset(0), 1)->size());
  CHECK(partition->read_committed(Offset(1), 1000)->batches.empty());
  CHECK(end(*partition, 1, 0, TransactionResult::abort) == ErrorCode::none);
  CHECK(partition->stable_offset() == Offset(2));
  CHECK(end(*partition, 2, 0, TransactionResult::commit) == ErrorCode::none);
  CHECK(partition->stable_offset() == Offset(5));
  const auto read = partition->read_committed(Offset(1), 1000);
  REQUIRE(read->aborted.size() == 1);
  CHECK(read->aborted[0] == AbortedTransaction{1, Offset(1), Offset(3), Offset(2)});
  CHECK(partition->read_committed(Offset(4), 1000)->aborted.empty());
}

TEST_CASE("a transaction's end shuts out older epochs and starts sequences anew") {
  Disk disk;
  disk.files.make_directories("data");
  const auto partition = disk.open();
  CHECK(partition->append(batch(1, 0, 0)).error_code == ErrorCode::none);
  CHECK(partition->append(batch(1, 0, 1, 0)).error_code == ErrorCode::invalid_txn_state);
  CHECK(end(*partition, 1, 1, TransactionResult::commit) == ErrorCode::none);
  CHECK(end(*partition, 1, 0, TransactionResult::abort) == ErrorCode::invalid_producer_epoch);
  CHECK(partition->append(batch(1, 0, 1)).error_code == ErrorCode::invalid_producer_epoch);
  CHECK(partition->append(batch(1, 1, 1)).error_code == ErrorCode::out_of_order_sequence_number);
  CHECK(partition->append(batch(1, 1, 0)).error_code == ErrorCode::none);
  // In one epoch, sequences go on over the end.
  CHECK(end(*partition, 1, 1, TransactionResult::commit) == ErrorCode::none);
  CHECK(partition->append(batch(1, 1, 0)).duplicate);
  CHECK(partition->append(batch(1, 1, 1)).error_code == ErrorCode::none);
  // Nobody but the broker ends a transaction or sends batches without numbers.
  CHECK(partition->append(batch(1, 1, 2, kafka::kControlBit)).error_code ==
        ErrorCode::invalid_record);
  CHECK(partition->append(batch(1, 1, -1)).error_code == ErrorCode::invalid_record);
}

TEST_CASE("a replay of the log knows what was known before, from any of its files") {
  for (const std::string_view lost : {"", ".producers", ".index", "both"}) {
    CAPTURE(lost);
    Disk disk;
    disk.files.make_directories("data");
    Random random(7);
    Known before;
    {
      const auto partition = disk.open(900);
      std::map<int64_t, int32_t> sequences;
      for (int i = 0; i < 200; ++i) {
        const auto producer = static_cast<int64_t>(random.below(4));
        if (random.below(4) == 0) {
          end(*partition, producer, 0,
              random.below(2) == 0 ? TransactionResult::abort : TransactionResult::commit);
        } else {
          REQUIRE(partition->append(batch(producer, 0, sequences[producer]++)).error_code ==
                  ErrorCode::none);
        }
      }
      before = known(*partition);
      CHECK(before.aborted.size() > 10);
    }
    disk.files.kill();
    int files = 0;
    for (const std::string& name : disk.files.list("data")) {
      const bool is_lost = !lost.empty() && !name.ends_with(".log") &&
                           (lost == "both" || name.ends_with(lost)) && files++ % 3 != 0;
      if (is_lost || (lost == "both" && !name.ends_with(".log"))) {
        disk.files.remove(io::join("data", name));
      }
    }
    CHECK(known(*disk.open(900)) == before);
  }
}

}  // namespace millrace::topic
