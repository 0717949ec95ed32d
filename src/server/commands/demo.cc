// millrace demo: a whole system on made-up load, with what to try beside it.

#include <array>
#include <map>

#include "base/clock.h"
#include "base/error.h"
#include "io/files.h"
#include "server/commands.h"
#include "server/context.h"
#include "server/demo/load.h"
#include "server/demo/recipe.h"
#include "server/demo/systems.h"
#include "server/server_run.h"
#include "server/settings.h"

namespace millrace::server {

namespace {

constexpr std::array kFlags{
    Flag{"--seconds", "N", "stop by itself after so long (runs until Ctrl-C)"},
    Flag{"--rate", "N", "records a second (as the system's generator.toml says)"},
    Flag{"--data", "DIR", "where it keeps everything (./data/demo/SYSTEM)"},
    kConfigFlag,
    Flag{"--kafka-port", "N", "9092, or any free port where that is taken"},
    Flag{"--http-port", "N", "8080, likewise"},
    Flag{"--pg-port", "N", "5439, likewise"},
    Flag{"--kinesis-port", "N", "4567, likewise"},
};
constexpr Duration kShowToPeople = Duration::milliseconds(500);
constexpr Duration kShowToLogs = Duration::seconds(5);

std::string grouped(uint64_t number) {
  std::string digits = std::to_string(number);
  for (int64_t at = static_cast<int64_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<size_t>(at), ",");
  }
  return digits;
}

Settings demo_settings(const Context& context, const Arguments& arguments, const System& system) {
  Settings base;
  base.data = "data/demo/" + std::string(system.name);
  base.log_level = "warning";  // the screen is for the demo
  base.take_free_port_instead = true;
  apply_demo_section(system.generator_path(), system.generator, base);
  return load_settings(context, arguments, std::move(base));
}

std::string topics_of(const Generator& generator) {
  std::string topics;
  for (const Recipe& recipe : generator.recipes) {
    topics += (topics.empty() ? "" : ", ") + recipe.topic;
  }
  return topics;
}

// A line for each port that had to be another, as somebody listens there already.
std::string taken_ports(const Settings& settings, const Ports& ports) {
  struct Wish {
    const char* what;
    uint16_t wanted;
    uint16_t got;
  };
  const Wish wishes[] = {{"Kafka", settings.kafka.port, ports.kafka},
                         {"Postgres", settings.postgres.port, ports.postgres},
                         {"HTTP", settings.http.port, ports.http}};
  std::string text;
  for (const Wish& wish : wishes) {
    if (wish.wanted != 0 && wish.wanted != wish.got) {
      text += "  Port " + std::to_string(wish.wanted) + " is taken: " + wish.what + " is at " +
              std::to_string(wish.got) + " instead.\n";
    }
  }
  return text;
}

std::string introduction(const Node& node, const System& system, const Generator& generator,
                         const Settings& settings) {
  const DemoSettings& demo = settings.demo;
  const std::string kafka = std::to_string(node.ports().kafka);
  const std::string http = std::to_string(node.ports().http);
  const std::string postgres = std::to_string(node.ports().postgres);
  const std::string data = " --data " + node.data_directory();
  const std::string& topic = generator.recipes.front().topic;
  std::string text =
      "\nMillrace runs " + system.pipeline_path() + " on made-up records:\n" + generator.about +
      "  " + grouped(static_cast<uint64_t>(demo.events_per_second)) + " records a second into " +
      topics_of(generator) + ", " + std::to_string(demo.bad_per_thousand / 10) +
      " % of them bad, some out of order, some late.\n"
      "  Their event time runs " +
      std::to_string(demo.speed) + " times faster than the clock.\n\n" +
      "  Kafka 127.0.0.1:" + kafka + "   Postgres 127.0.0.1:" + postgres +
      "   HTTP http://127.0.0.1:" + http + "   data " + node.data_directory() + "\n" +
      taken_ports(settings, node.ports()) + "\nTry, in another terminal:\n";
  for (const std::string& query : generator.queries) {
    text += "  psql -h 127.0.0.1 -p " + postgres + " -U millrace -c \"" + query + "\"\n";
  }
  return text + "  build/release/millrace sql" + data + " 'SHOW TABLES'\n" +
         "  build/release/millrace pipeline list" + data + "\n" +
         "  build/release/millrace topic consume " + topic + " --tail 3" + data + "\n" +
         "  kcat -b 127.0.0.1:" + kafka + " -t " + topic + " -C -o -3 -c 3\n" +
         "  curl -s http://127.0.0.1:" + http +
         "/metrics | grep millrace_operator\n\nCtrl-C stops it.\n\n";
}

// One line that says how it goes, rewritten for people, repeated calmly for logs.
class Ticker {
 public:
  Ticker(Context& context, ServerRun& server, const Load& load)
      : context_(context), server_(server), load_(load) {
    timer_ = server_.loop().run_after(pause(), [this] { tick(); });
  }
  void show(const char* end) {
    std::map<std::string, uint64_t> results;  // by table
    uint64_t rejected = 0;
    uint64_t late = 0;
    for (const api::NamedPipeline& pipeline : server_.node().pipelines().statuses()) {
      for (const exec::OperatorStatus& each : pipeline.status.operators) {
        if (each.id.starts_with("sink")) {
          results[each.what.substr(each.what.rfind(' ') + 1)] += each.counts.in;
        }
        rejected += each.counts.rejected;
        late += each.counts.late;
      }
    }
    std::string line = grouped(load_.written()) + " records in";
    for (const auto& [table, rows] : results) {
      line += ", " + grouped(rows) + " " + table;
    }
    const auto p99_us = load_.write_p99().ns / 1'000;
    context_.out(
        (context_.out_is_terminal ? "\r" : "") + line + ", " + grouped(rejected) + " unreadable, " +
        grouped(late) + " late; on disk within " +
        (p99_us < 1'000 ? std::to_string(p99_us) + " us" : std::to_string(p99_us / 1'000) + " ms") +
        " (p99)" + end);
  }

 private:
  Duration pause() const { return context_.out_is_terminal ? kShowToPeople : kShowToLogs; }
  void tick() {
    show(context_.out_is_terminal ? "   " : "\n");
    timer_ = server_.loop().run_after(pause(), [this] { tick(); });
  }

  Context& context_;
  ServerRun& server_;
  const Load& load_;
  std::unique_ptr<io::Timer> timer_;
};

int run(Context& context, const Arguments& arguments) {
  const System& system =
      find_system(arguments.operands.empty() ? "telecom-events" : arguments.operands[0]);
  const Generator generator = read_generator(system.generator_path(), system.generator);
  const auto seconds = arguments.find_integer("--seconds", 1, 1'000'000);
  const Settings settings = demo_settings(context, arguments, system);
  const std::string pipeline = lay_out(system, *context.files, io::join(settings.data, "system"));
  ServerRun server(context, settings, plan_text(context, system.pipeline, pipeline));
  auto load = std::make_unique<Load>(server.world(), server.loop(), server.node().topics(),
                                     server.node().syncer(), generator.recipes, settings.demo);
  context.out(introduction(server.node(), system, generator, settings));
  auto ticker = std::make_unique<Ticker>(context, server, *load);
  server.before_stopping([&] {
    ticker->show("\n");
    ticker.reset();
    load.reset();
    context.out("stopping: the last results are written and checkpointed\n");
  });
  std::unique_ptr<io::Timer> end;
  if (seconds) {
    end = server.loop().run_after(Duration::seconds(*seconds),
                                  [&server] { server.stop("the time given is over"); });
  }
  const int code = server.run();
  context.out("stopped; everything is in " + settings.data +
              ", and the next demo goes on from there\n");
  return code;
}

}  // namespace

Command demo_command() {
  return {.name = "demo",
          .operands = "[SYSTEM]",
          .summary = "a whole system on made-up load, to look at and to try things on",
          .about =
              "Starts a server with a system's pipeline and makes up load for it, as its\n"
              "generator.toml says. Without a name it is telecom-events: events of a mobile\n"
              "network, counted in windows by type and region, bad ones kept aside with their\n"
              "reason. It prints where everything listens and what to try, and goes on where the\n"
              "last demo ended. A system it does not know is answered with those it does.",
          .flags = kFlags,
          .examples =
              "  millrace demo\n"
              "  millrace demo telecom-events --seconds 30\n"
              "  millrace demo --rate 20000 --data /tmp/demo\n",
          .least_operands = 0,
          .most_operands = 1,
          .run = run};
}

}  // namespace millrace::server
