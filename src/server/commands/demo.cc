// millrace demo: a whole system on made-up load, with what to try beside it.

#include <array>

#include "base/clock.h"
#include "base/error.h"
#include "io/files.h"
#include "server/commands.h"
#include "server/context.h"
#include "server/demo/load.h"
#include "server/demo/telecom_events.h"
#include "server/server_run.h"
#include "server/settings.h"

namespace millrace::server {

namespace {

constexpr std::array kFlags{
    Flag{"--seconds", "N", "stop by itself after so long (runs until Ctrl-C)"},
    Flag{"--rate", "N", "events a second (2000)"},
    Flag{"--data", "DIR", "where it keeps everything (./data/demo)"},
    kConfigFlag,
    Flag{"--kafka-port", "N", "9092, or any free port where that is taken"},
    Flag{"--http-port", "N", "8080, likewise"},
    Flag{"--pg-port", "N", "5439, likewise"},
};
constexpr const char* kTopic = "telecom_events";
constexpr Duration kShowToPeople = Duration::milliseconds(500);
constexpr Duration kShowToLogs = Duration::seconds(5);

std::string grouped(uint64_t number) {
  std::string digits = std::to_string(number);
  for (int64_t at = static_cast<int64_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<size_t>(at), ",");
  }
  return digits;
}

Settings demo_settings(const Context& context, const Arguments& arguments) {
  Settings base;
  base.data = "data/demo";
  base.log_level = "warning";  // the screen is for the demo
  base.take_free_port_instead = true;
  apply_toml("systems/telecom-events/generator.toml", telecom_events_generator_settings(), base);
  return load_settings(context, arguments, std::move(base));
}

std::string introduction(const Node& node, const DemoSettings& demo) {
  const std::string kafka = std::to_string(node.ports().kafka);
  const std::string http = std::to_string(node.ports().http);
  const std::string postgres = std::to_string(node.ports().postgres);
  const std::string data = node.data_directory();
  return "\nMillrace runs systems/telecom-events/pipeline.sql on made-up events:\n"
         "  " +
         grouped(static_cast<uint64_t>(demo.events_per_second)) +
         " events a second into the topic telecom_events, " +
         std::to_string(demo.bad_per_thousand / 10) +
         " % of them bad, some out of order, some late.\n"
         "  Their event time runs " +
         std::to_string(demo.speed) +
         " times faster than the clock, so a 5-minute window closes every " +
         std::to_string(std::max<int64_t>(1, 300 / std::max<int64_t>(1, demo.speed))) +
         " s.\n\n"
         "  Kafka 127.0.0.1:" +
         kafka + "   Postgres 127.0.0.1:" + postgres + "   HTTP http://127.0.0.1:" + http +
         "   data " + data +
         "\n\n"
         "Try, in another terminal:\n"
         "  psql -h 127.0.0.1 -p " +
         postgres +
         " -U millrace -c 'SELECT * FROM real_time_metrics ORDER BY window_end DESC LIMIT 10'\n"
         "  build/release/millrace sql --data " +
         data +
         " 'SELECT reason, count(*) FROM anomalies GROUP BY reason'\n"
         "  build/release/millrace pipeline list --data " +
         data +
         "\n"
         "  build/release/millrace topic consume telecom_events --tail 3 --data " +
         data +
         "\n"
         "  kcat -b 127.0.0.1:" +
         kafka +
         " -t telecom_events -C -o -3 -c 3\n"
         "  curl -s http://127.0.0.1:" +
         http +
         "/metrics | grep millrace_operator\n\n"
         "Ctrl-C stops it.\n\n";
}

// One line that says how it goes, rewritten for people, repeated calmly for logs.
class Ticker {
 public:
  Ticker(Context& context, ServerRun& server, const Load& load)
      : context_(context), server_(server), load_(load) {
    timer_ = server_.loop().run_after(pause(), [this] { tick(); });
  }
  void show(const char* end) {
    uint64_t windows = 0;
    uint64_t anomalies = 0;
    uint64_t late = 0;
    for (const api::NamedPipeline& pipeline : server_.node().pipelines().statuses()) {
      for (const exec::OperatorStatus& each : pipeline.status.operators) {
        const bool sink = each.id.starts_with("sink");
        windows +=
            sink && each.what.find("real_time_metrics") != std::string::npos ? each.counts.in : 0;
        anomalies += sink && each.what.find("anomalies") != std::string::npos ? each.counts.in : 0;
        anomalies += each.counts.rejected;
        late += each.counts.late;
      }
    }
    const auto p99_us = load_.write_p99().ns / 1'000;
    context_.out(
        (context_.out_is_terminal ? "\r" : "") + grouped(load_.written()) + " events in, " +
        grouped(windows) + " window results, " + grouped(anomalies) + " anomalies, " +
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
  const std::string system = arguments.operands.empty() ? "telecom-events" : arguments.operands[0];
  if (system != "telecom-events") {
    throw UsageError("there is no system '" + system + "'; the one there is: telecom-events");
  }
  const auto seconds = arguments.find_integer("--seconds", 1, 1'000'000);
  const Settings settings = demo_settings(context, arguments);
  ServerRun server(context, settings,
                   plan_text(telecom_events_pipeline(), "systems/telecom-events/pipeline.sql"));
  auto load = std::make_unique<Load>(server.world(), server.loop(), server.node().topics(),
                                     server.node().syncer(), kTopic, settings.demo);
  context.out(introduction(server.node(), settings.demo));
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
              "Starts a server with a system's pipelines and makes up load for it. There is one\n"
              "system so far, telecom-events: events of a mobile network, counted in windows by\n"
              "type and region, bad ones kept aside with their reason. It prints where everything\n"
              "listens and what to try, and goes on where the last demo ended.",
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
