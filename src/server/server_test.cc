#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <future>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/random.h"
#include "codec/parquet/parquet.h"
#include "exec/sink.h"
#include "exec/source.h"
#include "io/simulated_files.h"
#include "server/command_line.h"
#include "server/commands.h"
#include "server/context.h"
#include "server/log_sink.h"
#include "server/pipeline_changes.h"
#include "server/print.h"
#include "server/settings.h"

namespace millrace::server {

namespace {

constexpr std::array kFlags{Flag{"--data", "DIR", "where"}, Flag{"--all", "", "everything"},
                            Flag{"--file", "FILE", "what", "-f"}};
constexpr Command kCommand{.name = "weigh",
                           .operands = "NAME...",
                           .summary = "weigh things",
                           .about = "Weighs.",
                           .flags = kFlags,
                           .examples = "",
                           .least_operands = 1,
                           .most_operands = 2};

Arguments parse(std::vector<std::string> words) { return parse_arguments(kCommand, words); }

std::string refused(std::vector<std::string> words) {
  try {
    parse(std::move(words));
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

std::string fault(const std::string& toml) {
  try {
    Settings settings;
    apply_toml("m.toml", toml, settings);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("flags and operands") {
  const Arguments arguments = parse({"a", "--data", "x", "--file=y=z", "--all", "--", "--b"});
  CHECK(arguments.operands == std::vector<std::string>{"a", "--b"});
  CHECK(arguments.get("--data", "") == "x");
  CHECK(arguments.get("--file", "") == "y=z");
  CHECK(arguments.has("--all"));
  CHECK(parse({"-", "-f", "q"}).operands == std::vector<std::string>{"-"});
  CHECK(refused({"a", "--dtaa", "x"}).find("did you mean '--data'") != std::string::npos);
  CHECK(refused({"a", "--data"}) == "--data needs a value: --data DIR");
  CHECK(refused({"a", "--all=1"}) == "--all stands alone and takes no value");
  CHECK(refused({}) == "something is missing: the form is 'millrace weigh NAME...'");
  CHECK(refused({"a", "b", "c"}).find("'c' is one word too many") == 0);
  CHECK(refused({"a", ""}).find("one of the words is empty") == 0);
  CHECK(refused({"--help"}).empty());
  CHECK(parse({"a", "--data", "12"}).find_integer("--data", 0, 12) == 12);
  CHECK_THROWS_AS(parse({"a", "--data", "13"}).find_integer("--data", 0, 12), UsageError);
  CHECK_THROWS_AS(parse({"a", "--data", "1x"}).find_integer("--data", 0, 12), UsageError);
}

TEST_CASE("wrong verbs are answered with the nearest, help with text") {
  std::string out;
  std::string err;
  Context context;
  context.out = [&](std::string_view text) { out += text; };
  context.err = [&](std::string_view text) { err += text; };
  const auto run = [&](std::vector<std::string> words) {
    out.clear();
    err.clear();
    return run_command_line(context, words);
  };
  CHECK(run({"sevrer"}) == 2);
  CHECK(err.find("did you mean 'server'") != std::string::npos);
  CHECK(run({}) == 2);
  CHECK(run({"--help"}) == 0);
  CHECK(out.find("\n  server ") != std::string::npos);
  CHECK(run({"topic", "create", "--help"}) == 0);
  CHECK(out.find("millrace topic create NAME") == 0);
  CHECK(run({"help", "server"}) == 0);
  CHECK(out.find("--kafka-port N") != std::string::npos);
  CHECK(run({"topic", "creat", "x"}) == 2);
  CHECK(run({"version"}) == 0);
}

TEST_CASE("a text that comes over the network loads only what the server's files name") {
  const std::string text =
      "CREATE FUNCTION f AS 'far' LANGUAGE C USING LIBRARY '/nowhere/libnone.so'";
  const auto refused = doctest::Contains("p.sql:1:53: a text that comes over the network");
  const io::World world;
  const connector::Environment environment;
  connector::Connectors connectors(environment);
  Pipelines pipelines(world, connectors, "", {}, {});
  PipelineChanges changes(world, pipelines, environment);
  CHECK_THROWS_WITH_AS(changes.plan(text, "p.sql"), refused, Error);

  const auto planned = [&](const plan::Loadable& loadable) {
    plan::plan_program(text, "p.sql", connector::connections(), loadable);
  };
  const auto tried = doctest::Contains("cannot load library");
  CHECK_THROWS_WITH_AS(planned(plan::library_functions_in(text, "")), tried, Error);
  CHECK_THROWS_WITH_AS(planned({}), tried, Error);
  using Named = plan::LibraryFunctions;
  CHECK_THROWS_WITH_AS(planned(Named{{"/nowhere/libnone.so", "near"}}), refused, Error);
  CHECK_THROWS_WITH_AS(planned(Named{{"/elsewhere/libnone.so", "far"}}), refused, Error);
}

namespace {

class NoSink final : public exec::Sink {
 public:
  void write(const Batch&) override {}
  std::string prepare(Epoch) override { return ""; }
  void publish(Epoch, std::string_view) override {}
};

// Holds the first pipeline up that begins, until it is let go.
class SlowConnectors final : public exec::Connectors {
 public:
  std::unique_ptr<exec::Source> make_source(const plan::Scan&, exec::TaskContext&) override {
    return nullptr;
  }
  std::unique_ptr<exec::Sink> make_sink(const plan::Sink&, exec::TaskContext&) override {
    if (!is_held_.exchange(true)) {
      begins_.set_value();
      let_go_.get_future().wait();
    }
    return std::make_unique<NoSink>();
  }
  void wait_until_held() { begins_.get_future().wait(); }
  void let_go() { let_go_.set_value(); }

 private:
  std::atomic<bool> is_held_ = false;
  std::promise<void> begins_;
  std::promise<void> let_go_;
};

}  // namespace

TEST_CASE("who asks for a change, or stops them, does not wait for a pipeline that begins") {
  io::SimulatedFiles files{1};
  files.make_directories("data");
  const SystemClock clock;
  Log log(&clock, LogLevel::off, [](const LogEntry&) {});
  io::World world;
  world.files = &files;
  world.log = &log;
  world.clock = &clock;
  const connector::Environment environment;
  SlowConnectors connectors;
  Pipelines pipelines(world, connectors, "data", {}, {});
  PipelineChanges changes(world, pipelines, environment);
  const Json request = Json::object({{"kind", "apply"},
                                     {"file", "p.sql"},
                                     {"sql",
                                      "CREATE TABLE t (a INT) WITH ('connector' = 'blackhole');"
                                      "INSERT INTO t VALUES (1);"}});
  auto begun = std::async(std::launch::async, [&] { return changes.begin("t", request); });
  connectors.wait_until_held();
  CHECK_THROWS_WITH_AS(changes.status("u"), "there was no change of pipeline 'u'", Error);
  CHECK_THROWS_WITH_AS(changes.begin("t", request), "a change of pipeline 't' is under way", Error);
  changes.stop();
  CHECK_FALSE(changes.has_ended());
  connectors.let_go();
  CHECK(begun.get().at("kind").as_string() == "begin");
  CHECK(changes.has_ended());
}

TEST_CASE("pipelines draw on their own threads, and never from the main thread's generator") {
  io::SimulatedFiles files{1};
  files.make_directories("data");
  const SystemClock clock;
  Log log(&clock, LogLevel::off, [](const LogEntry&) {});
  Random random{1};
  io::World world;
  world.files = &files;
  world.log = &log;
  world.clock = &clock;
  world.random = &random;
  codec::Parquet parquet;
  connector::Environment environment;
  environment.parquet = &parquet;
  environment.lake_directory = "data/lake";
  connector::Connectors connectors(environment);
  // A new table of the lake is given an id.
  plan::Program program = plan::plan_program(
      "CREATE TABLE t (a INT) WITH ('connector' = 'delta'); INSERT INTO t VALUES (1)", "p.sql",
      connector::connections());
  std::vector<PlannedJob> jobs;
  jobs.push_back({"p.sql", std::move(program.jobs.at(0))});
  const Pipelines pipelines(world, connectors, "data/pipelines", std::move(jobs), {});
  REQUIRE(files.is_directory("data/lake/t"));
  Random forked_once{1};
  forked_once.next();
  CHECK(random.next() == forked_once.next());
}

TEST_CASE("millrace.toml") {
  Settings settings;
  apply_toml("m.toml",
             "[kafka]\nport = 19092\n[server]\ndata = '/d'\ndrain_timeout = '500 ms'\n"
             "[log]\nlevel = 'debug'\n",
             settings);
  CHECK(settings.kafka.port == 19092);
  CHECK(settings.data == "/d");
  CHECK(settings.drain_timeout == Duration::milliseconds(500));
  CHECK(settings.log_level == "debug");
  CHECK(settings.http.port == 8080);
  CHECK(fault("[kafka]\nprot = 1\n") ==
        "m.toml:2:1: there is no setting 'kafka.prot' (did you mean 'kafka.port'?)");
  CHECK(fault("[kafak]\nport = 1\n").find("did you mean 'kafka'?") != std::string::npos);
  CHECK(fault("[kafka]\nport = '1'\n").find("m.toml:2:1: 'kafka.port' takes") == 0);
  CHECK(fault("[kafka]\nport = 70000\n").find("port = 9092") != std::string::npos);
  CHECK(fault("[log]\nlevel = 'loud'\n").find("debug|info|warning|error") != std::string::npos);
  CHECK(fault("[server]\ndrain_timeout = 'soon'\n").find("duration") != std::string::npos);
  CHECK(fault("[server\n").find("m.toml:1:") == 0);
}

TEST_CASE("results for people and for programs") {
  const TextTable table{.columns = {"name", "n"},
                        .rows = {{"ü", int64_t{1}}, {"a,\"b", Json()}, {Json(), int64_t{12}}}};
  CHECK(rendered(table, OutputFormat::table) ==
        "name     n\n"
        "----  ----\n"
        "ü        1\n"
        "a,\"b  NULL\n"
        "NULL    12\n");
  CHECK(rendered(table, OutputFormat::csv) == "name,n\nü,1\n\"a,\"\"b\",\n,12\n");
  CHECK(Json::parse(rendered(table, OutputFormat::json)).as_array()[2].at("n").as_int() == 12);
}

TEST_CASE("a log line for a terminal") {
  const LogField fields[] = {{"ms", 120}, {"disk", "/d"}};
  CHECK(readable({Timestamp{1'761'992'102'123}, LogLevel::warning, "broker", "slow disk",
                  fields}) == "10:15:02 warning broker: slow disk ms=120 disk=/d");
}

}  // namespace millrace::server
