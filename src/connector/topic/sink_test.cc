#include "connector/topic/sink.h"

#include <doctest/doctest.h>

#include "base/error.h"
#include "column/builder.h"
#include "exec/testing/life.h"
#include "exec/testing/memory.h"
#include "exec/testing/world.h"
#include "kafka/records.h"

namespace millrace::connector {

namespace {

const Schema kSchema{{{"n", Type::of(TypeKind::bigint)}, {"who", Type::string()}}};

Batch rows_of(std::initializer_list<int64_t> values) {
  ColumnBuilder n(kSchema[0].type);
  ColumnBuilder who(kSchema[1].type);
  for (const int64_t value : values) {
    n.add(value);
    who.add_string("w" + std::to_string(value % 3));
  }
  Batch batch;
  batch.physical_size = static_cast<uint32_t>(values.size());
  batch.columns = {n.finish(), who.finish()};
  return batch;
}

using Options = std::map<std::string, std::string>;

using Checkpoint = exec::testing::SinkCheckpoint;

// A disk with a topic's log, and the lives of a sink that writes to it.
struct Machine {
  explicit Machine(uint64_t seed, Options options = {}) : files(seed) {
    table = exec::testing::make_table("numbers", kSchema);
    options["topic"] = "numbers";
    options["format"] = "json";
    for (const auto& [key, value] : options) {
      table->options[key] = {value, {}};
    }
    node.table = table;
    node.schema = kSchema;
  }

  struct Life {
    Life(Machine& machine, const Checkpoint& last)
        : topics(machine.world, "topics"),
          state(machine.world, "sink-1", last.state),
          sink(machine.node, TopicOptions::of_sink(*machine.table, {}), state.context, topics, 2) {
      exec::testing::go_on(sink, last);
    }
    void checkpoint(Checkpoint& at) { exec::testing::end_epoch(sink, state, at); }
    // Records of a partition, "key value", those of aborted transactions left out.
    std::vector<std::string> read(int32_t partition) {
      const auto log = topics.find("numbers")->find(PartitionIndex(partition));
      const auto read = log->read_committed(log->start_offset(), 1 << 20);
      REQUIRE(read.ok());
      std::vector<std::string> found;
      std::string_view rest = read->batches.view();
      while (!rest.empty()) {
        const auto batch = kafka::BatchView::front_of(rest);
        rest.remove_prefix(batch->size());
        const auto is_of = [&](const topic::AbortedTransaction& gone) {
          return batch->producer_id() == gone.producer_id && gone.first <= batch->base_offset() &&
                 batch->base_offset() < gone.last;
        };
        if (batch->is_control() || std::any_of(read->aborted.begin(), read->aborted.end(), is_of)) {
          continue;
        }
        kafka::Records records(*batch);
        while (const kafka::Record* record = records.next()) {
          found.push_back(std::string(record->key.value_or("-")) + " " +
                          std::string(record->value.value_or("-")));
        }
      }
      return found;
    }
    std::vector<std::string> read() {
      std::vector<std::string> all = read(0);
      const std::vector<std::string> others = read(1);
      all.insert(all.end(), others.begin(), others.end());
      std::sort(all.begin(), all.end());
      return all;
    }

    topic::Store topics;
    exec::testing::Life state;
    TopicSink sink;
  };

  ManualClock clock{Timestamp{1'767'225'600'000}};
  Random random{7};
  io::SimulatedFiles files;
  Log log{&clock, LogLevel::error, [](const LogEntry&) {}};
  io::World world{&clock, &random, &files, &log, nullptr};
  std::shared_ptr<catalog::Table> table;
  plan::Sink node;
};

// Four epochs of two rows each, from wherever the checkpoint says.
void run(Machine& machine, Checkpoint& checkpoint) {
  Machine::Life life(machine, checkpoint);
  if (checkpoint.epoch == 0) {
    life.checkpoint(checkpoint);  // as a pipeline does before its first row
  }
  for (int64_t n = checkpoint.epoch; n <= 4; ++n) {
    life.sink.write(rows_of({n * 10}));
    life.sink.write(rows_of({n * 10 + 1}));
    life.checkpoint(checkpoint);
  }
}

std::vector<std::string> records_of_a_run(Machine& machine) {
  Checkpoint checkpoint;
  run(machine, checkpoint);
  return Machine::Life(machine, checkpoint).read();
}

enum class Dies : uint8_t { process, machine };

// What is there once a run that a crash ended, at this step of the disk, has gone on to its end.
std::vector<std::string> records_over_a_crash(uint64_t step, Dies dies,
                                              const Options& options = {}) {
  Machine machine(step, options);
  Checkpoint checkpoint;
  machine.files.crash_at(step);
  try {
    run(machine, checkpoint);
  } catch (const io::SimulatedCrash&) {  // what this is about
  }
  dies == Dies::machine ? machine.files.crash() : machine.files.kill();
  run(machine, checkpoint);
  return Machine::Life(machine, checkpoint).read();
}

std::string record(int64_t n) {
  return R"(- {"n":)" + std::to_string(n) + R"(,"who":"w)" + std::to_string(n % 3) + R"("})";
}

}  // namespace

TEST_CASE("records are seen with their epoch, and not before") {
  Machine machine(1);
  Checkpoint checkpoint;
  Machine::Life life(machine, checkpoint);
  life.checkpoint(checkpoint);
  CHECK(checkpoint.token.empty());
  life.sink.write(rows_of({1, 2}));
  CHECK(life.read().empty());
  life.checkpoint(checkpoint);
  CHECK(life.read() == std::vector<std::string>{record(1), record(2)});
  life.sink.publish(Epoch(checkpoint.epoch), checkpoint.token);  // again: nothing changes
  CHECK(life.read().size() == 2);
}

TEST_CASE("a sink without a guarantee is seen at once, and so is one that asks for it") {
  for (const Options& options : {Options{{"sink.delivery-guarantee", "at-least-once"}},
                                 Options{{"visibility", "immediate"}}}) {
    Machine machine(1, options);
    Machine::Life life(machine, {});
    life.sink.write(rows_of({1}));
    CHECK(life.read() == std::vector<std::string>{record(1)});
  }
}

TEST_CASE("records of a key meet in one partition, where Kafka's clients put them") {
  Machine machine(1, {{"key.fields", "who"}, {"key.format", "json"}});
  Checkpoint checkpoint;
  Machine::Life life(machine, checkpoint);
  life.sink.write(rows_of({1, 2, 3, 4, 5, 6}));
  life.checkpoint(checkpoint);
  for (const int64_t n : {1, 2, 3, 4, 5, 6}) {
    const std::string key = R"({"who":"w)" + std::to_string(n % 3) + R"("})";
    const std::vector<std::string> there =
        life.read(static_cast<int32_t>((murmur2(key) & 0x7FFFFFFF) % 2));
    CHECK(std::count(there.begin(), there.end(), key + record(n).substr(1)) == 1);
  }
  // As computed by org.apache.kafka.common.utils.Utils.murmur2.
  CHECK(static_cast<int32_t>(murmur2("21")) == -973932308);
  CHECK(static_cast<int32_t>(murmur2("foobar")) == -790332482);
  CHECK(static_cast<int32_t>(murmur2("abc")) == 479470107);
}

TEST_CASE("columns of the key stand in it alone where the table says so") {
  Machine machine(1, {{"key.fields", "who"},
                      {"key.fields-prefix", "w"},
                      {"key.format", "json"},
                      {"value.fields-include", "EXCEPT_KEY"}});
  Checkpoint checkpoint;
  Machine::Life life(machine, checkpoint);
  life.sink.write(rows_of({1}));
  life.checkpoint(checkpoint);
  CHECK(life.read() == std::vector<std::string>{R"({"ho":"w1"} {"n":1})"});
}

TEST_CASE("of a table of upserts a row that is gone is a record without a value") {
  Machine machine(1, {{"connector", "upsert-kafka"}, {"key.format", "json"}});
  machine.table->primary_key = {0};
  Checkpoint checkpoint;
  Machine::Life life(machine, checkpoint);
  Batch rows = rows_of({1, 2, 1});
  rows.kinds = {RowKind::insert, RowKind::update_after, RowKind::delete_};
  life.sink.write(rows);
  life.checkpoint(checkpoint);
  CHECK(life.read() == std::vector<std::string>{R"({"n":1} -)", R"({"n":1} {"n":1,"who":"w1"})",
                                                R"({"n":2} {"n":2,"who":"w2"})"});
}

TEST_CASE("options that do not go together are refused") {
  const auto fails = [](const Options& options) {
    CHECK_THROWS_AS(TopicOptions::of_sink(*Machine(1, options).table, {}), Error);
  };
  fails({{"key.fields", "who"}});
  fails({{"key.format", "json"}});
  fails({{"key.fields", "who;nobody"}, {"key.format", "json"}});
  fails({{"key.fields", "who"}, {"key.format", "json"}, {"key.fields-prefix", "w"}});
  fails({{"key.fields", "who"},
         {"key.format", "json"},
         {"key.fields-prefix", "x"},
         {"value.fields-include", "EXCEPT_KEY"}});
  fails({{"visibility", "immediate"}, {"sink.delivery-guarantee", "exactly-once"}});
}

TEST_CASE("no crash at any step loses a record or shows it twice") {
  Machine calm(1);
  const std::vector<std::string> expected = records_of_a_run(calm);
  REQUIRE(expected.size() == 8);
  for (const Dies dies : {Dies::process, Dies::machine}) {
    for (uint64_t step = 1; step < calm.files.steps(); ++step) {
      CAPTURE(step);
      CHECK(records_over_a_crash(step, dies) == expected);
    }
  }
}

TEST_CASE("what is seen at once is seen at least once, whatever step the crash is at") {
  const Options immediate = {{"visibility", "immediate"}};
  Machine calm(1, immediate);
  const std::vector<std::string> expected = records_of_a_run(calm);
  REQUIRE(expected.size() == 8);
  bool repeated = false;
  for (const Dies dies : {Dies::process, Dies::machine}) {
    for (uint64_t step = 1; step < calm.files.steps(); ++step) {
      CAPTURE(step);
      std::vector<std::string> found = records_over_a_crash(step, dies, immediate);
      repeated = repeated || found.size() > expected.size();
      found.erase(std::unique(found.begin(), found.end()), found.end());
      CHECK(found == expected);
    }
  }
  CHECK(repeated);  // else exactly once would have been had for nothing
}

}  // namespace millrace::connector
