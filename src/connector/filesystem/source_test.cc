#include "connector/filesystem/source.h"

#include <doctest/doctest.h>

#include "base/error.h"
#include "connector/filesystem/file_list.h"
#include "exec/testing/life.h"
#include "exec/testing/memory.h"
#include "exec/testing/world.h"
#include "function/evaluate.h"
#include "io/files.h"

namespace millrace::connector {

namespace {

using Options = std::map<std::string, std::string>;

// A directory "in" of a table of one column, and a life of the source over it.
struct Setup {
  explicit Setup(Options options = {}) {
    world.files.make_directories("in");
    options.emplace("path", "in");
    options.emplace("format", "json");
    table = exec::testing::make_table("t", {{{"n", Type::of(TypeKind::integer)}}});
    for (const auto& [key, value] : options) {
      table->options[key] = {value, {}};
    }
    scan.table = table;
    scan.read = {0};
  }
  void write(const std::string& path, std::string_view bytes) {
    world.files.make_directories(io::parent_of(path));
    world.files.replace(path, bytes);
  }
  void restart(bool input_had_ended = false) {
    source.reset();
    life.emplace(world.get(), "scan-0", life ? life->store.snapshot() : "");
    life->task.input_had_ended = input_had_ended;
    source =
        std::make_unique<FilesystemSource>(scan, FilesystemOptions::from(*table), life->context);
  }
  // What is there to read, "1 2 3"; a reject is "!".
  std::string rest(size_t most_polls = 1000) {
    std::string text;
    for (; most_polls > 0; --most_polls) {
      const exec::Polled polled = source->poll();
      state = polled.state;
      if (state != exec::Polled::State::rows) {
        break;
      }
      for (const exec::Reject& reject : polled.rejects) {
        rejects.push_back(reject);
        text += text.empty() ? "!" : " !";
      }
      for (uint32_t row = 0; row < polled.rows.physical_size; ++row) {
        for (const Column& column : polled.rows.columns) {
          text += (text.empty() ? "" : " ") + function::to_text(column, row);
        }
      }
    }
    return text;
  }
  std::string all() {
    restart();
    return rest();
  }

  exec::testing::TestWorld world;
  std::shared_ptr<catalog::Table> table;
  plan::Scan scan;
  std::optional<exec::testing::Life> life;
  std::unique_ptr<FilesystemSource> source;
  std::vector<exec::Reject> rejects;
  exec::Polled::State state = exec::Polled::State::idle;
};

std::string lines(int from, int to) {
  std::string text;
  for (int n = from; n <= to; ++n) {
    text += "{\"n\":" + std::to_string(n) + "}\n";
  }
  return text;
}

std::string numbers(int from, int to) {
  std::string text;
  for (int n = from; n <= to; ++n) {
    text += (text.empty() ? "" : " ") + std::to_string(n);
  }
  return text;
}

}  // namespace

TEST_CASE("what begins with '.' or '_' is not there, and numbers in names count by size") {
  Setup setup;
  setup.write("in/part-10", lines(3, 3));
  setup.write("in/part-9", lines(2, 2));
  setup.write("in/.part-1", lines(100, 100));
  setup.write("in/_SUCCESS", lines(100, 100));
  setup.write("in/_temporary/part-1", lines(100, 100));
  setup.write("in/deeper/part-1", lines(1, 1));
  CHECK(setup.all() == "1 2 3");
  CHECK(setup.state == exec::Polled::State::finished);
}

TEST_CASE("a path may be a file, and must be there") {
  Setup setup(Options{{"path", "file:///in/one"}});
  setup.table->options["path"].value = "in/one";
  CHECK_THROWS_WITH_AS(setup.restart(), "table 't' cannot be read: there is no 'in/one'", Error);
  setup.write("in/one", "{\"n\":1}\n\n  \r\n{\"n\":2}\r\n{\"n\":3}");
  CHECK(setup.all() == "1 2 3");
  Setup elsewhere(Options{{"path", "s3://bucket/x"}});
  CHECK_THROWS_AS(elsewhere.restart(), Error);
  Setup packed;
  packed.write("in/a.gz", "x");
  CHECK_THROWS_WITH_AS(packed.restart(), "cannot read 'in/a.gz': compressed files are not read yet",
                       Error);
}

TEST_CASE("a pattern chooses whole paths") {
  Setup setup(Options{{"source.path.regex-pattern", "in/.*\\.json"}});
  setup.write("in/a.json", lines(1, 1));
  setup.write("in/b.txt", lines(2, 2));
  setup.write("in/c/d.json", lines(3, 3));
  CHECK(setup.all() == "1 3");
  Setup bad(Options{{"source.path.regex-pattern", "("}});
  CHECK_THROWS_AS(bad.restart(), Error);
}

TEST_CASE("partition columns come from the path") {
  Setup setup;
  setup.table->columns.push_back({.name = "day", .type = Type::of(TypeKind::date)});
  setup.table->columns.push_back({.name = "who", .type = Type::string()});
  setup.table->partitioned_by = {1, 2};
  setup.scan.read = {2, 0, 1};
  setup.write("in/day=2026-01-31/who=a%2Fb/x", lines(1, 1));
  setup.write("in/day=2026-02-01/who=__DEFAULT_PARTITION__/x", lines(2, 2));
  setup.write("in/outside", lines(100, 100));
  setup.write("in/day=-1/who=c/x", lines(0, 0));  // as Flink writes it
  CHECK(setup.all() == "c 0 1969-12-31 a/b 1 2026-01-31 NULL 2 2026-02-01");
  setup.restart();
  CHECK(setup.rest().empty());
  for (const char* name : {"someday", "2932897", "-719163"}) {
    Setup bad;
    bad.table->columns.push_back({.name = "day", .type = Type::of(TypeKind::date)});
    bad.table->partitioned_by = {1};
    bad.scan.read = {0, 1};
    bad.write("in/day=" + std::string(name) + "/x", lines(1, 1));
    bad.restart();
    CHECK_THROWS_AS(bad.rest(), Error);
  }
}

TEST_CASE("the records of long files and long records come whole, with their places") {
  Setup setup;
  const std::string wide = "{\"n\":7,\"wide\":\"" + std::string(3 << 20, 'x') + "\"}\n";
  setup.write("in/a", lines(1, 3000) + wide + "bad\n" + lines(8, 9));
  const bool whole = setup.all() == numbers(1, 3000) + " ! 7 8 9";  // too long to be shown
  CHECK(whole);
  REQUIRE(setup.rejects.size() == 1);
  CHECK(setup.rejects[0].source == "in/a");
  CHECK(setup.rejects[0].raw == "bad");
  CHECK(setup.rejects[0].offset == static_cast<int64_t>(lines(1, 3000).size() + wide.size()));
}

TEST_CASE("a restart goes on at the next record of each file") {
  Setup setup;
  setup.write("in/a", lines(1, 2500));
  setup.write("in/b", lines(2501, 2600));
  setup.restart();
  CHECK(setup.rest(1).size() == numbers(1, 2048).size());
  setup.write("in/c", lines(0, 0));  // not there when the run began
  setup.restart();
  CHECK(setup.rest().size() == numbers(2049, 2600).size());
  CHECK(setup.state == exec::Polled::State::finished);
}

TEST_CASE("a run after the end of the last one reads what came since") {
  Setup setup;
  setup.write("in/a", lines(1, 2));
  CHECK(setup.all() == "1 2");
  setup.write("in/b", lines(3, 4));
  setup.restart(true);
  CHECK(setup.rest() == "3 4");
}

TEST_CASE("the preferred file is read next, and files that ended are said to be") {
  Setup setup;
  setup.write("in/a", lines(1, 2100));
  setup.write("in/b", lines(3001, 3002));
  setup.restart();
  REQUIRE(setup.source->splits() == 2);
  setup.source->prefer(1);
  CHECK(setup.rest(1) == "3001 3002");
  CHECK(setup.source->ended(1));
  CHECK(!setup.source->ended(0));
  CHECK(setup.rest().size() == numbers(1, 2100).size());
}

TEST_CASE("a watched directory never ends, and its new files are found in time") {
  Setup setup(Options{{"source.monitor-interval", "10 s"}});
  setup.write("in/a", lines(1, 1));
  CHECK(setup.all() == "1");
  CHECK(setup.state == exec::Polled::State::idle);
  setup.write("in/b", lines(2, 2));
  CHECK(setup.rest().empty());
  const auto wake = setup.source->wake_at();
  REQUIRE(wake);
  setup.world.clock.advance(*wake - setup.world.clock.monotonic());
  CHECK(setup.rest() == "2");
  setup.restart();
  CHECK(setup.rest().empty());
}

}  // namespace millrace::connector
