// millrace server: everything in one process, until it is told to stop.

#include <array>

#include "server/commands.h"
#include "server/context.h"
#include "server/server_run.h"
#include "server/settings.h"

namespace millrace::server {

static constexpr std::array kFlags{
    kDataFlag,
    kConfigFlag,
    Flag{"--kafka-port", "N", "where Kafka clients connect (9092; 0 takes a free port)"},
    Flag{"--http-port", "N", "REST API, /metrics, /healthz (8080; 0 takes a free port)"},
    Flag{"--pg-port", "N", "psql and other Postgres clients (5439; 0 takes a free port)"},
    Flag{"--kinesis-port", "N", "clients of Amazon Kinesis (4567; 0 takes a free port)"},
    Flag{"--registry-port", "N", "accepted; the schema registry is not served yet"},
};

static int run(Context& context, const Arguments& arguments) {
  const Settings settings = load_settings(context, arguments);
  std::vector<PlannedJob> jobs = plan_files(context, arguments.operands);
  ServerRun server(context, settings, std::move(jobs));
  return server.run();
}

Command server_command() {
  return {
      .name = "server",
      .operands = "[FILE.sql...]",
      .summary = "serve Kafka, Kinesis, HTTP and Postgres clients, and run pipelines",
      .about =
          "Starts the broker, with a port for Kafka's clients and one for Kinesis's, the REST API\n"
          "and the Postgres port on 127.0.0.1, and the pipelines of the given SQL files. "
          "Everything it keeps is in the data directory; once all of it\n"
          "works, DIR/ports.json says where it listens. Stops on Ctrl-C or SIGTERM: requests are\n"
          "finished and each pipeline takes a last checkpoint. A second signal ends it at once,\n"
          "which loses nothing either, but the next start has more to recover.",
      .flags = kFlags,
      .examples =
          "  millrace server systems/telecom-events/pipeline.sql\n"
          "  millrace server --data /var/lib/millrace --kafka-port 19092 orders.sql\n"
          "  millrace server --kafka-port 0 --http-port 0 --pg-port 0   # any free ports\n",
      .least_operands = 0,
      .most_operands = kAnyNumber,
      .run = run};
}

}  // namespace millrace::server
