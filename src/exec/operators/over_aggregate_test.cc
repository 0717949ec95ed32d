// That keys of frames bounded by time are let go, whoever comes after them.

#include "exec/operators/over_aggregate.h"

#include <doctest/doctest.h>

#include "exec/testing/life.h"
#include "exec/testing/timed_rows.h"
#include "exec/testing/world.h"

namespace millrace::exec {

namespace {

class Counted final : public Output {
 public:
  void push(Batch batch) override { rows += batch.size(); }
  void advance(Watermark) override {}
  void idle() override {}
  void resume() override {}
  void reject(const Batch&, uint32_t, std::string_view reason) override { FAIL(reason); }
  void late(const Batch&, uint32_t, Watermark) override { FAIL("no row is late"); }

  size_t rows = 0;
};

}  // namespace

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
