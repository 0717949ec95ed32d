// Random changes on both sides of every kind of join: what its output adds up to must be what a
// nested loop over the rows finds, after every batch and over restarts.

#include "exec/operators/join.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>

#include "exec/operators/semi_join.h"
#include "exec/testing/life.h"
#include "exec/testing/world.h"
#include "function/evaluate.h"
#include "function/scalar.h"

namespace millrace::exec {

namespace {

// A key, where 0 stands for NULL; a unique number; a value.
struct Row {
  int key;
  int id;
  int value;
  auto operator<=>(const Row&) const = default;
};

struct Change {
  RowKind kind;
  Row row;
};

std::string text(const Row& row) {
  return (row.key == 0 ? "NULL" : std::to_string(row.key)) + " " + std::to_string(row.id) + " " +
         std::to_string(row.value);
}

Batch batch_of(const std::vector<Change>& changes) {
  std::vector<ColumnBuilder> columns;
  for (int i = 0; i < 3; ++i) {
    columns.emplace_back(Type::of(TypeKind::integer));
  }
  Batch batch;
  for (const Change& change : changes) {
    if (change.row.key == 0) {
      columns[0].add_null();
    } else {
      columns[0].add(static_cast<int32_t>(change.row.key));
    }
    columns[1].add(static_cast<int32_t>(change.row.id));
    columns[2].add(static_cast<int32_t>(change.row.value));
    batch.kinds.push_back(change.kind);
  }
  for (ColumnBuilder& column : columns) {
    batch.columns.push_back(column.finish());
  }
  batch.physical_size = static_cast<uint32_t>(changes.size());
  return batch;
}

// What the changes that went out add up to; nothing may be taken back that was not there.
class Table final : public Output {
 public:
  void push(Batch rows) override {
    for_each(rows.rows(), [&](uint32_t row) {
      std::string text;
      for (const Column& column : rows.columns) {
        text += (text.empty() ? "" : " ") + function::to_text(column, row);
      }
      const RowKind kind = rows.kind(row);
      if (is_addition(kind)) {
        rows_.insert(text);
      } else {
        const auto found = rows_.find(text);
        REQUIRE_MESSAGE(found != rows_.end(), text);
        rows_.erase(found);
      }
    });
  }
  void advance(Watermark) override {}
  void idle() override {}
  void resume() override {}
  void reject(const Batch&, uint32_t, std::string_view reason) override { FAIL(reason); }
  void late(const Batch&, uint32_t, Watermark) override { FAIL("late"); }

  const std::multiset<std::string>& rows() const { return rows_; }

 private:
  std::multiset<std::string> rows_;
};

struct Case {
  plan::JoinKind kind;
  bool has_key = true;
  bool nulls_match = false;
  bool has_condition = false;  // left.value <= right.value
  bool unique[2] = {};         // whether ids are unique, and declared so
  bool appends_only[2] = {};
};

std::unique_ptr<plan::Node> input_of(const Case& c, size_t side) {
  auto input = std::make_unique<plan::Scan>();
  const Type number = Type::of(TypeKind::integer);
  input->schema = {{{"k", number}, {"id", number}, {"v", number}}};
  if (!c.appends_only[side]) {
    input->changelog = {true, true, true};
  }
  if (c.unique[side]) {
    input->upsert_keys = {{1}};
  }
  return input;
}

plan::Join node_of(const Case& c, plan::Node* left, plan::Node* right) {
  plan::Join node;
  node.join = c.kind;
  node.inputs = {left, right};
  if (c.has_key) {
    node.keys = {{0, 0, c.nulls_match}};
  }
  const Type number = Type::of(TypeKind::integer);
  if (c.has_condition) {
    const std::vector<Type> types = {number, number};
    node.condition = function::Expression::of_call(
        std::make_shared<const function::ScalarSignature>(
            *function::find_scalar("<=")->bind(types)),
        {function::Expression::of_column(2, number), function::Expression::of_column(5, number)});
  }
  node.output =
      node.is_semi_or_anti() ? std::vector<size_t>{0, 1, 2} : std::vector<size_t>{0, 1, 2, 3, 4, 5};
  for (const size_t column : node.output) {
    node.schema.fields.push_back({std::to_string(column), number});
  }
  return node;
}

bool joins(const Case& c, const Row& left, const Row& right) {
  const bool equal = left.key == right.key && (left.key != 0 || c.nulls_match);
  return (!c.has_key || equal) && (!c.has_condition || left.value <= right.value);
}

std::multiset<std::string> nested_loop(const Case& c, const std::vector<Row> (&rows)[2]) {
  std::multiset<std::string> joined;
  const std::string none = "NULL NULL NULL";
  const bool pairs = c.kind != plan::JoinKind::semi && c.kind != plan::JoinKind::anti;
  for (const Row& left : rows[0]) {
    size_t matches = 0;
    for (const Row& right : rows[1]) {
      if (joins(c, left, right)) {
        ++matches;
        if (pairs) {
          joined.insert(text(left) + " " + text(right));
        }
      }
    }
    if (!pairs && (matches == 0) == (c.kind == plan::JoinKind::anti)) {
      joined.insert(text(left));
    }
    if (matches == 0 && (c.kind == plan::JoinKind::left || c.kind == plan::JoinKind::full)) {
      joined.insert(text(left) + " " + none);
    }
  }
  for (const Row& right : rows[1]) {
    const bool matched = std::any_of(rows[0].begin(), rows[0].end(),
                                     [&](const Row& left) { return joins(c, left, right); });
    if (!matched && (c.kind == plan::JoinKind::right || c.kind == plan::JoinKind::full)) {
      joined.insert(none + " " + text(right));
    }
  }
  return joined;
}

// Random changes of one side, kept to what its input declares.
class Changes {
 public:
  Changes(const Case& c, size_t side, uint32_t seed)
      : unique_(c.unique[side]), appends_only_(c.appends_only[side]), random_(seed) {}

  std::vector<Change> next(std::vector<Row>& rows) {
    std::vector<Change> changes;
    for (size_t n = random_() % 6; n > 0; --n) {
      if (rows.empty() || appends_only_ || random_() % 5 < 3) {
        Row row{number(5), number(4), number(4)};
        row.id = unique_ ? next_id_++ : row.id;
        changes.push_back({random_() % 4 == 0 ? RowKind::update_after : RowKind::insert, row});
        rows.push_back(row);
      } else {
        const auto gone = rows.begin() + number(static_cast<int>(rows.size()));
        changes.push_back({random_() % 4 == 0 ? RowKind::update_before : RowKind::delete_, *gone});
        rows.erase(gone);
      }
    }
    return changes;
  }

 private:
  int number(int below) { return static_cast<int>(random_() % static_cast<uint32_t>(below)); }

  bool unique_;
  bool appends_only_;
  std::mt19937 random_;
  int next_id_ = 0;
};

class Running {
 public:
  explicit Running(const Case& c)
      : left_(input_of(c, 0)),
        right_(input_of(c, 1)),
        node_(node_of(c, left_.get(), right_.get())) {
    start("");
  }

  void restart() { start(life_->store.snapshot()); }
  Operator& step() { return *step_; }

 private:
  void start(const std::string& snapshot) {
    step_ = nullptr;
    life_.emplace(world_.get(), "join-2", snapshot);
    if (node_.is_semi_or_anti()) {
      step_ = std::make_unique<SemiJoin>(node_, life_->context);
    } else {
      step_ = std::make_unique<Join>(node_, life_->context);
    }
  }

  testing::TestWorld world_;
  std::unique_ptr<plan::Node> left_;
  std::unique_ptr<plan::Node> right_;
  plan::Join node_;
  std::optional<testing::Life> life_;
  std::unique_ptr<Operator> step_;
};

void check_case(const Case& c, uint32_t seed) {
  CAPTURE(static_cast<int>(c.kind));
  CAPTURE(c.has_key);
  CAPTURE(c.nulls_match);
  CAPTURE(c.has_condition);
  CAPTURE(c.unique[0]);
  CAPTURE(c.appends_only[0]);
  CAPTURE(seed);
  Running running(c);
  Table table;
  std::vector<Row> rows[2];
  Changes changes[2] = {{c, 0, seed}, {c, 1, seed + 1000}};
  for (uint32_t turn = 0; turn < 40; ++turn) {
    const uint32_t port = (turn * 7 + seed) % 3 == 0 ? 0 : 1;
    const std::vector<Change> batch = changes[port].next(rows[port]);
    if (!batch.empty()) {
      running.step().push(Port{port}, batch_of(batch), table);
    }
    REQUIRE(table.rows() == nested_loop(c, rows));
    if (turn % 10 == 9) {
      running.restart();
    }
  }
}

}  // namespace

TEST_CASE("a join adds up to what a nested loop finds, whatever comes and goes") {
  using plan::JoinKind;
  for (const JoinKind kind : {JoinKind::inner, JoinKind::left, JoinKind::right, JoinKind::full,
                              JoinKind::semi, JoinKind::anti}) {
    for (uint32_t bits = 0; bits < 64; ++bits) {
      Case c{kind};
      c.has_key = (bits & 1) == 0;
      c.nulls_match = (bits & 2) != 0;
      c.has_condition = (bits & 4) != 0;
      c.unique[0] = (bits & 8) != 0;
      c.unique[1] = (bits & 16) != 0;
      c.appends_only[0] = (bits & 32) != 0;
      c.appends_only[1] = (bits & 48) == 48;
      check_case(c, bits + 1);
    }
  }
}

}  // namespace millrace::exec
