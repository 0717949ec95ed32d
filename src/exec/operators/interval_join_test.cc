// Rows out of order on both sides of every kind of interval join: at the end there must be what a
// nested loop finds, however the rows were cut into batches and how often the join was restored,
// and nothing may come out behind the watermark that went ahead of it.

#include "exec/operators/interval_join.h"

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

constexpr int64_t kFromMs = -40;  // left time less right time
constexpr int64_t kToMs = 15;
constexpr int64_t kNone = -1;

struct Pair {
  int64_t left_ms;
  int32_t left_id;
  int64_t right_ms;
  int32_t right_id;
  auto operator<=>(const Pair&) const = default;
};

std::unique_ptr<plan::Node> input() {
  auto input = std::make_unique<plan::Scan>();
  input->schema = testing::timed_schema();
  input->rowtimes = {1};
  return input;
}

class Running {
 public:
  Running(JoinKind kind, bool has_condition) {
    node_.join = kind;
    node_.inputs = {left_.get(), right_.get()};
    node_.keys = {{0, 0, false}};
    node_.times = {plan::Join::Times::Rule::interval, 1, 1, kFromMs, kToMs};
    const Type number = Type::of(TypeKind::integer);
    if (has_condition) {
      node_.condition = testing::ids_differ();
    }
    node_.output = {1, 2, 4, 5};
    for (const size_t column : node_.output) {
      node_.schema.fields.push_back({"c", column % 3 == 1 ? Type::timestamp(3) : number});
    }
    start("");
  }

  void restart() { start(life_->store.snapshot()); }
  Operator& step() { return *step_; }
  // Rows of both sides that are still kept.
  size_t kept() const { return life_->store.snapshot().size(); }

 private:
  void start(const std::string& snapshot) {
    step_ = nullptr;
    life_.emplace(world_.get(), "join-2", snapshot);
    step_ = std::make_unique<IntervalJoin>(node_, life_->context);
  }

  testing::TestWorld world_;
  std::unique_ptr<plan::Node> left_ = input();
  std::unique_ptr<plan::Node> right_ = input();
  plan::Join node_;
  std::optional<testing::Life> life_;
  std::unique_ptr<Operator> step_;
};

class Collected final : public Output {
 public:
  void push(Batch rows) override {
    auto mark = rows.marks.begin();
    for (uint32_t row = 0; row < rows.physical_size; ++row) {
      for (; mark != rows.marks.end() && mark->row <= row; ++mark) {
        advance(mark->watermark);
      }
      add(rows, row);
    }
    if (const auto now = rows.final_watermark()) {
      advance(*now);
    }
  }
  void advance(Watermark now) override {
    REQUIRE(now >= now_);
    now_ = now;
  }
  void idle() override {}
  void resume() override {}
  void reject(const Batch&, uint32_t, std::string_view reason) override { FAIL(reason); }
  void late(const Batch&, uint32_t, Watermark) override { ++late_rows; }

  std::multiset<Pair> pairs;
  size_t late_rows = 0;
  size_t behind = 0;  // times that the watermark had passed already
  Watermark now() const { return now_; }

 private:
  void add(const Batch& rows, uint32_t row) {
    const auto moment = [&](size_t column) {
      return rows.columns[column].is_null(row) ? kNone : View<int64_t>(rows.columns[column])[row];
    };
    const auto id = [&](size_t column) {
      return rows.columns[column].is_null(row) ? int32_t{kNone}
                                               : View<int32_t>(rows.columns[column])[row];
    };
    for (const size_t column : {0, 2}) {
      behind += !rows.columns[column].is_null(row) && moment(column) <= now_.ms ? 1 : 0;
    }
    pairs.insert({moment(0), id(1), moment(2), id(3)});
  }

  Watermark now_;
};

std::multiset<Pair> nested_loop(JoinKind kind, bool has_condition,
                                const std::vector<Row> (&rows)[2]) {
  const auto meet = [&](const Row& left, const Row& right) {
    const int64_t apart = left.ms - right.ms;
    return left.key != 0 && left.key == right.key && apart >= kFromMs && apart <= kToMs &&
           (!has_condition || left.id != right.id);
  };
  std::multiset<Pair> pairs;
  for (const Row& left : rows[0]) {
    const size_t before = pairs.size();
    for (const Row& right : rows[1]) {
      if (meet(left, right)) {
        pairs.insert({left.ms, left.id, right.ms, right.id});
      }
    }
    if (pairs.size() == before && (kind == JoinKind::left || kind == JoinKind::full)) {
      pairs.insert({left.ms, left.id, kNone, kNone});
    }
  }
  for (const Row& right : rows[1]) {
    const bool met = std::any_of(rows[0].begin(), rows[0].end(),
                                 [&](const Row& left) { return meet(left, right); });
    if (!met && (kind == JoinKind::right || kind == JoinKind::full)) {
      pairs.insert({kNone, kNone, right.ms, right.id});
    }
  }
  return pairs;
}

void check_kind(JoinKind kind, bool has_condition, uint32_t seed) {
  CAPTURE(static_cast<int>(kind));
  CAPTURE(has_condition);
  CAPTURE(seed);
  std::mt19937 random(seed);
  Running running(kind, has_condition);
  Collected out;
  std::vector<Row> rows[2];
  int64_t highest[2] = {INT64_MIN, INT64_MIN};
  for (int64_t turn = 0; turn < 60; ++turn) {
    const uint32_t port = random() % 2;
    std::vector<Row> fresh;
    for (size_t n = random() % 5; n > 0; --n) {
      fresh.push_back({static_cast<int32_t>(random() % 4),
                       1000 + turn * 5 + static_cast<int64_t>(random() % kDisorderMs),
                       static_cast<int32_t>(random() % 3)});
    }
    running.step().push(Port{port}, batch_of(fresh, highest[port]), out);
    rows[port].insert(rows[port].end(), fresh.begin(), fresh.end());
    if (turn % 13 == 12) {
      running.restart();
    }
  }
  running.step().advance(Port{0}, Watermark::end_of_input(), out);
  CHECK(out.now() < Watermark::end_of_input());
  running.step().advance(Port{1}, Watermark::end_of_input(), out);
  CHECK(out.now() == Watermark::end_of_input());
  CHECK(out.pairs == nested_loop(kind, has_condition, rows));
  CHECK(out.behind == 0);
}

}  // namespace

TEST_CASE("an interval join finds what a nested loop finds") {
  for (const JoinKind kind : {JoinKind::inner, JoinKind::left, JoinKind::right, JoinKind::full}) {
    for (uint32_t seed = 1; seed <= 25; ++seed) {
      check_kind(kind, seed % 2 == 0, seed);
    }
  }
}

TEST_CASE("a row without a match leaves when its time is over, ahead of the watermark") {
  Running running(JoinKind::left, false);
  Collected out;
  running.step().push(Port{0}, one({1, 1000, 7}), out);
  running.step().advance(Port{0}, {5000}, out);
  running.step().advance(Port{1}, {1000 - kFromMs}, out);
  CHECK(out.pairs.empty());  // a right row of this very time would be late, and is not turned away
  running.step().advance(Port{1}, {1000 - kFromMs + 1}, out);
  CHECK(out.pairs == std::multiset<Pair>{{1000, 7, kNone, kNone}});
}

TEST_CASE("a late row meets what is still there, and is not kept") {
  Running running(JoinKind::inner, false);
  Collected out;
  running.step().push(Port{1}, one({1, 1000, 7}), out);
  running.step().advance(Port{0}, {1010}, out);
  running.step().advance(Port{1}, {1010}, out);
  running.step().push(Port{0}, one({1, 960, 8}), out);  // nobody waits for it, who may come still
  CHECK(out.pairs == std::multiset<Pair>{{960, 8, 1000, 7}});
  running.step().push(Port{1}, one({1, 1000, 9}), out);
  CHECK(out.pairs.size() == 1);
  CHECK(out.late_rows == 0);
  running.step().push(Port{0}, one({1, 900, 10}), out);
  CHECK(out.late_rows == 1);
}

TEST_CASE("an interval join keeps nothing that no row can meet") {
  Running running(JoinKind::full, false);
  Collected out;
  const size_t empty = running.kept();
  for (int64_t at = 1000; at < 9000; at += 10) {
    for (const uint32_t port : {0U, 1U}) {
      running.step().push(Port{port}, one({1 + static_cast<int32_t>(at % 3), at, 1}), out);
      running.step().advance(Port{port}, {at}, out);
    }
  }
  CHECK(running.kept() < empty + 1000);
}

}  // namespace millrace::exec
