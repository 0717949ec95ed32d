#include "connector/topic/source.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "base/error.h"
#include "exec/pipeline.h"
#include "exec/sink.h"
#include "exec/testing/memory.h"
#include "exec/testing/world.h"
#include "function/evaluate.h"
#include "kafka/records.h"

namespace millrace::connector {

namespace {

constexpr kafka::BatchBuilder::Producer kInTransaction{7, 0, 0, kafka::kTransactionalBit};

// Topics in a log on a simulated disk; tables in memory.
struct Setup final : exec::Connectors {
  Setup() { store.emplace(world.get(), "topics"); }

  std::unique_ptr<exec::Source> make_source(const plan::Scan& scan,
                                            exec::TaskContext& task) override {
    return std::make_unique<TopicSource>(scan, TopicOptions::from(*scan.table, {"localhost:9092"}),
                                         task, *store, groups, 2);
  }
  std::unique_ptr<exec::Sink> make_sink(const plan::Sink& sink, exec::TaskContext& task) override {
    return tables.make_sink(sink, task);
  }

  void produce(int32_t partition, std::initializer_list<const char*> values,
               kafka::BatchBuilder::Producer producer = {}) {
    kafka::BatchBuilder batch;
    for (const char* value : values) {
      batch.add(Timestamp{at += 10}, std::nullopt,
                value != nullptr ? std::optional<std::string_view>(value) : std::nullopt);
    }
    const auto topic = store->find_or_create("clicks", 2);
    REQUIRE(topic.ok());
    const auto appended = (*topic)->find(PartitionIndex(partition))->append(batch.finish(producer));
    REQUIRE(appended.error_code == kafka::ErrorCode::none);
  }

  // A record of partition 0; no value takes the key's row away.
  void produce_keyed(std::optional<std::string_view> key, std::optional<std::string_view> value) {
    kafka::BatchBuilder batch;
    batch.add(Timestamp{at += 10}, key, value);
    const auto topic = store->find_or_create("clicks", 2);
    REQUIRE(topic.ok());
    REQUIRE((*topic)->find(PartitionIndex(0))->append(batch.finish()).error_code ==
            kafka::ErrorCode::none);
  }

  void end_transaction(bool commits) {
    const auto result =
        commits ? kafka::TransactionResult::commit : kafka::TransactionResult::abort;
    const auto partition = store->find("clicks")->find(PartitionIndex(0));
    REQUIRE(partition->append({kInTransaction.id, kInTransaction.epoch, 0, result}).error_code ==
            kafka::ErrorCode::none);
  }

  std::vector<std::string>& rows() { return tables.tables["copies"].rows; }
  std::vector<std::string>& letters() { return tables.tables["dead_letters"].rows; }

  exec::testing::TestWorld world;
  std::optional<topic::Store> store;
  exec::testing::MemoryConnectors tables;
  GroupOffsets* groups = nullptr;
  int64_t at = 0;
};

// SELECT who, `partition`, `offset`, n FROM clicks
std::shared_ptr<plan::Plan> copy_plan(std::map<std::string, std::string> options,
                                      const std::string& into = "copies") {
  auto plan = std::make_shared<plan::Plan>();
  auto* scan = plan->add(std::make_unique<plan::Scan>());
  scan->schema = {{{"who", Type::string()},
                   {"partition", Type::of(TypeKind::integer, false)},
                   {"offset", Type::of(TypeKind::bigint, false)},
                   {"n", Type::of(TypeKind::integer)}}};
  auto table = exec::testing::make_table("clicks", scan->schema);
  for (const size_t metadata : {1, 2}) {
    table->columns[metadata].kind = catalog::ColumnKind::metadata;
    table->columns[metadata].metadata_key = table->columns[metadata].name;
  }
  if (!options.contains("topic-pattern")) {
    options["topic"] = "clicks";
  }
  options["format"] = "json";
  for (const auto& [key, value] : options) {
    table->options[key] = {value, {}};
  }
  scan->table = table;
  scan->read = {0, 1, 2, 3};
  auto* sink = plan->add(std::make_unique<plan::Sink>());
  sink->inputs = {scan};
  sink->schema = scan->schema;
  sink->table = exec::testing::make_table(into, sink->schema);
  plan->sinks = {sink};
  return plan;
}

exec::PipelineSpec spec_of(std::map<std::string, std::string> options) {
  return {"p", copy_plan(std::move(options)), exec::testing::make_dead_letter_table(), "state/p"};
}

void settle(exec::Pipeline& pipeline) {
  while (pipeline.run_once()) {
  }
  pipeline.checkpoint();
}

}  // namespace

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
      TopicOptions::from(*static_cast<const plan::Scan&>(
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

TEST_CASE("columns of the key alone are read from it") {
  Setup setup;
  setup.produce_keyed(R"({"who":"ann"})", R"({"n":1,"who":"not this"})");
  setup.produce_keyed(std::nullopt, R"({"n":2})");
  setup.produce_keyed("bad", R"({"n":3})");
  setup.produce_keyed(R"({"who":"bob"})", R"([{"n":4},{"n":5}])");
  setup.produce_keyed(R"({"who":"cid"})", std::nullopt);
  exec::Pipeline pipeline(spec_of({{"scan.startup.mode", "earliest-offset"},
                                   {"key.fields", "who"},
                                   {"key.format", "json"},
                                   {"value.fields-include", "EXCEPT_KEY"}}),
                          setup, setup.world.get());
  settle(pipeline);
  CHECK(setup.rows() == std::vector<std::string>{"ann 0 0 1", "bob 0 3 4", "bob 0 3 5"});
  CHECK(setup.letters().size() == 2);
}

TEST_CASE("errors are ignored in keys or in values, as each one's format says") {
  Setup setup;
  auto spec = spec_of({{"scan.startup.mode", "earliest-offset"},
                       {"key.fields", "who"},
                       {"key.format", "json"},
                       {"key.json.ignore-parse-errors", "true"},
                       {"value.fields-include", "EXCEPT_KEY"}});
  spec.dead_letters = nullptr;  // so that the first that is not ignored ends the pipeline
  setup.produce_keyed(R"({"who":"ann"})", R"({"n":1})");
  setup.produce_keyed("bad", R"({"n":2})");
  setup.produce_keyed(std::nullopt, R"({"n":3})");
  setup.produce_keyed(R"({"who":"bob"})", R"({"n":4})");
  exec::Pipeline pipeline(spec, setup, setup.world.get());
  settle(pipeline);
  CHECK(setup.rows() == std::vector<std::string>{"ann 0 0 1", "bob 0 3 4"});
  setup.produce_keyed(R"({"who":"cid"})", "bad");
  CHECK_THROWS_WITH_AS(settle(pipeline), doctest::Contains("JSON"), Error);
}

TEST_CASE("a prefix tells a key's columns from the value's") {
  Setup setup;
  setup.produce_keyed(R"({"ho":"ann"})", R"({"n":1})");
  exec::Pipeline pipeline(spec_of({{"scan.startup.mode", "earliest-offset"},
                                   {"key.fields", "who"},
                                   {"key.fields-prefix", "w"},
                                   {"key.format", "json"},
                                   {"value.fields-include", "EXCEPT_KEY"}}),
                          setup, setup.world.get());
  settle(pipeline);
  CHECK(setup.rows() == std::vector<std::string>{"ann 0 0 1"});
}

TEST_CASE("of keyed changes each row has the kind that its value says, and the key of its record") {
  Setup setup;
  setup.produce_keyed(R"({"who":"ann"})", R"({"before":null,"after":{"n":1},"op":"c"})");
  setup.produce_keyed(R"({"who":"bob"})", R"({"before":{"n":1},"after":{"n":2},"op":"u"})");
  setup.produce_keyed(R"({"who":"cid"})", std::nullopt);  // follows a deletion, and says no more
  setup.produce_keyed(R"({"who":"dan"})", R"({"before":{"n":2},"after":null,"op":"d"})");
  setup.produce_keyed(R"({"who":"eva"})", R"({"before":null,"after":{"n":3},"op":"?"})");
  setup.produce_keyed(R"({"who":"fay"})", R"({"before":null,"after":{"n":4},"op":"r"})");
  setup.produce_keyed("bad", R"({"before":null,"after":{"n":5},"op":"c"})");
  const auto spec = spec_of({{"key.format", "json"},
                             {"key.fields", "who"},
                             {"value.fields-include", "EXCEPT_KEY"},
                             {"scan.startup.mode", "earliest-offset"}});
  auto* scan = static_cast<plan::Scan*>(spec.plan->nodes.front().get());
  auto table = std::make_shared<catalog::Table>(*scan->table);
  table->options["connector"] = {"kafka", {}};
  table->options["format"] = {"debezium-json", {}};
  scan->table = table;
  state::TableStore state;
  exec::Task facts{"p", {}, setup.world.get(), &state, false};
  exec::OperatorCounts counts;
  exec::TaskContext task(&facts, "scan-1", &counts);
  TopicSource source(*scan, TopicOptions::from(*table, {}), task, *setup.store, nullptr, 2);
  exec::Polled polled;
  while (polled.rows.empty()) {
    polled = source.poll();
  }
  std::vector<std::string> rows;
  for (uint32_t row = 0; row < polled.rows.physical_size; ++row) {
    rows.push_back(std::to_string(static_cast<int>(polled.rows.kind(row))) + " " +
                   function::to_text(polled.rows.columns[0], row) + " " +
                   function::to_text(polled.rows.columns[3], row));
  }
  const auto of = [](RowKind kind, const std::string& rest) {
    return std::to_string(static_cast<int>(kind)) + rest;
  };
  CHECK(rows == std::vector<std::string>{
                    of(RowKind::insert, " ann 1"), of(RowKind::update_before, " bob 1"),
                    of(RowKind::update_after, " bob 2"), of(RowKind::delete_, " dan 2"),
                    of(RowKind::insert, " fay 4")});
  REQUIRE(polled.rejects.size() == 2);
  CHECK(polled.rejects[1].reason.starts_with("the key: "));
}

TEST_CASE("of a table of upserts a record says what its key's row is now, or that it is gone") {
  Setup setup;
  setup.produce_keyed(R"({"who":"ann"})", R"({"who":"ann","n":1})");
  setup.produce_keyed(R"({"who":"ann"})", R"({"who":"ann","n":2})");
  setup.produce_keyed(R"({"who":"ann"})", std::nullopt);
  setup.produce_keyed(std::nullopt, R"({"who":"bob","n":3})");
  auto spec = spec_of({{"key.format", "json"}});
  auto* scan = static_cast<plan::Scan*>(spec.plan->nodes.front().get());
  auto table = std::make_shared<catalog::Table>(*scan->table);
  table->options["connector"] = {"upsert-kafka", {}};
  table->primary_key = {0};
  scan->table = table;
  TopicOptions options = TopicOptions::from(*table, {});
  state::TableStore state;
  exec::Task facts{"p", {}, setup.world.get(), &state, false};
  exec::OperatorCounts counts;
  exec::TaskContext task(&facts, "scan-1", &counts);
  TopicSource source(*scan, options, task, *setup.store, nullptr, 2);
  exec::Polled polled;
  while (polled.rows.empty()) {
    polled = source.poll();
  }
  CHECK(polled.rows.kinds ==
        std::vector<RowKind>{RowKind::update_after, RowKind::update_after, RowKind::delete_});
  CHECK(View<StringRef>(polled.rows.columns[0])[2].view() == "ann");
  CHECK(polled.rows.columns[3].is_null(2));
  CHECK(View<int32_t>(polled.rows.columns[3])[1] == 2);
  REQUIRE(polled.rejects.size() == 1);
  CHECK(polled.rejects[0].reason == "the record has no key");
}

}  // namespace millrace::connector
