// That keys of frames bounded by time are let go, whoever comes after them; and long results.

#include "exec/operators/over_aggregate.h"

#include <doctest/doctest.h>

#include "exec/testing/life.h"
#include "exec/testing/timed_rows.h"
#include "exec/testing/world.h"

namespace millrace::exec {

namespace {

class Counted final : public Output {
 public:
  void push(Batch batch) override {
    rows += batch.size();
    marks += batch.marks.size();
    ++batches;
  }
  void advance(Watermark) override {}
  void idle() override {}
  void resume() override {}
  void reject(const Batch&, uint32_t, std::string_view reason) override { FAIL(reason); }
  void late(const Batch&, uint32_t, Watermark) override { FAIL("no row is late"); }

  size_t rows = 0;
  size_t marks = 0;
  size_t batches = 0;
};

}  // namespace

TEST_CASE("rows with lists leave in parts, with the marks among them") {
  plan::Scan input;
  input.schema = testing::timed_schema();
  input.proctime = 1;
  plan::OverAggregate node;
  node.inputs = {&input};
  node.window.partition_by = {0};
  node.window.order_by = {{1, false, false}};
  plan::AggregateCall call;
  call.function = std::make_shared<const function::AggregateSignature>(
      *function::find_aggregate("ARRAY_AGG")->bind(std::vector<Type>{input.schema[0].type}));
  call.arguments = {0};
  node.calls = {call};

  testing::TestWorld world;
  testing::Life life(world.get(), "over-1");
  OverAggregate step(node, life.context);
  std::vector<testing::TimedRow> rows;
  for (int32_t id = 0; id < 500; ++id) {
    rows.push_back({id, 0, id, RowKind::insert});
  }
  int64_t highest = 0;
  Batch batch = testing::batch_of(rows, highest);
  batch.marks = {{0, Watermark{1}}, {64, Watermark{2}}, {200, Watermark{3}}, {500, Watermark{4}}};
  Counted out;
  step.push(Port{0}, std::move(batch), out);
  CHECK(out.rows == 500);
  CHECK(out.batches == 8);
  CHECK(out.marks == 4);
}

TEST_CASE("a key of a range that comes no more is let go") {
  plan::Scan input;
  input.schema = testing::timed_schema();
  input.rowtimes = {1};
  plan::OverAggregate node;
  node.inputs = {&input};
  node.window.partition_by = {0};
  node.window.order_by = {{1, false, false}};
  node.window.unit = plan::FrameUnit::range;
  node.window.preceding = 100;
  plan::AggregateCall call;
  call.function = std::make_shared<const function::AggregateSignature>(
      *function::find_aggregate("COUNT")->bind({}));
  node.calls = {call};

  testing::TestWorld world;
  std::optional<testing::Life> life;
  life.emplace(world.get(), "over-1");
  auto step = std::make_unique<OverAggregate>(node, life->context);
  Counted out;
  int64_t highest = 0;
  std::vector<size_t> bytes;
  for (int32_t turn = 0; turn < 8; ++turn) {
    std::vector<testing::TimedRow> rows;
    for (int32_t i = 1; i <= 500; ++i) {
      const int32_t id = turn * 500 + i;
      rows.push_back({id, id * 10, id, RowKind::insert});
    }
    step->push(Port{0}, testing::batch_of(rows, highest), out);
    const std::string snapshot = life->store.snapshot();
    bytes.push_back(snapshot.size());
    if (turn % 3 == 2) {
      step = nullptr;
      life.emplace(world.get(), "over-1", snapshot);
      step = std::make_unique<OverAggregate>(node, life->context);
    }
  }
  CHECK(out.rows > 3'900);
  CHECK(bytes.back() < bytes.front() + bytes.front() / 2);
}

}  // namespace millrace::exec
