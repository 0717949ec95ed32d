#include "connector/filesystem/sink.h"

#include <doctest/doctest.h>

#include <set>

#include "base/error.h"
#include "codec/json/options.h"
#include "column/builder.h"
#include "exec/testing/life.h"
#include "exec/testing/memory.h"
#include "exec/testing/world.h"
#include "io/files.h"

namespace millrace::connector {

namespace {

const Schema kSchema{{{"n", Type::of(TypeKind::bigint)}, {"day", Type::string()}}};

Batch rows_of(std::initializer_list<int64_t> values) {
  ColumnBuilder n(kSchema[0].type);
  ColumnBuilder day(kSchema[1].type);
  for (const int64_t value : values) {
    n.add(value);
    day.add_string("d" + std::to_string(value % 2));
  }
  Batch batch;
  batch.physical_size = static_cast<uint32_t>(values.size());
  batch.columns = {n.finish(), day.finish()};
  return batch;
}

using Options = std::map<std::string, std::string>;

using Checkpoint = exec::testing::SinkCheckpoint;

// A disk, and the lives of a sink on it.
struct Machine {
  explicit Machine(uint64_t seed, Options options = {}) : files(seed) {
    table = exec::testing::make_table("numbers", kSchema);
    options["path"] = "out";
    options["format"] = "json";
    for (const auto& [key, value] : options) {
      table->options[key] = {value, {}};
    }
    node.table = table;
    node.schema = kSchema;
  }

  struct Life {
    Life(Machine& machine, const Checkpoint& last)
        : state(machine.world, "sink-1", last.state),
          sink(machine.node, FilesystemOptions::from(*machine.table), state.context) {
      exec::testing::go_on(sink, last);
    }
    void checkpoint(Checkpoint& at) { exec::testing::end_epoch(sink, state, at); }
    exec::testing::Life state;
    FilesystemSink sink;
  };

  // Lines of visible files, and their names.
  void look(const std::string& directory = "out") {
    for (const std::string& name : files.list(directory)) {
      const std::string path = io::join(directory, name);
      if (files.is_directory(path)) {
        look(path);
      } else if (name.starts_with('.')) {
        ++hidden;
      } else {
        names.insert(path);
        std::string bytes = files.read_all(path);
        for (size_t end = bytes.find('\n'); end != std::string::npos; end = bytes.find('\n')) {
          lines.insert(bytes.substr(0, end));
          bytes.erase(0, end + 1);
        }
        CHECK(bytes.empty());
      }
    }
  }
  std::multiset<std::string> seen() {
    names.clear();
    lines.clear();
    hidden = 0;
    look();
    return lines;
  }

  ManualClock clock{Timestamp{0}};
  Random random{7};
  io::SimulatedFiles files;
  io::World world{&clock, &random, &files, nullptr, nullptr};
  std::shared_ptr<catalog::Table> table;
  plan::Sink node;
  std::multiset<std::string> lines;
  std::set<std::string> names;
  size_t hidden = 0;
};

// Four epochs of two rows each, then the end, from wherever the checkpoint says.
void run(Machine& machine, Checkpoint& checkpoint) {
  Machine::Life life(machine, checkpoint);
  if (checkpoint.epoch == 0) {
    life.checkpoint(checkpoint);  // as a pipeline does before its first row
  }
  for (int64_t n = checkpoint.epoch; n <= 4; ++n) {
    life.sink.write(rows_of({n * 10}));
    life.sink.write(rows_of({n * 10 + 1}));
    if (n == 4) {
      life.sink.finish();
    }
    life.checkpoint(checkpoint);
  }
}

std::multiset<std::string> expected(bool partitioned) {
  std::multiset<std::string> lines;
  for (const int64_t n : {10, 11, 20, 21, 30, 31, 40, 41}) {
    const std::string day = partitioned ? "" : ",\"day\":\"d" + std::to_string(n % 2) + "\"";
    lines.insert("{\"n\":" + std::to_string(n) + day + "}");
  }
  return lines;
}

}  // namespace

TEST_CASE("a file is hidden until it is whole, and then has Flink's name") {
  Machine machine(1);
  Checkpoint checkpoint;
  Machine::Life life(machine, checkpoint);
  life.checkpoint(checkpoint);
  CHECK(checkpoint.token.empty());
  life.sink.write(rows_of({1}));
  life.checkpoint(checkpoint);
  CHECK(machine.seen().empty());
  CHECK(machine.hidden == 1);
  life.sink.finish();
  life.checkpoint(checkpoint);
  CHECK(machine.seen() == std::multiset<std::string>{R"({"n":1,"day":"d1"})"});
  CHECK(machine.hidden == 0);
  REQUIRE(machine.names.size() == 1);
  const std::string name = machine.names.begin()->substr(4);
  CHECK(name.starts_with("part-"));
  CHECK(name.ends_with("-0-0"));
  CHECK(name.size() == std::string("part-07d8c2f3-cb50-4ca9-a2e9-9b5a3e2f8ef7-0-0").size());
}

TEST_CASE("files of a size or an age are finished, and the next has another number") {
  Machine machine(1, {{"sink.rolling-policy.file-size", "38 b"},
                      {"sink.rolling-policy.rollover-interval", "10 s"}});
  Checkpoint checkpoint;
  Machine::Life life(machine, checkpoint);
  life.sink.write(rows_of({1, 2}));  // 38 bytes
  life.sink.write(rows_of({3}));
  life.checkpoint(checkpoint);
  CHECK(machine.seen().size() == 2);
  CHECK(life.sink.due_at() == Instant{10'000'000'000});
  machine.clock.advance(Duration::seconds(10));
  life.checkpoint(checkpoint);
  CHECK(machine.seen().size() == 3);
  CHECK(machine.names.size() == 2);
  CHECK(!life.sink.due_at());
}

TEST_CASE("partitions are directories, marked when they are complete") {
  Machine machine(1, {{"sink.partition-commit.policy.kind", "success-file"},
                      {"sink.partition-commit.delay", "1 h"}});
  machine.table->partitioned_by = {1};
  Checkpoint checkpoint;
  Machine::Life life(machine, checkpoint);
  life.sink.write(rows_of({1, 2}));
  life.checkpoint(checkpoint);
  CHECK(machine.seen().empty());
  machine.clock.advance(Duration::seconds(3600));
  life.sink.write(rows_of({3}));
  life.checkpoint(checkpoint);
  CHECK(machine.seen() == std::multiset<std::string>{R"({"n":1})", R"({"n":2})", R"({"n":3})"});
  CHECK(machine.names.contains("out/day=d0/_SUCCESS"));
  CHECK(machine.names.contains("out/day=d1/_SUCCESS"));
}

TEST_CASE("partitions of dates are named by their days since 1970, as Flink names them") {
  Machine machine(1);
  machine.table->columns[1].type = Type::of(TypeKind::date);
  machine.table->partitioned_by = {1};
  Checkpoint checkpoint;
  Machine::Life life(machine, checkpoint);
  Batch rows = rows_of({1, 2});
  ColumnBuilder day(Type::of(TypeKind::date));
  day.add(int32_t{20087});
  day.add(int32_t{-719162});
  rows.columns[1] = day.finish();
  life.sink.write(rows);
  life.sink.finish();
  life.checkpoint(checkpoint);
  CHECK(machine.seen().size() == 2);
  std::set<std::string> folders;
  for (const std::string& name : machine.names) {
    folders.insert(io::parent_of(name));
  }
  CHECK(folders == std::set<std::string>{"out/day=-719162", "out/day=20087"});
}

TEST_CASE("partition-time waits for the watermark") {
  Machine machine(1, {{"sink.partition-commit.policy.kind", "success-file"},
                      {"sink.partition-commit.trigger", "partition-time"},
                      {"partition.time-extractor.timestamp-pattern", "2026-01-0$day 00:00:00"}});
  machine.table->partitioned_by = {1};
  Checkpoint checkpoint;
  Machine::Life life(machine, checkpoint);
  Batch rows = rows_of({1, 2});
  ColumnBuilder day(Type::string());
  day.add_string("1");
  day.add_string("2");
  rows.columns[1] = day.finish();
  life.sink.write(rows);
  life.sink.advance({1'767'225'600'001});  // 2026-01-01
  life.checkpoint(checkpoint);
  CHECK(machine.seen() == std::multiset<std::string>{R"({"n":1})"});
  life.sink.finish();
  life.checkpoint(checkpoint);
  CHECK(machine.seen().size() == 2);
}

TEST_CASE("what overwrites takes the place of what is there when the input has ended") {
  for (const bool partitioned : {false, true}) {
    Machine machine(1, {{"sink.rolling-policy.file-size", "20 b"}});
    const std::string before = R"({"n":7,"day":"d9"})";
    const auto put = [&](const std::string& path) {
      machine.files.make_directories(io::parent_of(path));
      machine.files.replace(path, before + "\n");
    };
    if (partitioned) {
      machine.table->partitioned_by = {1};
      put("out/day=d0/part-0");
      put("out/day=d9/part-0");
    } else {
      put("out/part-0");
      put("out/_SUCCESS");
    }
    machine.node.overwrite = true;
    Checkpoint checkpoint;
    Machine::Life life(machine, checkpoint);
    life.checkpoint(checkpoint);
    life.sink.write(rows_of({2, 4}));
    life.checkpoint(checkpoint);
    CHECK(machine.seen().size() == 2);
    life.sink.write(rows_of({6}));
    life.sink.finish();
    life.checkpoint(checkpoint);
    std::multiset<std::string> rows = {before};  // of the other partition, or hidden
    for (const char* n : {"2", "4", "6"}) {
      rows.insert("{\"n\":" + std::string(n) + (partitioned ? "}" : ",\"day\":\"d0\"}"));
    }
    CHECK(machine.seen() == rows);

    // To publish it once more is to do nothing, whatever was added since.
    put(partitioned ? "out/day=d0/part-1" : "out/part-1");
    rows.insert(before);
    life.sink.publish(Epoch(checkpoint.epoch), checkpoint.token);
    CHECK(machine.seen() == rows);
  }
}

TEST_CASE("what overwrites a table and has no rows leaves it empty, and partitions as they are") {
  for (const bool partitioned : {false, true}) {
    Machine machine(1);
    if (partitioned) {
      machine.table->partitioned_by = {1};
    }
    const std::string path = partitioned ? "out/day=d0/part-0" : "out/part-0";
    machine.files.make_directories(io::parent_of(path));
    machine.files.replace(path, "{}\n");
    machine.node.overwrite = true;
    Checkpoint checkpoint;
    Machine::Life life(machine, checkpoint);
    life.sink.finish();
    life.checkpoint(checkpoint);
    CHECK(machine.seen().size() == (partitioned ? 1 : 0));
  }
}

TEST_CASE("a crash at any step of the disk loses and doubles nothing") {
  for (const auto& [partitioned, overwrite] :
       {std::pair(false, false), std::pair(true, false), std::pair(true, true)}) {
    const Options options = {{"sink.rolling-policy.file-size", partitioned ? "20 b" : "60 b"},
                             {"sink.partition-commit.policy.kind", "success-file"}};
    const auto make = [&](uint64_t seed) {
      auto machine = std::make_unique<Machine>(seed, options);
      if (partitioned) {
        machine->table->partitioned_by = {1};
      }
      machine->node.overwrite = overwrite;
      if (overwrite) {
        machine->files.make_directories("out/day=d0");
        machine->files.replace("out/day=d0/part-0", "{\"n\":1}\n");
      }
      return machine;
    };
    const auto calm = make(1);
    Checkpoint calm_checkpoint;
    run(*calm, calm_checkpoint);
    REQUIRE(calm->seen() == expected(partitioned));
    const uint64_t steps = calm->files.steps();
    REQUIRE(steps > 20);
    for (uint64_t step = 1; step < steps; ++step) {
      CAPTURE(step);
      for (const bool whole_machine : {false, true}) {
        const auto machine = make(step);
        Checkpoint checkpoint;
        machine->files.crash_at(step);
        CHECK_THROWS_AS(run(*machine, checkpoint), io::SimulatedCrash);
        machine->files.crash_at(UINT64_MAX);
        whole_machine ? machine->files.crash() : machine->files.kill();
        run(*machine, checkpoint);
        CHECK(machine->seen() == expected(partitioned));
        CHECK(machine->hidden == 0);
      }
    }
  }
}

}  // namespace millrace::connector
