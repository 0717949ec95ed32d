// Versions and rows out of order: each row must meet the version that a look at all versions finds,
// however the rows were cut into batches and how often the join was restored.

#include "exec/operators/temporal_join.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>

#include "exec/testing/life.h"
#include "exec/testing/timed_rows.h"
#include "exec/testing/world.h"

namespace millrace::exec {

namespace {

using plan::JoinKind;
using testing::batch_of;
using testing::kDisorderMs;
using testing::one;
using Row = testing::TimedRow;

constexpr int32_t kNone = -1;

struct Met {
  int32_t left;
  int32_t version;
  RowKind kind = RowKind::insert;
  auto operator<=>(const Met&) const = default;
};

enum class Left : uint8_t { grows, changes };

class Running {
 public:
  Running(JoinKind kind, bool has_condition, Left left = Left::grows) {
    const Type number = Type::of(TypeKind::integer);
    for (const auto& input : {left_, right_}) {
      input->schema = testing::timed_schema();
    }
    if (left == Left::changes) {
      left_->changelog = node_.changelog = {true, true, true};
    }
    node_.join = kind;
    node_.inputs = {left_.get(), right_.get()};
    node_.keys = {{0, 0, false}};
    node_.times = {plan::Join::Times::Rule::version, 1, 1};
    if (has_condition) {
      node_.condition = testing::ids_differ();
    }
    node_.output = {2, 5};
    node_.schema = {{{"l", number}, {"r", number}}};
    start("");
  }

  void restart() { start(life_->store.snapshot()); }
  Operator& step() { return *step_; }
  size_t saved_bytes() const { return life_->store.snapshot().size(); }

 private:
  void start(const std::string& snapshot) {
    step_ = nullptr;
    life_.emplace(world_.get(), "join-2", snapshot);
    step_ = std::make_unique<TemporalJoin>(node_, life_->context);
  }

  testing::TestWorld world_;
  std::shared_ptr<plan::Node> left_ = std::make_shared<plan::Scan>();
  std::shared_ptr<plan::Node> right_ = std::make_shared<plan::Scan>();
  plan::Join node_;
  std::optional<testing::Life> life_;
  std::unique_ptr<Operator> step_;
};

class Collected final : public Output {
 public:
  void push(Batch rows) override {
    batches += rows.physical_size > 0 ? 1 : 0;
    for (uint32_t row = 0; row < rows.physical_size; ++row) {
      const Column& version = rows.columns[1];
      in_order.push_back({View<int32_t>(rows.columns[0])[row],
                          version.is_null(row) ? kNone : View<int32_t>(version)[row],
                          rows.kind(row)});
      met.insert(in_order.back());
    }
  }
  void advance(Watermark) override {}
  void idle() override {}
  void resume() override {}
  void reject(const Batch&, uint32_t, std::string_view reason) override { FAIL(reason); }
  void late(const Batch&, uint32_t, Watermark) override { FAIL("late"); }

  std::multiset<Met> met;
  std::vector<Met> in_order;
  size_t batches = 0;
};

std::multiset<Met> expected(JoinKind kind, bool has_condition, const std::vector<Row>& left,
                            const std::vector<Row>& versions) {
  std::multiset<Met> met;
  for (const Row& row : left) {
    const Row* holds = nullptr;
    for (const Row& version : versions) {
      if (version.key == row.key && version.ms <= row.ms &&
          (holds == nullptr || version.ms >= holds->ms)) {
        holds = &version;
      }
    }
    const bool joins =
        holds != nullptr && is_addition(holds->kind) && (!has_condition || holds->id != row.id);
    if (joins || kind == JoinKind::left) {
      met.insert({row.id, joins ? holds->id : kNone, row.kind});
    }
  }
  return met;
}

RowKind some_kind(std::mt19937& random) {
  constexpr RowKind kKinds[] = {RowKind::insert, RowKind::update_after, RowKind::update_after,
                                RowKind::update_before, RowKind::delete_};
  return kKinds[random() % std::size(kKinds)];
}

void check_kind(JoinKind kind, bool has_condition, Left left, uint32_t seed) {
  CAPTURE(static_cast<int>(kind));
  CAPTURE(has_condition);
  CAPTURE(seed);
  std::mt19937 random(seed);
  Running running(kind, has_condition, left);
  Collected out;
  std::vector<Row> rows[2];
  int64_t highest[2] = {INT64_MIN, INT64_MIN};
  for (int64_t turn = 0; turn < 80; ++turn) {
    const uint32_t port = random() % 2;
    std::vector<Row> fresh;
    for (size_t n = random() % 5; n > 0; --n) {
      fresh.push_back({static_cast<int32_t>(random() % 4),
                       1000 + turn * 3 + static_cast<int64_t>(random() % kDisorderMs),
                       static_cast<int32_t>(random() % 6),
                       port == 0 && left == Left::grows ? RowKind::insert : some_kind(random)});
    }
    running.step().push(Port{port}, batch_of(fresh, highest[port]), out);
    rows[port].insert(rows[port].end(), fresh.begin(), fresh.end());
    if (turn % 13 == 12) {
      running.restart();
    }
  }
  running.step().advance(Port{1}, Watermark::end_of_input(), out);
  running.step().advance(Port{0}, Watermark::end_of_input(), out);
  CHECK(out.met == expected(kind, has_condition, rows[0], rows[1]));
}

}  // namespace

TEST_CASE("a row meets the version that holds at its time") {
  for (const JoinKind kind : {JoinKind::inner, JoinKind::left}) {
    for (uint32_t seed = 1; seed <= 40; ++seed) {
      check_kind(kind, seed % 2 == 0, Left::grows, seed);
      check_kind(kind, seed % 2 == 0, Left::changes, seed);
    }
  }
}

TEST_CASE("a row waits for the watermarks of both sides") {
  Running running(JoinKind::left, false);
  Collected out;
  running.step().push(Port{0}, one({1, 1000, 7}), out);
  running.step().advance(Port{0}, {2000}, out);
  running.step().advance(Port{1}, {999}, out);
  CHECK(out.met.empty());
  running.step().push(Port{1}, one({1, 1000, 3}), out);
  running.step().advance(Port{1}, {1000}, out);
  CHECK(out.met == std::multiset<Met>{{7, 3}});
}

TEST_CASE("changes leave in the order in which they came, over a restart as well") {
  Running running(JoinKind::left, false, Left::changes);
  Collected out;
  running.step().push(Port{0}, one({1, 1000, 7, RowKind::insert}), out);
  running.step().push(Port{0}, one({1, 1000, 7, RowKind::update_before}), out);
  running.restart();
  running.step().push(Port{0}, one({1, 500, 8, RowKind::update_after}), out);
  running.step().push(Port{1}, one({1, 800, 3}), out);
  running.step().advance(Port{0}, {2000}, out);
  running.step().advance(Port{1}, {2000}, out);
  CHECK(out.in_order == std::vector<Met>{{7, 3, RowKind::insert},
                                         {7, 3, RowKind::update_before},
                                         {8, kNone, RowKind::update_after}});
}

TEST_CASE("many changes that are due at once leave batch by batch") {
  Running running(JoinKind::left, false, Left::changes);
  Collected out;
  const int32_t count = 3 * static_cast<int32_t>(Batch::kMaxRows) + 5;
  std::vector<Met> came;
  for (int32_t id = 0; id < count; ++id) {
    running.step().push(Port{0}, one({1, 100'000 - id, id, RowKind::update_after}), out);
    came.push_back({id, kNone, RowKind::update_after});
  }
  running.step().advance(Port{0}, {200'000}, out);
  CHECK(out.in_order.empty());
  running.step().advance(Port{1}, {200'000}, out);
  CHECK(out.in_order == came);
  CHECK(out.batches == 4);
  CHECK(!running.step().waits_for());
}

TEST_CASE("versions that the watermark has passed are forgotten, but for the last") {
  Running running(JoinKind::inner, false);
  Collected out;
  running.step().advance(Port{0}, Watermark::end_of_input(), out);
  size_t after_one = 0;
  for (int64_t at = 1000; at < 2000; ++at) {
    running.step().push(Port{1}, one({1, at, 3}), out);
    running.step().advance(Port{1}, {at}, out);
    after_one = after_one == 0 ? running.saved_bytes() : after_one;
  }
  CHECK(running.saved_bytes() < after_one + 50);
  running.step().push(Port{1}, one({1, 2000, 3, RowKind::delete_}), out);
  running.step().advance(Port{1}, {2000}, out);
  CHECK(running.saved_bytes() < after_one);
}

}  // namespace millrace::exec
