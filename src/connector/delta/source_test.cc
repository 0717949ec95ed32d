#include "connector/delta/source.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>

#include "base/clock.h"
#include "base/error.h"
#include "base/random.h"
#include "codec/parquet/parquet.h"
#include "column/builder.h"
#include "delta/log.h"
#include "delta/schema_json.h"
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
  // A file of those rows, which no commit names yet.
  delta::Add write(const Batch& rows) {
    const delta::Table to = open();
    delta::DataWriter writer(world, &parquet, to.path(), to.snapshot().schema(), {"day"});
    writer.write(rows);
    return writer.finish("file-" + std::to_string(++version)).front();
  }
  void append(const Batch& rows) {
    const delta::Add file = write(rows);
    open().append({file}, {"test", version, 0});
  }
  void commit(const std::vector<delta::Action>& actions) {
    const delta::Table to = open();
    std::string lines;
    for (const delta::Action& action : actions) {
      lines += to_json(action).dump() + "\n";
    }
    const bool put =
        delta::Log(&files, &parquet, to.path()).put(to.snapshot().version() + 1, lines);
    REQUIRE(put);
  }
  // That takes a file out of the table; it stays on the disk.
  static delta::Remove removal_of(const delta::Add& add) {
    return {.path = add.path, .deleted_ms = 1, .deletion_vector = ""};
  }
  delta::Add first() { return open().snapshot().files().begin()->second; }
  void remove_first() { commit({removal_of(first())}); }
  // All files but one become one, as OPTIMIZE does it.
  void rewrite(const Batch& rows, const std::string& but = {}) {
    const delta::Table table_now = open();
    std::vector<delta::Action> actions;
    for (const auto& [path, add] : table_now.snapshot().files()) {
      if (path == but) {
        continue;
      }
      actions.emplace_back(removal_of(add));
      std::get<delta::Remove>(actions.back()).data_change = false;
    }
    actions.emplace_back(write(rows));
    std::get<delta::Add>(actions.back()).data_change = false;
    commit(actions);
  }
  size_t kept_numbers() {
    const exec::testing::Life copy(world, "scan-0", life->store.snapshot());
    exec::TaskContext context = copy.context;
    return context.state().numbers("came").all().size() +
           context.state().numbers("taken_back").all().size() +
           context.state().numbers("rewritten").all().size();
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

TEST_CASE("files written anew move no rows, and what is kept is for files that there are") {
  Setup setup(true);
  setup.append(numbers(1, 2, 20));
  setup.append(numbers(3, 3, 20));
  setup.restart();
  CHECK(setup.read() == "+1/20 +2/20 +3/20");
  setup.rewrite(numbers(1, 3, 20));
  CHECK(setup.after_a_second().empty());
  CHECK(setup.kept_numbers() == 1);
  setup.rewrite(numbers(1, 3, 20));
  setup.append(numbers(4, 4, 20));
  setup.restart();
  CHECK(setup.read() == "+4/20");
  setup.remove_first();
  setup.remove_first();
  CHECK(setup.after_a_second() == "-1/20 -2/20 -3/20 -4/20");
  CHECK(setup.kept_numbers() == 0);
}

TEST_CASE("files that were written anew before they were read come in their new form") {
  Setup setup(true);
  setup.append(numbers(1, 2, 20));
  setup.restart();
  CHECK(setup.read() == "+1/20 +2/20");
  setup.append(numbers(3, 3, 20));
  setup.rewrite(numbers(1, 3, 20));
  CHECK(setup.after_a_second() == "-1/20 -2/20 +1/20 +2/20 +3/20");
  CHECK(setup.kept_numbers() == 1);
}

TEST_CASE("files written anew are no removal to who follows what is added") {
  Setup setup(false);
  setup.table->options["source.monitor-interval"] = {"1 s", {}};
  setup.append(numbers(1, 1, 20));
  setup.append(numbers(2, 2, 20));
  setup.restart();
  CHECK(setup.read() == "+1/20 +2/20");
  setup.rewrite(numbers(1, 2, 20));
  setup.append(numbers(3, 3, 20));
  CHECK(setup.after_a_second() == "+3/20");
}

TEST_CASE("who follows what is added reads files that were written anew before they were read") {
  Setup setup(false);
  setup.table->options["source.monitor-interval"] = {"1 s", {}};
  setup.append(numbers(1, 2, 20));
  setup.restart();
  CHECK(setup.read() == "+1/20 +2/20");
  setup.append(numbers(3, 3, 20));
  setup.rewrite(numbers(1, 3, 20));
  setup.append(numbers(4, 4, 20));
  setup.rewrite(numbers(1, 4, 20));
  CHECK(setup.after_a_second() == "+3/20 +4/20");
  CHECK(setup.kept_numbers() == 1);
  setup.restart();
  CHECK(setup.read().empty());
  setup.append(numbers(5, 5, 20));
  CHECK(setup.after_a_second() == "+5/20");
}

TEST_CASE("a restart among files that were written anew before they were read to their end") {
  constexpr int64_t kRows = 7000;
  Setup setup(false);
  setup.table->options["source.monitor-interval"] = {"1 s", {}};
  setup.append(numbers(1, 2, 20));
  setup.append(numbers(3, kRows, 20));
  setup.restart();
  std::string all = setup.read(2);
  setup.rewrite(numbers(1, kRows, 20));
  while (setup.state == exec::Polled::State::rows) {
    setup.restart();
    const std::string more = setup.read(1);
    all += (more.empty() ? "" : " ") + more;
  }
  std::string wanted = "+1/20";
  for (int64_t i = 2; i <= kRows; ++i) {
    wanted += " +" + std::to_string(i) + "/20";
  }
  CHECK(all == wanted);
  CHECK(setup.kept_numbers() == 1);
  setup.append(numbers(kRows + 1, kRows + 1, 20));
  CHECK(setup.after_a_second() == "+7001/20");
}

TEST_CASE("of files written anew of which nothing was read the new ones are") {
  Setup setup(false);
  setup.table->options["source.monitor-interval"] = {"1 s", {}};
  setup.append(numbers(1, 1, 20));
  setup.restart();
  CHECK(setup.read() == "+1/20");
  const std::string read = setup.first().path;
  setup.append(numbers(2, 2, 21));
  const std::string unread = setup.open().snapshot().files().rbegin()->first;
  setup.rewrite(numbers(2, 2, 21), read);
  setup.files.remove("lake/numbers/" + unread);  // as VACUUM may have done long ago
  CHECK(setup.after_a_second() == "+2/21");
}

TEST_CASE("a version restored while its file is being taken back") {
  constexpr int64_t kRows = 5000;
  Setup setup(true);
  setup.append(numbers(1, kRows, 20));
  const delta::Add file = setup.first();
  setup.restart();
  const auto net = [&](const std::string& text) {
    return std::count(text.begin(), text.end(), '+') - std::count(text.begin(), text.end(), '-');
  };
  int64_t rows = net(setup.read());
  CHECK(rows == kRows);
  setup.remove_first();
  setup.clock.advance(Duration::seconds(1));
  const std::string some = setup.read(1);
  CHECK(some.starts_with("-1/20 -2/20"));
  rows += net(some);
  CHECK(rows < kRows);
  setup.commit({file});
  setup.restart();
  rows += net(setup.read());
  CHECK(rows == kRows);
  CHECK(setup.kept_numbers() == 1);
  setup.restart();
  CHECK(setup.read().empty());
}

TEST_CASE("what was removed while the pipeline was down is taken back, unless it was vacuumed") {
  Setup setup(true);
  setup.append(numbers(1, 2, 20));
  setup.restart();
  CHECK(setup.read() == "+1/20 +2/20");
  const std::string path = "lake/numbers/" + setup.first().path;
  setup.remove_first();
  setup.restart();
  CHECK(setup.read(0).empty());
  setup.files.remove(path);
  try {
    setup.read();
    FAIL("a file that is not there was read");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::not_found);
    CHECK(std::string(error.what()).find("was vacuumed before its rows were taken back") !=
          std::string::npos);
  }
}

TEST_CASE("a partition overwritten while the pipeline was down") {
  Setup setup(true);
  setup.append(numbers(1, 2, 20));
  setup.append(numbers(3, 3, 21));
  setup.restart();
  CHECK(setup.read() == "+1/20 +2/20 +3/21");
  setup.commit({Setup::removal_of(setup.first()), setup.write(numbers(8, 8, 20))});
  setup.restart();
  CHECK(setup.read() == "-1/20 -2/20 +8/20");
}

TEST_CASE("a schema may get columns, which are NULL before, and no other types") {
  Setup setup(true);
  setup.append(numbers(1, 1, 20));
  Schema wider = kColumns;
  wider.fields.push_back({"name", Type::string()});
  delta::Metadata metadata = setup.open().snapshot().metadata();
  metadata.schema_json = delta::schema_to_json(wider);
  setup.commit({metadata});
  setup.table = exec::testing::make_table("numbers", Schema{{wider[2], wider[0], wider[1]}});
  setup.scan.table = setup.table;
  setup.scan.read = {0, 1, 2};
  setup.restart();
  const exec::Polled polled = setup.source->poll();
  REQUIRE(polled.rows.physical_size == 1);
  CHECK(polled.rows.columns[0].is_null(0));
  CHECK(function::to_text(polled.rows.columns[1], 0) == "1");
  CHECK(function::to_text(polled.rows.columns[2], 0) == "20");
  wider.fields[0].type = Type::string();
  metadata.schema_json = delta::schema_to_json(wider);
  setup.commit({metadata});
  CHECK_THROWS_AS(setup.after_a_second(), Error);
}

TEST_CASE("deletion vectors are refused by their name") {
  Setup setup(true);
  setup.append(numbers(1, 2, 20));
  setup.restart();
  CHECK(setup.read() == "+1/20 +2/20");
  delta::Add add = setup.first();
  const delta::Remove remove = Setup::removal_of(add);
  add.deletion_vector = R"({"storageType":"u","pathOrInlineDv":"x","sizeInBytes":1})";
  setup.commit({remove, add});
  CHECK_THROWS_WITH_AS(setup.after_a_second(), doctest::Contains("deletion vector"), Error);
}

}  // namespace millrace::connector
