#include "connector/delta/source.h"

#include <doctest/doctest.h>

#include <optional>

#include "base/clock.h"
#include "base/error.h"
#include "base/random.h"
#include "codec/parquet/parquet.h"
#include "column/builder.h"
#include "delta/log.h"
#include "exec/testing/life.h"
#include "exec/testing/memory.h"
#include "function/evaluate.h"
#include "io/simulated_files.h"

namespace millrace::connector {

namespace {

const Schema kColumns{{{"n", Type::of(TypeKind::bigint)}, {"day", Type::of(TypeKind::integer)}}};

Batch numbers(int64_t from, int64_t to, int32_t day) {
  ColumnBuilder n(Type::of(TypeKind::bigint));
  ColumnBuilder days(Type::of(TypeKind::integer));
  for (int64_t i = from; i <= to; ++i) {
    n.add(i);
    days.add(day);
  }
  Batch batch;
  batch.physical_size = static_cast<uint32_t>(to - from + 1);
  batch.columns = {n.finish(), days.finish()};
  return batch;
}

// A table in the lake, partitioned by day, and lives of a source over it.
struct Setup {
  explicit Setup(bool looked_up) {
    files.make_directories("lake");
    table = exec::testing::make_table("numbers", kColumns);
    scan.table = table;
    scan.read = {0, 1};
    scan.looked_up = looked_up;
  }

  delta::Table open() {
    return delta::Table::open_or_create(world, &parquet, "lake/numbers",
                                        {"numbers", kColumns, {"day"}});
  }
  void append(const Batch& rows) {
    delta::Table to = open();
    delta::DataWriter writer(world, &parquet, to.path(), to.snapshot().schema(), {"day"});
    writer.write(rows);
    ++version;
    to.append(writer.finish("file-" + std::to_string(version)), {"test", version, 0});
  }
  // The first file goes out of the table, and stays on the disk.
  void remove_first() {
    const delta::Table from = open();
    delta::Log log(&files, &parquet, from.path());
    const delta::Version next = from.snapshot().version() + 1;
    const bool put = log.put(
        next, to_json(delta::Action(delta::Remove{.path = from.snapshot().files().begin()->first,
                                                  .deleted_ms = 1,
                                                  .deletion_vector = ""}))
                      .dump() +
                  "\n");
    REQUIRE(put);
  }
  void restart() {
    source.reset();
    life.emplace(world, "scan-0", life ? life->store.snapshot() : "");
    source = std::make_unique<DeltaSource>(scan, &parquet, DeltaOptions::from(*table, "lake"),
                                           life->context);
  }
  // "+1/20 -2/20": the rows of so many polls.
  std::string read(size_t polls = 100) {
    std::string text;
    for (; polls > 0; --polls) {
      const exec::Polled polled = source->poll();
      state = polled.state;
      if (state != exec::Polled::State::rows) {
        break;
      }
      for (uint32_t row = 0; row < polled.rows.physical_size; ++row) {
        text += text.empty() ? "" : " ";
        text += polled.rows.kind(row) == RowKind::insert ? "+" : "-";
        text += function::to_text(polled.rows.columns[0], row) + "/" +
                function::to_text(polled.rows.columns[1], row);
      }
    }
    return text;
  }
  std::string after_a_second() {
    clock.advance(Duration::seconds(1));
    return read();
  }

  ManualClock clock{Timestamp{0}};
  Random random{1};
  io::SimulatedFiles files{2};
  codec::Parquet parquet;
  io::World world{&clock, &random, &files, nullptr, nullptr};
  std::shared_ptr<catalog::Table> table;
  plan::Scan scan;
  int64_t version = 0;
  std::optional<exec::testing::Life> life;
  std::unique_ptr<DeltaSource> source;
  exec::Polled::State state = exec::Polled::State::idle;
};

}  // namespace

TEST_CASE("a table is read once, as it is at the start") {
  Setup setup(false);
  setup.append(numbers(1, 2, 20));
  setup.append(numbers(3, 3, 21));
  setup.restart();
  CHECK(setup.source->bounded());
  CHECK(setup.read(1) == "+1/20 +2/20");
  setup.append(numbers(4, 4, 21));
  setup.restart();
  CHECK(setup.read() == "+3/21");
  CHECK(setup.state == exec::Polled::State::finished);
}

TEST_CASE("a table that is not there, or is another one, is refused") {
  Setup setup(false);
  CHECK_THROWS_AS(setup.restart(), Error);
  setup.append(numbers(1, 1, 20));
  setup.table->columns[0].type = Type::string();
  CHECK_THROWS_AS(setup.restart(), Error);
}

TEST_CASE("what is looked up is followed, what is removed taken back, and nothing twice") {
  Setup setup(true);
  setup.restart();
  CHECK(setup.read().empty());
  setup.append(numbers(1, 2, 20));
  CHECK(setup.read().empty());  // it was looked at a moment ago
  CHECK(setup.after_a_second() == "+1/20 +2/20");
  CHECK(setup.state == exec::Polled::State::idle);
  setup.append(numbers(3, 3, 20));
  setup.restart();
  CHECK(setup.read() == "+3/20");
  setup.append(numbers(4, 4, 20));
  setup.remove_first();
  CHECK(setup.after_a_second() == "-1/20 -2/20 +4/20");
  setup.restart();
  CHECK(setup.read().empty());
}

TEST_CASE("a table that is followed for what is added takes no removal") {
  Setup setup(false);
  setup.table->options["source.monitor-interval"] = {"1 s", {}};
  setup.append(numbers(1, 1, 20));
  setup.restart();
  CHECK(!setup.source->bounded());
  CHECK(setup.read() == "+1/20");
  setup.append(numbers(2, 2, 20));
  CHECK(setup.after_a_second() == "+2/20");
  setup.remove_first();
  CHECK_THROWS_AS(setup.after_a_second(), Error);
}

}  // namespace millrace::connector
