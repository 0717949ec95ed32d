#include "exec/pipeline.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "base/error.h"
#include "exec/checkpoint.h"
#include "exec/connectors.h"
#include "exec/dead_letters.h"
#include "exec/sink.h"
#include "exec/source.h"
#include "exec/testing/memory.h"
#include "exec/testing/world.h"
#include "io/files.h"

namespace millrace::exec {

namespace {

using testing::MemoryConnectors;
using testing::MemoryTopic;
using testing::TestWorld;

const Type kNumber = Type::of(TypeKind::integer);
const Type kTime = Type::timestamp(3);

plan::Scan* scan_of(plan::Plan& plan, const std::string& table) {
  auto* scan = plan.add(std::make_unique<plan::Scan>());
  scan->schema = {{{"at", kTime}, {"who", Type::string()}, {"n", kNumber}}};
  scan->table = testing::make_table(table, scan->schema);
  scan->read = {0, 1, 2};
  scan->rowtimes = {0};
  scan->watermark = function::Expression::of_column(0, kTime);
  return scan;
}

plan::Sink* sink_of(plan::Plan& plan, plan::Node* input, const std::string& table) {
  auto* sink = plan.add(std::make_unique<plan::Sink>());
  sink->inputs = {input};
  sink->schema = input->schema;
  sink->table = testing::make_table(table, sink->schema);
  plan.sinks.push_back(sink);
  return sink;
}

// clicks and taps, both, where n is 1 -> both
std::shared_ptr<plan::Plan> union_plan() {
  auto plan = std::make_shared<plan::Plan>();
  auto* clicks = scan_of(*plan, "clicks");
  auto* taps = scan_of(*plan, "taps");
  auto* both = plan->add(std::make_unique<plan::UnionAll>());
  both->inputs = {clicks, taps};
  both->schema = clicks->schema;
  both->rowtimes = {0};
  sink_of(*plan, both, "both");
  return plan;
}

struct Setup {
  explicit Setup(std::shared_ptr<plan::Plan> plan)
      : spec{"p", std::move(plan), testing::make_dead_letter_table(), "state/p"} {
    for (const char* name : {"clicks", "taps"}) {
      connectors.topics.emplace(name, MemoryTopic(1));
    }
  }
  std::unique_ptr<Pipeline> start() {
    return std::make_unique<Pipeline>(spec, connectors, world.get());
  }
  TestWorld world;
  MemoryConnectors connectors;
  PipelineSpec spec;
};

void settle(Pipeline& pipeline) {
  while (pipeline.run_once()) {
  }
}

Watermark watermark_of(const Pipeline& pipeline, const std::string& id) {
  for (const OperatorStatus& status : pipeline.operators()) {
    if (status.id == id) {
      return status.watermark;
    }
  }
  return {};
}

// What a table holds, each row without its time.
std::vector<std::string> untimed(const testing::MemoryTable& table) {
  std::vector<std::string> rows;
  for (const std::string& row : table.rows) {
    rows.push_back(row.substr(std::string("1970-01-01 00:00:00.000 ").size()));
  }
  return rows;
}

}  // namespace

TEST_CASE("a union goes by its slowest input, and by the other once that one is idle") {
  Setup setup(union_plan());
  auto pipeline = setup.start();
  setup.connectors.topics.at("clicks").append("100 ann 1");
  settle(*pipeline);
  CHECK(watermark_of(*pipeline, "union_all-2") == Watermark::none());
  setup.connectors.topics.at("taps").append("50 bob 1");
  settle(*pipeline);
  CHECK(watermark_of(*pipeline, "union_all-2") == Watermark{50});

  REQUIRE(pipeline->wake_at());
  setup.world.clock.advance(Duration::seconds(4));
  setup.connectors.topics.at("clicks").append("200 ann 1");
  settle(*pipeline);
  setup.world.clock.advance(Duration::seconds(2));  // taps has been silent for six seconds
  settle(*pipeline);
  CHECK(watermark_of(*pipeline, "union_all-2") == Watermark{200});

  setup.connectors.topics.at("taps").append("60 bob 1");  // awake, and behind: time stands
  settle(*pipeline);
  CHECK(watermark_of(*pipeline, "union_all-2") == Watermark{200});
  pipeline->checkpoint();
  pipeline = setup.start();
  CHECK(watermark_of(*pipeline, "union_all-2") == Watermark{200});  // known before anything comes
  setup.connectors.topics.at("clicks").append("300 ann 1");
  settle(*pipeline);
  setup.connectors.topics.at("taps").append("250 bob 1");
  settle(*pipeline);
  CHECK(watermark_of(*pipeline, "union_all-2") == Watermark{250});
}

TEST_CASE("a pipeline says what it waits for, and which partition holds time back") {
  auto plan = std::make_shared<plan::Plan>();
  auto* sort = plan->add(std::make_unique<plan::TimeSort>());
  sort->inputs = {scan_of(*plan, "clicks")};
  std::swap(plan->nodes[0], plan->nodes[1]);
  sort->schema = sort->inputs[0]->schema;
  sort->order_by = {{.column = 0}};
  sink_of(*plan, sort, "sorted");
  Setup setup(plan);
  MemoryTopic& topic = setup.connectors.topics.at("clicks") = MemoryTopic(2);
  topic.append("50 bob 1", 1);
  topic.append("100 ann 1", 0);
  auto pipeline = setup.start();
  settle(*pipeline);
  const OperatorStatus scan = pipeline->operators().at(0);
  REQUIRE(scan.splits.size() == 2);
  CHECK(scan.splits[0].watermark == Watermark{100});
  CHECK(scan.splits[1].watermark == Watermark{50});
  CHECK(scan.splits[1].state == SplitStatus::State::at_end);
  CHECK(pipeline->operators().at(1).waits_for == 100);

  setup.world.clock.advance(Duration::seconds(4));
  topic.append("200 ann 1", 0);
  settle(*pipeline);
  setup.world.clock.advance(Duration::seconds(2));  // the other has been silent for six seconds
  settle(*pipeline);
  CHECK(pipeline->operators().at(0).splits[1].state == SplitStatus::State::idle);
  CHECK(!pipeline->operators().at(1).waits_for);
}

TEST_CASE("a silent partition is found idle while another is never out of rows") {
  auto plan = std::make_shared<plan::Plan>();
  sink_of(*plan, scan_of(*plan, "clicks"), "copies");
  Setup setup(plan);
  MemoryTopic& topic = setup.connectors.topics.at("clicks") = MemoryTopic(2);
  topic.rows_per_poll = 1;
  topic.append("50 bob 1", 1);
  topic.append("100 ann 1", 0);
  auto pipeline = setup.start();
  settle(*pipeline);
  CHECK(watermark_of(*pipeline, "scan-0") == Watermark{50});

  setup.world.clock.advance(Duration::seconds(6));
  for (int i = 0; i < 3; ++i) {
    topic.append("200 ann 1", 0);
    topic.append("201 ann 1", 0);  // one more than a turn takes
    CHECK(pipeline->run_once());
  }
  CHECK(watermark_of(*pipeline, "scan-0") == Watermark{201});
}

TEST_CASE("bounded input is read to its end before a topic's first record is taken") {
  Setup setup(union_plan());
  MemoryTopic& taps = setup.connectors.topics.at("taps");
  taps.bounded = true;
  taps.rows_per_poll = 1;
  for (const char* record : {"10 bob 1", "20 bob 2", "30 bob 3"}) {
    taps.append(record);
  }
  MemoryTopic& clicks = setup.connectors.topics.at("clicks");
  clicks.append("100 ann 1");
  clicks.append("50 ann 2");
  auto pipeline = setup.start();
  REQUIRE(pipeline->run_once());
  pipeline->checkpoint();
  pipeline = setup.start();  // in the middle of it
  settle(*pipeline);
  pipeline->checkpoint();
  const std::vector<std::string> all{"bob 1", "bob 2", "bob 3", "ann 1", "ann 2"};
  CHECK(untimed(setup.connectors.tables["both"]) == all);
  CHECK(watermark_of(*pipeline, "union_all-2") == Watermark{100});

  // It has ended for good, whatever is added to it.
  taps.append("40 bob 4");
  pipeline = setup.start();
  clicks.append("200 ann 3");
  settle(*pipeline);
  pipeline->checkpoint();
  CHECK(setup.connectors.tables["both"].rows.size() == 6);
  CHECK(watermark_of(*pipeline, "union_all-2") == Watermark{200});
}

TEST_CASE("beside input that has ended, a topic that falls silent keeps its time") {
  Setup setup(union_plan());
  MemoryTopic& taps = setup.connectors.topics.at("taps");
  taps.bounded = true;
  taps.append("10 bob 1");
  MemoryTopic& clicks = setup.connectors.topics.at("clicks");
  clicks.append("100 ann 1");
  auto pipeline = setup.start();
  settle(*pipeline);
  setup.world.clock.advance(Duration::seconds(6));
  settle(*pipeline);
  CHECK(watermark_of(*pipeline, "union_all-2") == Watermark{100});
  clicks.append("200 ann 2");
  settle(*pipeline);
  CHECK(watermark_of(*pipeline, "union_all-2") == Watermark{200});
}

TEST_CASE("inputs that are all bounded take turns, and go on behind their end in a later run") {
  Setup setup(union_plan());
  for (const char* name : {"clicks", "taps"}) {
    MemoryTopic& topic = setup.connectors.topics.at(name);
    topic.bounded = true;
    topic.rows_per_poll = 1;
    topic.append(std::string("10 ") + name + " 1");
    topic.append(std::string("20 ") + name + " 2");
  }
  auto pipeline = setup.start();
  settle(*pipeline);
  pipeline->checkpoint();
  REQUIRE(pipeline->finished());
  const std::vector<std::string> turns{"clicks 1", "taps 1", "clicks 2", "taps 2"};
  CHECK(untimed(setup.connectors.tables["both"]) == turns);

  setup.connectors.topics.at("taps").append("30 taps 3");
  pipeline = setup.start();
  settle(*pipeline);
  pipeline->checkpoint();
  CHECK(untimed(setup.connectors.tables["both"]).back() == "taps 3");
}

TEST_CASE("bad records, NULL event times and forbidden NULLs are dead letters, once, with place") {
  auto plan = std::make_shared<plan::Plan>();
  auto* sink = sink_of(*plan, scan_of(*plan, "clicks"), "copies");
  auto table = std::make_shared<catalog::Table>(*sink->table);
  table->columns[1].type = Type::string(false);
  sink->table = table;
  Setup setup(plan);
  MemoryTopic& topic = setup.connectors.topics.at("clicks");
  for (const char* record : {"1 ann 1", "!broken", "- bob 1", "2 - 7", "3 cid 1"}) {
    topic.append(record);
  }
  auto pipeline = setup.start();
  settle(*pipeline);
  pipeline.reset();  // killed: all of it again
  pipeline = setup.start();
  settle(*pipeline);
  pipeline->checkpoint();
  pipeline = setup.start();

  CHECK(setup.connectors.tables["copies"].rows.size() == 2);
  const std::vector<std::string>& letters = setup.connectors.tables["dead_letters"].rows;
  REQUIRE(letters.size() == 3);
  CHECK(letters[0].starts_with("!broken no record decode clicks 0 1 "));
  CHECK(letters[1].starts_with("- bob 1 the event time 'at' is NULL Scan clicks clicks 0 2 "));
  CHECK(letters[2].starts_with(
      "2 - 7 column 'who' of table 'copies' is NOT NULL, and the value is NULL"));
  CHECK(setup.world.metrics.expose().find(
            "millrace_operator_rows_total{pipeline=\"p\",operator=\"sink-1\",outcome=\"out\"} 2") !=
        std::string::npos);
  // The books are kept over the restart.
  const auto operators = pipeline->operators();
  CHECK(operators[0].counts.in == 5);
  CHECK(operators[0].counts.rejected == 2);
  CHECK(operators[0].counts.out == 3);
  CHECK(operators[1].counts.in == 3);
  CHECK(operators[1].counts.rejected == 1);
  CHECK(operators[1].counts.out == 2);
}

TEST_CASE("a pipeline that leaves its results alone has no state in its last checkpoint") {
  auto plan = std::make_shared<plan::Plan>();
  sink_of(*plan, scan_of(*plan, "clicks"), "copies");
  Setup setup(plan);
  setup.spec.leaves = Leaves::results;
  MemoryTopic& topic = setup.connectors.topics.at("clicks");
  topic.append("1 ann 1");
  topic.bounded = true;
  const auto last_checkpoint = [&] {
    const auto last = Checkpoints(setup.spec.directory, setup.world.get()).newest();
    REQUIRE(last);
    return *last;
  };
  for (int life = 0; life < 2; ++life) {  // the first one dies before it has told anybody
    auto pipeline = setup.start();
    CHECK(pipeline->finished() == (life == 1));
    CHECK(last_checkpoint().state.empty() == (life == 1));
    settle(*pipeline);
    pipeline->checkpoint();
    CHECK(last_checkpoint().state.empty());
    CHECK(last_checkpoint().finished);
    CHECK(setup.connectors.tables["copies"].rows.size() == 1);
  }
}

TEST_CASE("a pipeline that overwrites is over with its input, whatever comes since") {
  auto plan = std::make_shared<plan::Plan>();
  sink_of(*plan, scan_of(*plan, "clicks"), "copies");
  plan->sinks.front()->overwrite = true;
  Setup setup(plan);
  MemoryTopic& topic = setup.connectors.topics.at("clicks");
  topic.append("1 ann 1");
  topic.bounded = true;
  for (int life = 0; life < 2; ++life) {
    auto pipeline = setup.start();
    CHECK(pipeline->finished() == (life == 1));
    settle(*pipeline);
    pipeline->checkpoint();
    CHECK(setup.connectors.tables["copies"].rows.size() == 1);
    topic.append("2 bob 1");
  }
}

TEST_CASE("a dead letter's string shows what is no UTF-8, and its bytes are as they came") {
  for (const bool as_bytes : {false, true}) {
    CAPTURE(as_bytes);
    auto plan = std::make_shared<plan::Plan>();
    sink_of(*plan, scan_of(*plan, "clicks"), "copies");
    Setup setup(plan);
    auto letters = std::make_shared<catalog::Table>(*setup.spec.dead_letters);
    letters->columns[0].type = as_bytes ? Type::bytes() : Type::string();
    setup.spec.dead_letters = letters;
    setup.connectors.topics.at("clicks").append("!\xC3\xA9\xFF\\");
    auto pipeline = setup.start();
    settle(*pipeline);
    pipeline->checkpoint();
    const std::vector<std::string>& rows = setup.connectors.tables["dead_letters"].rows;
    REQUIRE(rows.size() == 1);
    // The test's table prints bytes as the replacements that they become in a string.
    CHECK(rows[0].starts_with(as_bytes ? "!é\uFFFD\\ " : "!é\\xFF\\ "));
  }
}

TEST_CASE("without a dead-letter table a bad record stops the pipeline") {
  Setup setup(union_plan());
  setup.spec.dead_letters = nullptr;
  setup.connectors.topics.at("clicks").append("!broken");
  auto pipeline = setup.start();
  CHECK(setup.world.lines.at(0).find("a bad record will stop it") != std::string::npos);
  CHECK_THROWS_AS(settle(*pipeline), Error);
}

TEST_CASE("a changed plan does not take over the state of another") {
  Setup setup(union_plan());
  setup.start();
  auto changed = std::make_shared<plan::Plan>();
  sink_of(*changed, scan_of(*changed, "clicks"), "both");
  setup.spec.plan = changed;
  CHECK_THROWS_WITH_AS(setup.start(), doctest::Contains("give the changed pipeline another name"),
                       Error);
}

TEST_CASE("late rows may lose their table, and what it kept; no other table may") {
  struct Keeping final : Connectors {
    std::unique_ptr<Source> make_source(const plan::Scan& scan, TaskContext& task) override {
      return of->make_source(scan, task);
    }
    std::unique_ptr<Sink> make_sink(const plan::Sink& sink, TaskContext& task) override {
      if (task.id() == keeps) {
        task.state().numbers("kept").put("n", 1);
      }
      return of->make_sink(sink, task);
    }
    Connectors* of = nullptr;
    std::string keeps;
  };
  Setup setup(union_plan());
  Keeping keeping;
  keeping.of = &setup.connectors;
  setup.spec.late_rows = testing::make_dead_letter_table();
  SUBCASE("of late rows") {
    keeping.keeps = "late_rows";
    {
      const Pipeline pipeline(setup.spec, keeping, setup.world.get());
    }
    setup.spec.late_rows = nullptr;
    CHECK_NOTHROW(setup.start());
  }
  SUBCASE("of dead letters") {
    keeping.keeps = "dead_letters";
    {
      const Pipeline pipeline(setup.spec, keeping, setup.world.get());
    }
    setup.spec.late_rows = nullptr;
    CHECK_THROWS_WITH_AS(setup.start(), doctest::Contains("nothing in the plan owns"), Error);
  }
}

TEST_CASE("a torn newest checkpoint falls back to the one before, said loudly") {
  Setup setup(union_plan());
  setup.connectors.topics.at("clicks").append("1 ann 1");
  auto pipeline = setup.start();
  settle(*pipeline);
  pipeline.reset();
  // What a machine that lies about fsync may leave behind.
  setup.world.files.replace("state/p/checkpoint-00000000000000000002", "MRCHKPT");
  pipeline = setup.start();
  CHECK(pipeline->epoch() == Epoch(1));
  const auto loud = std::find_if(
      setup.world.lines.begin(), setup.world.lines.end(),
      [](const std::string& line) { return line.find("cannot be read") != std::string::npos; });
  CHECK(loud != setup.world.lines.end());
  settle(*pipeline);
  pipeline->checkpoint();
  CHECK(setup.connectors.tables["both"].rows.size() == 1);
}

TEST_CASE("a crash at any step of the disk loses nothing and doubles nothing") {
  // As many steps as a calm run takes; each of them is the last one once.
  for (uint64_t step = 0;; ++step) {
    Setup setup(union_plan());
    for (int i = 0; i < 4; ++i) {
      setup.connectors.topics.at("clicks").append(std::to_string(i) + " ann 1");
    }
    setup.connectors.topics.at("clicks").append("!bad");
    setup.connectors.topics.at("clicks").rows_per_poll = 2;
    setup.world.files.crash_at(step);
    bool crashed = false;
    std::unique_ptr<Pipeline> pipeline;
    try {
      pipeline = setup.start();
      while (pipeline->run_once()) {
        pipeline->checkpoint();
      }
    } catch (const io::SimulatedCrash&) {  // the machine dies here
      crashed = true;
      pipeline.reset();
      setup.world.files.crash();
      pipeline = setup.start();
      settle(*pipeline);
      pipeline->checkpoint();
    }
    CAPTURE(step);
    CHECK(setup.connectors.tables["both"].rows.size() == 4);
    CHECK(setup.connectors.tables["dead_letters"].rows.size() == 1);
    if (!crashed) {
      break;
    }
  }
}

TEST_CASE("an epoch that is written beside the next one counts once it is durable") {
  Setup setup(union_plan());
  setup.spec.layers.large = 0;
  auto pipeline = setup.start();
  const auto& rows = setup.connectors.tables["both"].rows;
  std::function<void()> write;
  const auto begin = [&](const char* record) {
    setup.connectors.topics.at("clicks").append(record);
    settle(*pipeline);
    pipeline->begin_checkpoint([&](std::function<void()> handed) { write = std::move(handed); });
    REQUIRE(write);
  };
  begin("1 ann 1");
  setup.connectors.topics.at("clicks").append("2 ann 2");
  settle(*pipeline);
  pipeline->complete_checkpoint();
  CHECK(pipeline->epoch() == Epoch(1));
  CHECK(rows.empty());
  write();
  pipeline->complete_checkpoint();
  CHECK(pipeline->epoch() == Epoch(2));
  CHECK(rows.size() == 1);

  begin("3 ann 3");
  write = nullptr;  // nobody writes it
  CHECK_THROWS_WITH_AS(pipeline->complete_checkpoint(), doctest::Contains("given up"), Error);
  pipeline = setup.start();
  CHECK(pipeline->epoch() == Epoch(2));
  settle(*pipeline);
  pipeline->checkpoint();
  CHECK(rows.size() == 3);
}

TEST_CASE("a pipeline whose state outgrows its memory ends, and says what holds it") {
  Setup setup(union_plan());
  setup.spec.state_bytes = 1;
  auto pipeline = setup.start();
  setup.connectors.topics.at("clicks").append("100 ann 1");
  std::string reason;
  try {
    settle(*pipeline);
  } catch (const Error& error) {  // looked at below
    reason = error.message();
  }
  CHECK(reason.find("bytes in memory, more than the 1") != std::string::npos);
  CHECK(reason.find("' has ") != std::string::npos);
  CHECK(reason.find(" of them") != std::string::npos);
  pipeline.reset();
  setup.spec.state_bytes = 1 << 20;
  pipeline = setup.start();
  settle(*pipeline);
  pipeline->checkpoint();
  CHECK(pipeline->epoch() == Epoch(2));
}

}  // namespace millrace::exec
