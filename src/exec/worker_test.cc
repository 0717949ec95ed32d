#include "exec/worker.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <new>
#include <thread>
#include <vector>

#include "base/error.h"
#include "exec/sink.h"
#include "exec/source.h"
#include "exec/testing/memory.h"
#include "exec/testing/world.h"

namespace millrace::exec {

namespace {

std::shared_ptr<plan::Plan> copy_plan() {
  auto plan = std::make_shared<plan::Plan>();
  auto* scan = plan->add(std::make_unique<plan::Scan>());
  scan->schema = {{{"who", Type::string()}}};
  scan->table = testing::make_table("clicks", scan->schema);
  scan->read = {0};
  auto* sink = plan->add(std::make_unique<plan::Sink>());
  sink->inputs = {scan};
  sink->schema = scan->schema;
  sink->table = testing::make_table("copies", sink->schema);
  plan->sinks = {sink};
  return plan;
}

class Greedy final : public Connectors {
 public:
  std::unique_ptr<Source> make_source(const plan::Scan&, TaskContext&) override {
    throw std::bad_alloc();
  }
  std::unique_ptr<Sink> make_sink(const plan::Sink&, TaskContext&) override {
    throw std::bad_alloc();
  }
};

// Fails to make sinks as often as told.
class Failing final : public Connectors {
 public:
  Failing(testing::MemoryConnectors& inner, ErrorCode code, int times)
      : inner_(inner), code_(code), left_(times) {}
  std::unique_ptr<Source> make_source(const plan::Scan& scan, TaskContext& task) override {
    return inner_.make_source(scan, task);
  }
  std::unique_ptr<Sink> make_sink(const plan::Sink& sink, TaskContext& task) override {
    if (left_-- > 0) {
      throw Error(code_, "no sink today");
    }
    return inner_.make_sink(sink, task);
  }

 private:
  testing::MemoryConnectors& inner_;
  ErrorCode code_;
  int left_;
};

// Its sinks take no row.
class Refusing final : public Connectors {
 public:
  explicit Refusing(testing::MemoryConnectors& inner) : inner_(inner) {}
  std::unique_ptr<Source> make_source(const plan::Scan& scan, TaskContext& task) override {
    return inner_.make_source(scan, task);
  }
  std::unique_ptr<Sink> make_sink(const plan::Sink&, TaskContext&) override {
    return std::make_unique<RefusingSink>();
  }

 private:
  class RefusingSink final : public Sink {
   public:
    void write(const Batch&) override { throw Error(ErrorCode::type_mismatch, "no row today"); }
    std::string prepare(Epoch) override { return {}; }
    void publish(Epoch, std::string_view) override {}
  };

  testing::MemoryConnectors& inner_;
};

struct Setup {
  Setup() {
    auto& topic = connectors.topics.emplace("clicks", testing::MemoryTopic(1)).first->second;
    topic.append("ann");
    topic.append("bob");
    topic.bounded = true;
  }
  // The real clock: the worker sleeps by it between tries.
  io::World get() {
    io::World all = world.get();
    all.clock = &clock;
    return all;
  }
  testing::TestWorld world;
  SystemClock clock;
  testing::MemoryConnectors connectors;
  PipelineSpec spec{"p", copy_plan(), nullptr, "state/p"};
};

}  // namespace

TEST_CASE("epochs of state in layers are written beside the work, each row in one of them") {
  Setup setup;
  setup.spec.layers.large = 0;
  auto plan = copy_plan();
  plan->settings["execution.checkpointing.interval"] = "1 ms";
  setup.spec.plan = plan;
  auto& topic = setup.connectors.topics.at("clicks");
  for (int row = 0; row < 5000; ++row) {
    topic.append("row " + std::to_string(row));
  }
  topic.rows_per_poll = 1;
  Worker worker(setup.spec, setup.connectors, setup.get());
  worker.wait_until_ended();
  CHECK(worker.status().state == PipelineState::finished);
  CHECK(worker.status().epoch > Epoch(2));
  CHECK(setup.connectors.tables["copies"].rows.size() == 5002);
}

TEST_CASE("a worker runs a pipeline to the end of its input") {
  Setup setup;
  Worker worker(setup.spec, setup.connectors, setup.get());
  worker.wait_until_started();
  worker.wait_until_ended();
  const PipelineStatus status = worker.status();
  CHECK(status.state == PipelineState::finished);
  CHECK(setup.connectors.tables["copies"].rows == std::vector<std::string>{"ann", "bob"});
  CHECK(status.operators.at(1).counts.in == 2);
}

TEST_CASE("what may pass is tried again, the rest is not") {
  Setup setup;
  Failing passing(setup.connectors, ErrorCode::unavailable, 1);
  {
    Worker worker(setup.spec, passing, setup.get());
    worker.wait_until_ended();
    CHECK(worker.status().state == PipelineState::finished);
    CHECK(worker.status().restarts == 1);
  }
  CHECK(setup.connectors.tables["copies"].rows.size() == 2);

  Failing lasting(setup.connectors, ErrorCode::type_mismatch, 1);
  Worker worker(setup.spec, lasting, setup.get());
  worker.wait_until_ended();
  CHECK(worker.status().state == PipelineState::failed);
  CHECK(worker.status().reason == "no sink today");
}

TEST_CASE("what was read before a failure is told with it") {
  Setup setup;
  Refusing refusing(setup.connectors);
  Worker worker(setup.spec, refusing, setup.get());
  worker.wait_until_ended();
  const PipelineStatus status = worker.status();
  CHECK(status.reason == "no row today");
  CHECK(status.operators.at(0).counts.in == 2);
}

TEST_CASE("a pipeline without memory fails by itself, and is not tried again") {
  Setup setup;
  Greedy greedy;
  Worker worker(setup.spec, greedy, setup.get());
  worker.wait_until_ended();
  const PipelineStatus status = worker.status();
  CHECK(status.state == PipelineState::failed);
  CHECK(status.restarts == 0);
  CHECK(status.reason.starts_with("out of memory"));
}

TEST_CASE("a worker without input stops when it is asked to") {
  Setup setup;
  setup.connectors.topics.at("clicks").bounded = false;
  Worker worker(setup.spec, setup.connectors, setup.get());
  worker.wait_until_started();
  worker.stop();
  worker.wait_until_ended();
  CHECK(worker.status().state == PipelineState::stopped);
}

static void wait_until_paused(const Worker& worker) {
  while (worker.status().state != PipelineState::paused) {
    std::this_thread::yield();
  }
}

static void wait_until_read(const Worker& worker, uint64_t rows) {
  const auto has_read = [&](const OperatorStatus& each) { return each.counts.in >= rows; };
  for (bool found = false; !found; std::this_thread::yield()) {
    const std::vector<OperatorStatus> operators = worker.status().operators;
    found = std::any_of(operators.begin(), operators.end(), has_read);
  }
}

TEST_CASE("a worker pauses, is sent further, and goes on") {
  Setup setup;
  setup.connectors.topics.at("clicks").bounded = false;
  Worker worker(setup.spec, setup.connectors, setup.get());
  worker.wait_until_started();
  worker.pause_at({{"clicks", {{0, 1}}}});
  wait_until_paused(worker);
  CHECK(worker.status().paused_at == Positions{{"clicks", {{0, 1}}}});
  worker.pause(Extent::readable);
  wait_until_paused(worker);
  CHECK(worker.status().paused_at == Positions{{"clicks", {{0, 2}}}});
  worker.resume();
  worker.stop();
  worker.wait_until_ended();
  CHECK(worker.status().state == PipelineState::stopped);
  CHECK(setup.connectors.tables["copies"].rows == std::vector<std::string>{"ann", "bob"});
}

TEST_CASE("a worker that failed pauses at what it has read, and tries again when asked") {
  Setup setup;
  setup.connectors.topics.at("clicks").bounded = false;
  Failing failing(setup.connectors, ErrorCode::type_mismatch, 1);
  Worker worker(setup.spec, failing, setup.get());
  worker.wait_until_ended();
  CHECK(worker.status().state == PipelineState::failed);
  worker.pause(Extent::read);
  wait_until_paused(worker);
  CHECK(worker.status().paused_at == Positions{{"clicks", {{0, 0}}}});
  CHECK(setup.connectors.tables["copies"].rows.empty());
  worker.resume();
  wait_until_read(worker, 2);  // a pause before that would find it as it is
  worker.pause(Extent::readable);
  wait_until_paused(worker);
  CHECK(setup.connectors.tables["copies"].rows == std::vector<std::string>{"ann", "bob"});
}

}  // namespace millrace::exec
