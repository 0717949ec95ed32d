// What leaves a batch in the end, of rows in memory and of rows that have left it before or while
// they are sent, over restarts in between.

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <random>

#include "exec/operators/final_groups.h"
#include "exec/operators/final_ranks.h"
#include "exec/operators/final_rows.h"
#include "exec/operators/over_in_batch.h"
#include "exec/testing/life.h"
#include "exec/testing/timed_rows.h"
#include "exec/testing/world.h"
#include "state/layer_file.h"

namespace millrace::exec {

namespace {

constexpr int32_t kRows = 12'000;

// The ids of the rows, and what is behind them, where there is something.
class Received final : public Output {
 public:
  using Row = std::pair<int32_t, int64_t>;

  void push(Batch batch) override {
    CHECK(batch.size() <= Batch::kMaxRows);
    const View<int32_t> ids(batch.columns[2]);
    for (uint32_t row = 0; row < batch.physical_size; ++row) {
      const bool has_more = batch.columns.size() > 3;
      rows.emplace_back(ids[row], has_more ? View<int64_t>(batch.columns[3])[row] : 0);
    }
  }
  void advance(Watermark now) override { ended = now == Watermark::end_of_input(); }
  void idle() override {}
  void resume() override {}
  void reject(const Batch&, uint32_t, std::string_view reason) override { FAIL(reason); }
  void late(const Batch&, uint32_t, Watermark) override { FAIL("no row is late"); }

  std::vector<Row> rows;
  bool ended = false;
};

std::vector<testing::TimedRow> rows_by_chance() {
  std::mt19937 random(3);
  std::vector<testing::TimedRow> rows;
  for (int32_t id = 0; id < kRows; ++id) {
    rows.push_back({static_cast<int32_t>(random() % 90), static_cast<int64_t>(random() % 2000), id,
                    RowKind::insert});
  }
  return rows;
}

state::SpillSpace space_in(io::SimulatedFiles& files) {
  files.make_directories("state");
  return state::SpillSpace(&files, "state", 200'000);
}

// When rows leave memory, and when the process ends.
struct Course {
  bool spills_before = false;
  bool spills_between = false;
  bool restarts = false;
};

template <typename Step, typename Node>
class Run {
 public:
  explicit Run(const Node& node) : node_(node) { begin({}); }

  Received go(const std::vector<testing::TimedRow>& rows, const Course& course) {
    Received out;
    int64_t highest = 0;
    for (size_t from = 0; from < rows.size(); from += 1000) {
      const size_t count = std::min<size_t>(1000, rows.size() - from);
      step_->push(Port{0}, testing::batch_of(std::span(rows).subspan(from, count), highest), out);
    }
    end_turn(course, course.spills_before, out);
    step_->advance(Port{0}, Watermark::end_of_input(), out);
    for (int turn = 0; step_->has_more(); ++turn) {
      step_->go_on(out);
      end_turn(course, course.spills_between && turn == 1, out);
    }
    return out;
  }

 private:
  void begin(const std::string& snapshot) {
    step_ = nullptr;
    life_.emplace(world_.get(), "step-1", snapshot);
    life_->store.spill_to(&space_);
    step_ = std::make_unique<Step>(node_, life_->context);
    life_->store.begin_tracking();
  }
  void end_turn(const Course& course, bool spills, Received& out) {
    if (spills) {
      state::LayerWriter layer(&world_.files, "state/layer");
      life_->store.save_changes({}, [&]() -> state::LayerWriter& { return layer; });
      life_->store.spill(SIZE_MAX);
      CHECK(life_->store.spilled() > 0);
    }
    if (course.restarts && step_->has_more()) {
      begin(life_->store.snapshot());
      step_->advance(Port{0}, Watermark::end_of_input(), out);
    }
  }

  const Node& node_;
  testing::TestWorld world_;
  state::SpillSpace space_ = space_in(world_.files);
  std::optional<testing::Life> life_;
  std::unique_ptr<Step> step_;
};

const std::vector<Course> kCourses = {{},
                                      {.spills_before = true},
                                      {.spills_between = true},
                                      {.restarts = true},
                                      {.spills_before = true, .restarts = true},
                                      {.spills_between = true, .restarts = true}};

}  // namespace

TEST_CASE("the order of a batch is the same wherever its rows are") {
  const std::vector<testing::TimedRow> rows = rows_by_chance();
  std::vector<testing::TimedRow> expected = rows;
  std::stable_sort(expected.begin(), expected.end(),
                   [](const auto& a, const auto& b) { return a.ms > b.ms; });
  plan::Scan input;
  input.schema = testing::timed_schema();
  plan::FinalRows node;
  node.inputs = {&input};
  node.schema = input.schema;
  node.order_by = {{1, true, false}};
  for (const Course& course : kCourses) {
    Run<FinalRows, plan::FinalRows> run(node);
    const Received received = run.go(rows, course);
    CHECK(received.ended);
    REQUIRE(received.rows.size() == expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
      REQUIRE(received.rows[i].first == expected[i].id);
    }
  }
}

TEST_CASE("a group of a batch leaves once, wherever it is") {
  const std::vector<testing::TimedRow> rows = rows_by_chance();
  plan::Scan input;
  input.schema = testing::timed_schema();
  plan::GroupAggregate node;
  node.inputs = {&input};
  node.mode = plan::RuntimeMode::batch;
  node.keys = {0, 1, 2};
  plan::AggregateCall call;
  call.function = std::make_shared<const function::AggregateSignature>(
      *function::find_aggregate("COUNT")->bind({}));
  node.aggregates = {call};
  for (const Course& course : kCourses) {
    Run<FinalGroups, plan::GroupAggregate> run(node);
    Received received = run.go(rows, course);
    CHECK(received.ended);
    std::sort(received.rows.begin(), received.rows.end());
    REQUIRE(received.rows.size() == kRows);
    for (int32_t id = 0; id < kRows; ++id) {
      REQUIRE(received.rows[id] == Received::Row(id, 1));
    }
  }
}

// Of all rows as one partition, and of many small ones.
TEST_CASE("the first rows of a batch leave once, wherever they are") {
  const std::vector<testing::TimedRow> rows = rows_by_chance();
  plan::Scan input;
  input.schema = testing::timed_schema();
  for (const bool is_one : {true, false}) {
    plan::Rank node;
    node.inputs = {&input};
    node.partition_by = is_one ? std::vector<size_t>() : std::vector<size_t>{0};
    node.order_by = {{1, true, false}};
    node.start = 7;
    node.end = is_one ? 9'000 : 100;
    node.number = "number";
    node.schema = input.schema;
    node.schema.fields.push_back({"number", Type::of(TypeKind::bigint, false)});
    std::map<int32_t, std::vector<testing::TimedRow>> partitions;
    for (const testing::TimedRow& row : rows) {
      partitions[is_one ? 0 : row.key].push_back(row);
    }
    std::vector<Received::Row> expected;
    for (auto& [key, partition] : partitions) {
      std::stable_sort(partition.begin(), partition.end(),
                       [](const auto& a, const auto& b) { return a.ms > b.ms; });
      const auto end = std::min(partition.size(), static_cast<size_t>(node.end));
      for (auto place = static_cast<size_t>(node.start) - 1; place < end; ++place) {
        expected.emplace_back(partition[place].id, place + 1);
      }
    }
    std::sort(expected.begin(), expected.end());
    for (const Course& course : kCourses) {
      Run<FinalRanks, plan::Rank> run(node);
      Received received = run.go(rows, course);
      CHECK(received.ended);
      std::sort(received.rows.begin(), received.rows.end());
      CHECK(received.rows == expected);
    }
  }
}

TEST_CASE("OVER of a batch is the same wherever its rows are") {
  const std::vector<testing::TimedRow> rows = rows_by_chance();
  plan::Scan input;
  input.schema = testing::timed_schema();
  plan::OverAggregate node;
  node.inputs = {&input};
  node.mode = plan::RuntimeMode::batch;
  node.window.partition_by = {0};
  node.window.order_by = {{1, false, false}};
  node.window.unit = plan::FrameUnit::rows;
  node.window.preceding = 5;
  plan::AggregateCall call;
  call.function = std::make_shared<const function::AggregateSignature>(
      *function::find_aggregate("COUNT")->bind({}));
  node.calls = {call};
  std::vector<Received::Row> expected;
  for (const Course& course : kCourses) {
    Run<OverInBatch, plan::OverAggregate> run(node);
    Received received = run.go(rows, course);
    CHECK(received.ended);
    std::sort(received.rows.begin(), received.rows.end());
    expected = expected.empty() ? received.rows : expected;
    REQUIRE(received.rows.size() == kRows);
    CHECK(received.rows == expected);
  }
}

}  // namespace millrace::exec
