#include "connector/topic/source.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "base/error.h"
#include "connector/topic/testing/clicks.h"

namespace millrace::connector {

using testing::copy_plan;
using testing::kInTransaction;
using testing::settle;
using testing::Setup;
using testing::spec_of;

TEST_CASE("reading begins and ends at the offsets that the table names") {
  Setup setup;
  setup.produce(0, {R"({"n":0})", R"({"n":1})", R"({"n":2})", R"({"n":3})"});
  setup.produce(1, {R"({"n":4})"});
  const std::map<std::string, std::string> options = {
      {"scan.startup.mode", "specific-offsets"},
      {"scan.startup.specific-offsets", "partition:0,offset:2"}};
  exec::Pipeline begun(spec_of(options), setup, setup.world.get());
  settle(begun);
  CHECK(setup.rows() == std::vector<std::string>{"NULL 0 2 2", "NULL 0 3 3", "NULL 1 0 4"});
}

TEST_CASE("reading ends at the offsets that the table names, and takes no other partition") {
  Setup setup;
  setup.produce(0, {R"({"n":0})", R"({"n":1})", R"({"n":2})", R"({"n":3})"});
  setup.produce(1, {R"({"n":4})"});
  exec::Pipeline bounded(spec_of({{"scan.startup.mode", "specific-offsets"},
                                  {"scan.startup.specific-offsets", "partition:0,offset:2"},
                                  {"scan.bounded.mode", "specific-offsets"},
                                  {"scan.bounded.specific-offsets", "partition:0,offset:3;"}}),
                         setup, setup.world.get());
  settle(bounded);
  CHECK(bounded.finished());
  CHECK(setup.rows() == std::vector<std::string>{"NULL 0 2 2"});
}

TEST_CASE("a topic that matches the pattern later is read from its beginning") {
  Setup setup;
  const auto spec = spec_of({{"topic-pattern", "click.+"}, {"scan.startup.mode", "latest-offset"}});
  auto pipeline = std::make_unique<exec::Pipeline>(spec, setup, setup.world.get());
  settle(*pipeline);
  setup.produce(0, {R"({"n":1})"});
  CHECK(setup.store->find_or_create("other", 1).ok());
  settle(*pipeline);
  CHECK(setup.rows() == std::vector<std::string>{"NULL 0 0 1"});
  pipeline.reset();
  pipeline = std::make_unique<exec::Pipeline>(spec, setup, setup.world.get());
  setup.produce(0, {R"({"n":2})"});
  settle(*pipeline);
  CHECK(setup.rows() == std::vector<std::string>{"NULL 0 0 1", "NULL 0 1 2"});
}

TEST_CASE("a topic that matches the pattern first while nobody reads is read from its beginning") {
  Setup setup;
  const auto spec = spec_of({{"topic-pattern", "click.+"}, {"scan.startup.mode", "latest-offset"}});
  settle(*std::make_unique<exec::Pipeline>(spec, setup, setup.world.get()));
  setup.produce(0, {R"({"n":1})"});
  exec::Pipeline pipeline(spec, setup, setup.world.get());
  settle(pipeline);
  CHECK(setup.rows() == std::vector<std::string>{"NULL 0 0 1"});
}

TEST_CASE("a topic is read once, with its metadata, over a kill") {
  Setup setup;
  setup.produce(0, {R"({"who":"ann","n":1})", "bad", nullptr, "", R"({"who":"bob"})"});
  setup.produce(1, {R"([{"who":"cid","n":2},{"who":"dan","n":3}])", "  ", "[]"});
  const auto spec = spec_of({{"scan.startup.mode", "earliest-offset"}});
  auto pipeline = std::make_unique<exec::Pipeline>(spec, setup, setup.world.get());
  while (pipeline->run_once()) {
  }
  pipeline.reset();
  pipeline = std::make_unique<exec::Pipeline>(spec, setup, setup.world.get());
  settle(*pipeline);
  setup.produce(0, {R"({"who":"a name that is not short","n":4})"});
  settle(*pipeline);
  CHECK(setup.rows() == std::vector<std::string>{"ann 0 0 1", "bob 0 4 NULL", "cid 1 0 2",
                                                 "dan 1 0 3", "a name that is not short 0 5 4"});
  REQUIRE(setup.letters().size() == 1);
  CHECK(setup.letters()[0].starts_with("bad JSON: "));
  CHECK(setup.letters()[0].find(" decode clicks 0 1 ") != std::string::npos);
  // Records that hold no row are in the books, too.
  const exec::OperatorCounts counts = pipeline->operators()[0].counts;
  CHECK(counts.in == 10);
  CHECK(counts.out == 5);
  CHECK(counts.rejected == 1);
  CHECK(counts.filtered == 4);
}

TEST_CASE("latest is where the topic ended when the pipeline was first started") {
  Setup setup;
  setup.produce(0, {R"({"n":1})"});
  const auto spec = spec_of({{"scan.startup.mode", "latest-offset"}});
  {
    const exec::Pipeline killed_at_once(spec, setup, setup.world.get());
  }
  setup.produce(0, {R"({"n":2})"});
  exec::Pipeline pipeline(spec, setup, setup.world.get());
  settle(pipeline);
  CHECK(setup.rows() == std::vector<std::string>{"NULL 0 1 2"});
}

TEST_CASE("bounded reading ends with what was there, also after a restart") {
  Setup setup;
  setup.produce(0, {R"({"n":1})", R"({"n":2})"});
  const auto spec =
      spec_of({{"scan.startup.mode", "earliest-offset"}, {"scan.bounded.mode", "latest-offset"}});
  {
    const exec::Pipeline killed_at_once(spec, setup, setup.world.get());
  }
  setup.produce(0, {R"({"n":3})"});
  exec::Pipeline pipeline(spec, setup, setup.world.get());
  settle(pipeline);
  CHECK(pipeline.finished());
  CHECK(setup.rows() == std::vector<std::string>{"NULL 0 0 1", "NULL 0 1 2"});
}

TEST_CASE("reading can begin at a time") {
  Setup setup;
  setup.produce(0, {R"({"n":1})"});  // at 10 ms
  setup.produce(0, {R"({"n":2})"});
  setup.produce(1, {R"({"n":3})"});  // at 30 ms
  exec::Pipeline pipeline(
      spec_of({{"scan.startup.mode", "timestamp"}, {"scan.startup.timestamp-millis", "15"}}), setup,
      setup.world.get());
  settle(pipeline);
  CHECK(setup.rows() == std::vector<std::string>{"NULL 0 1 2", "NULL 1 0 3"});
  CHECK_THROWS_AS(
      TopicOptions::of_source(*static_cast<const plan::Scan&>(
                                   *copy_plan({{"scan.startup.mode", "timestamp"}})->nodes[0])
                                   .table,
                              {}),
      Error);
}

TEST_CASE("a group hears of each epoch, and says where a new pipeline begins") {
  struct Kept final : GroupOffsets {
    std::optional<Offset> find(const std::string& group, const std::string& topic,
                               PartitionIndex partition) override {
      CHECK(group == "watchers");
      CHECK(topic == "clicks");
      return partition.value == 0 ? std::optional(next) : std::nullopt;
    }
    void commit(const std::string&, const std::string&,
                std::vector<std::pair<PartitionIndex, Offset>> offsets) override {
      next = offsets.at(0).second;
    }
    Offset next{1};
  } kept;
  Setup setup;
  setup.groups = &kept;
  setup.produce(0, {R"({"n":1})", R"({"n":2})", R"({"n":3})"});
  exec::Pipeline pipeline(spec_of({{"properties.group.id", "watchers"}}), setup, setup.world.get());
  while (pipeline.run_once()) {
  }
  CHECK(kept.next == Offset(1));  // read, and not durable yet
  pipeline.checkpoint();
  CHECK(kept.next == Offset(3));
  CHECK(setup.rows() == std::vector<std::string>{"NULL 0 1 2", "NULL 0 2 3"});
}

TEST_CASE("another server's topics are refused by name") {
  Setup setup;
  CHECK_THROWS_WITH_AS(
      exec::Pipeline(spec_of({{"properties.bootstrap.servers", "kafka-1:9092"}}), setup,
                     setup.world.get()),
      doctest::Contains("'kafka-1:9092' does not name this one, which is localhost:9092"), Error);
  CHECK_NOTHROW(
      exec::Pipeline(spec_of({{"properties.bootstrap.servers", "kafka-1:9092,localhost:9092"}}),
                     setup, setup.world.get()));
}

TEST_CASE("an idle pipeline hears of partitions that are added, unless told not to look") {
  for (const std::string interval : {"1 min", "0"}) {
    Setup setup;
    setup.produce(0, {R"({"n":1})"});
    exec::Pipeline pipeline(spec_of({{"scan.startup.mode", "latest-offset"},
                                     {"scan.topic-partition-discovery.interval", interval}}),
                            setup, setup.world.get());
    int woken = 0;
    pipeline.on_ready([&] { ++woken; });
    settle(pipeline);
    REQUIRE(setup.store->add_partitions("clicks", 3).ok());
    CHECK(woken == 1);
    setup.produce(2, {R"({"n":2})"});
    settle(pipeline);
    CHECK(setup.rows() ==
          (interval == "0" ? std::vector<std::string>{} : std::vector<std::string>{"NULL 2 0 2"}));
  }
}

TEST_CASE("a topic that was made again while a pipeline was down is not taken for the old one") {
  Setup setup;
  setup.produce(0, {R"({"n":1})"});
  {
    exec::Pipeline pipeline(spec_of({}), setup, setup.world.get());
    settle(pipeline);
  }
  setup.store.emplace(setup.world.get(), "other-topics");
  setup.produce(0, {R"({"n":1})", R"({"n":2})"});
  CHECK_THROWS_WITH_AS(exec::Pipeline(spec_of({}), setup, setup.world.get()),
                       doctest::Contains("deleted and made again"), Error);
}

TEST_CASE("a source wakes its pipeline when its topic grows") {
  Setup setup;
  setup.produce(0, {R"({"n":1})"});
  exec::Pipeline pipeline(spec_of({}), setup, setup.world.get());
  int woken = 0;
  pipeline.on_ready([&] { ++woken; });
  setup.produce(1, {R"({"n":2})"});
  CHECK(woken == 1);
}

TEST_CASE("a second run of bounded reading goes on behind the end of the first") {
  Setup setup;
  setup.produce(0, {R"({"n":1})"});
  const auto spec =
      spec_of({{"scan.startup.mode", "earliest-offset"}, {"scan.bounded.mode", "latest-offset"}});
  for (int run = 0; run < 3; ++run) {
    exec::Pipeline pipeline(spec, setup, setup.world.get());
    settle(pipeline);
    CHECK(pipeline.finished());
    if (run == 0) {
      setup.produce(0, {R"({"n":2})"});
      REQUIRE(setup.store->add_partitions("clicks", 3).ok());
      setup.produce(2, {R"({"n":3})"});
    }
  }
  CHECK(setup.rows() == std::vector<std::string>{"NULL 0 0 1", "NULL 0 1 2", "NULL 2 0 3"});
}

TEST_CASE("records of transactions are rows once they are committed") {
  for (const bool commits : {true, false}) {
    CAPTURE(commits);
    Setup setup;
    exec::Pipeline pipeline(spec_of({{"scan.startup.mode", "earliest-offset"}}), setup,
                            setup.world.get());
    exec::Pipeline hasty({"q",
                          copy_plan({{"scan.startup.mode", "earliest-offset"},
                                     {"properties.isolation.level", "read_uncommitted"}},
                                    "hasty"),
                          exec::testing::make_dead_letter_table(), "state/q"},
                         setup, setup.world.get());
    setup.produce(0, {R"({"n":1})"});
    setup.produce(0, {R"({"n":2})", R"({"n":3})"}, kInTransaction);
    setup.produce(0, {R"({"n":4})"});
    settle(pipeline);
    settle(hasty);
    CHECK(setup.rows() == std::vector<std::string>{"NULL 0 0 1"});
    CHECK(setup.tables.tables["hasty"].rows.size() == 4);
    setup.end_transaction(commits);
    settle(pipeline);
    settle(hasty);
    const std::vector<std::string> all{"NULL 0 0 1", "NULL 0 1 2", "NULL 0 2 3", "NULL 0 3 4"};
    CHECK(setup.rows() == (commits ? all : std::vector<std::string>{all[0], all[3]}));
    CHECK(setup.tables.tables["hasty"].rows.size() == 4);
  }
}

TEST_CASE("bounded reading of committed records ends before what is undecided") {
  Setup setup;
  setup.produce(0, {R"({"n":1})"});
  setup.produce(0, {R"({"n":2})"}, kInTransaction);
  exec::Pipeline pipeline(
      spec_of({{"scan.startup.mode", "earliest-offset"}, {"scan.bounded.mode", "latest-offset"}}),
      setup, setup.world.get());
  settle(pipeline);
  CHECK(pipeline.finished());
  CHECK(setup.rows() == std::vector<std::string>{"NULL 0 0 1"});
}

TEST_CASE("partitions that are added are read from their beginning, while it runs and after") {
  for (const bool runs : {true, false}) {
    CAPTURE(runs);
    Setup setup;
    setup.produce(0, {R"({"n":1})"});
    const auto spec = spec_of({{"scan.startup.mode", "latest-offset"}});
    auto pipeline = std::make_unique<exec::Pipeline>(spec, setup, setup.world.get());
    int woken = 0;
    pipeline->on_ready([&] { ++woken; });
    settle(*pipeline);
    if (!runs) {
      pipeline.reset();
    }
    REQUIRE(setup.store->add_partitions("clicks", 3).ok());
    CHECK(woken == (runs ? 1 : 0));
    setup.produce(2, {R"({"n":2})"});
    if (!runs) {
      pipeline = std::make_unique<exec::Pipeline>(spec, setup, setup.world.get());
    }
    settle(*pipeline);
    CHECK(setup.rows() == std::vector<std::string>{"NULL 2 0 2"});
    setup.produce(2, {R"({"n":3})"});
    settle(*pipeline);
    CHECK(setup.rows().size() == 2);
  }
}

TEST_CASE("an added partition is found though the others never rest") {
  Setup setup;
  setup.produce(0, {R"({"n":1})"});
  exec::Pipeline pipeline(spec_of({{"scan.startup.mode", "earliest-offset"}}), setup,
                          setup.world.get());
  REQUIRE(setup.store->add_partitions("clicks", 3).ok());
  setup.produce(2, {R"({"n":2})"});
  for (int turn = 0; turn < 5; ++turn) {
    setup.produce(0, {R"({"n":1})"});
    setup.produce(0, {R"({"n":1})"});
    REQUIRE(pipeline.run_once());
  }
  pipeline.checkpoint();
  CHECK(std::count(setup.rows().begin(), setup.rows().end(), "NULL 2 0 2") == 1);
}

TEST_CASE("a topic made again under its name is another one, however long it is") {
  for (const bool runs : {true, false}) {
    CAPTURE(runs);
    Setup setup;
    setup.produce(0, {R"({"n":1})"});
    const auto spec = spec_of({{"scan.startup.mode", "earliest-offset"}});
    auto pipeline = std::make_unique<exec::Pipeline>(spec, setup, setup.world.get());
    settle(*pipeline);
    if (!runs) {
      pipeline.reset();
    }
    REQUIRE(setup.store->remove("clicks").ok());
    setup.produce(0, {R"({"n":2})", R"({"n":3})"});
    const auto go_on = [&] {
      if (!runs) {
        pipeline = std::make_unique<exec::Pipeline>(spec, setup, setup.world.get());
      }
      settle(*pipeline);
    };
    CHECK_THROWS_WITH_AS(go_on(), doctest::Contains("was deleted and made again"), Error);
    CHECK(setup.rows().size() == 1);
  }
}

TEST_CASE("a topic whose making was killed is the same one after a crash of the machine") {
  for (uint64_t step = 0;; ++step) {
    CAPTURE(step);
    Setup setup;
    const auto spec = spec_of({{"scan.startup.mode", "earliest-offset"}});
    setup.world.files.crash_at(setup.world.files.steps() + step);
    bool crashed = false;
    try {
      crashed = !setup.store->find_or_create("clicks", 2).ok();
    } catch (const io::SimulatedCrash&) {
      crashed = true;
    }
    if (!crashed) {
      CHECK(step > 4);
      break;
    }
    setup.world.files.kill();
    setup.store.emplace(setup.world.get(), "topics");
    {
      const exec::Pipeline pipeline(spec, setup, setup.world.get());
    }
    setup.world.files.crash();
    setup.store.emplace(setup.world.get(), "topics");
    CHECK_NOTHROW(exec::Pipeline(spec, setup, setup.world.get()));
  }
}

TEST_CASE("a pipeline pauses at what can be read, and does nothing more") {
  Setup setup;
  const auto spec = spec_of({{"scan.startup.mode", "earliest-offset"}});
  exec::Pipeline pipeline(spec, setup, setup.world.get());
  setup.produce(0, {R"({"n":1})", R"({"n":2})"});
  setup.produce(1, {R"({"n":3})"});
  CHECK(pipeline.behind() == 3);
  const exec::Positions at = pipeline.pause(exec::Extent::readable);
  CHECK(at == exec::Positions{{"clicks", {{0, 2}, {1, 1}}}});
  CHECK_FALSE(pipeline.paused());
  setup.produce(0, {R"({"n":4})"});
  settle(pipeline);
  CHECK(pipeline.paused());
  CHECK_FALSE(pipeline.finished());
  CHECK(pipeline.behind() == 1);
  CHECK(setup.rows() == std::vector<std::string>{"NULL 0 0 1", "NULL 0 1 2", "NULL 1 0 3"});

  SUBCASE("sent further on, it goes there") {
    pipeline.pause_at({{"clicks", {{0, 3}, {1, 1}}}});
    CHECK_FALSE(pipeline.paused());
    settle(pipeline);
    CHECK(pipeline.paused());
    CHECK(setup.rows().size() == 4);
  }
  SUBCASE("it cannot go back") {
    CHECK_THROWS_WITH_AS(pipeline.pause_at({{"clicks", {{0, 1}, {1, 1}}}}),
                         doctest::Contains("cannot pause before offset 1 of topic 'clicks', "
                                           "partition 0: read up to offset 2 already"),
                         Error);
  }
  SUBCASE("another life goes on from there") {
    exec::Pipeline next(spec, setup, setup.world.get());
    settle(next);
    CHECK(setup.rows().size() == 4);
  }
}

TEST_CASE("a pipeline pauses in the middle of a batch, and before what is undecided") {
  Setup setup;
  setup.produce(0, {R"({"n":1})", R"({"n":2})", R"({"n":3})"});
  exec::Pipeline pipeline(spec_of({{"scan.startup.mode", "earliest-offset"}}), setup,
                          setup.world.get());
  pipeline.pause_at({{"clicks", {{0, 1}, {1, 0}}}});
  settle(pipeline);
  CHECK(pipeline.paused());
  CHECK(setup.rows().size() == 1);
  pipeline.pause_at({{"clicks", {{0, 3}, {1, 0}}}});
  settle(pipeline);
  CHECK(setup.rows().size() == 3);
  setup.produce(0, {R"({"n":4})"}, kInTransaction);
  CHECK(pipeline.pause(exec::Extent::readable) == exec::Positions{{"clicks", {{0, 3}, {1, 0}}}});
  setup.end_transaction(true);
  CHECK(pipeline.pause(exec::Extent::readable) == exec::Positions{{"clicks", {{0, 5}, {1, 0}}}});
  settle(pipeline);
  CHECK(setup.rows().size() == 4);
}

TEST_CASE("a partition that others do not know of is theirs who go on") {
  Setup setup;
  setup.produce(0, {R"({"n":1})"});
  exec::Pipeline pipeline(spec_of({{"scan.startup.mode", "earliest-offset"}}), setup,
                          setup.world.get());
  const exec::Positions at = pipeline.pause(exec::Extent::readable);
  REQUIRE(setup.store->add_partitions("clicks", 3).ok());
  setup.produce(2, {R"({"n":2})"});
  settle(pipeline);
  CHECK(pipeline.paused());
  CHECK(setup.rows().size() == 1);

  exec::PipelineSpec other = spec_of({{"scan.startup.mode", "earliest-offset"}});
  other.directory = "state/other";
  exec::Pipeline next(other, setup, setup.world.get());
  next.pause_at(at);
  settle(next);
  CHECK(next.paused());
  CHECK(next.behind() == 1);
}

TEST_CASE("a pipeline that catches up begins its sinks anew") {
  Setup setup;
  setup.produce(0, {R"({"n":1})"});
  exec::PipelineSpec spec = spec_of({{"scan.startup.mode", "earliest-offset"}});
  {
    exec::Pipeline pipeline(spec, setup, setup.world.get());
    settle(pipeline);
  }
  // The state of a sink that the sinks for catching up do not have.
  struct Keeping final : exec::Connectors {
    explicit Keeping(Setup* of) : setup(of) {}
    std::unique_ptr<exec::Source> make_source(const plan::Scan& scan,
                                              exec::TaskContext& task) override {
      return setup->make_source(scan, task);
    }
    std::unique_ptr<exec::Sink> make_sink(const plan::Sink& sink,
                                          exec::TaskContext& task) override {
      task.state().numbers("kept").put("n", 1);
      return setup->make_sink(sink, task);
    }
    Setup* setup;
  };
  spec.directory = "state/other";
  Keeping keeping(&setup);
  {
    exec::Pipeline pipeline(spec, keeping, setup.world.get());
  }
  CHECK_THROWS_WITH_AS(exec::Pipeline(spec, setup, setup.world.get()),
                       doctest::Contains("state that nothing in the plan owns"), Error);
  spec.writes = exec::Writes::nothing;
  {
    exec::Pipeline pipeline(spec, setup, setup.world.get());
    pipeline.pause(exec::Extent::readable);
    settle(pipeline);
  }
  spec.writes = exec::Writes::rows;
  CHECK_NOTHROW(exec::Pipeline(spec, setup, setup.world.get()));
}

}  // namespace millrace::connector
