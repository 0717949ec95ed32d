// The broker alone, for client tests and measurements: serves a data directory on a free port of
// loopback, prints the port, and runs until SIGTERM.
//
//   broker_only DIRECTORY [PORT] [os] [sasl] [tls] [impatient]
//
// `tls` takes certificate.pem and key.pem of the directory, `impatient` closes connections that are
// silent for a second.

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "broker/broker.h"
#include "broker/server.h"
#include "io/asio_loop.h"
#include "io/files.h"
#include "io/terminal.h"
#include "io/tls.h"
#include "topic/cleaner.h"

using namespace millrace;

static int serve(const std::string& directory, broker::ServerOptions listen,
                 topic::SyncPolicy sync) {
  SystemClock clock;
  // Not the same ids in two lives: the seed is the time.
  Random random(static_cast<uint64_t>(clock.now().ms));
  io::LocalFiles files;
  Log log(&clock, LogLevel::info,
          [](const LogEntry& entry) { std::fprintf(stderr, "%s\n", entry.to_json().c_str()); });
  Metrics metrics;
  const io::World world{&clock, &random, &files, &log, &metrics};

  io::AsioLoop loop;
  topic::Store store(world, io::join(directory, "topics"));
  topic::Syncer syncer(world);
  topic::Cleaner cleaner(world, &store);
  broker::Options options;
  options.directory = io::join(directory, "broker");
  options.sync = sync;
  broker::Broker broker(world, &loop, &store, &syncer, options);
  syncer.start_thread();
  broker.worker().start_thread();
  cleaner.start_thread();
  broker::Server server(broker, std::move(listen));
  std::printf("%d\n", server.port());
  std::fflush(stdout);
  loop.on_signal({SIGTERM, SIGINT}, [&loop](int) { loop.stop(); });
  loop.run();
  store.prepare_to_stop();
  return 0;
}

int main(int argc, char** argv) {
  if (argc < 2 || std::string_view(argv[1]).starts_with("-")) {
    std::fprintf(stderr, "broker_only DIRECTORY [PORT] [os] [sasl] [tls] [impatient]\n");
    return 2;
  }
  io::raise_open_file_limit();
  try {
    const std::vector<std::string> words(argv + 1, argv + argc);
    const auto is_said = [&words](const char* word) {
      return std::find(words.begin(), words.end(), word) != words.end();
    };
    broker::ServerOptions listen;
    listen.port = static_cast<uint16_t>(argc > 2 ? std::stoi(argv[2]) : 0);
    listen.login = is_said("sasl") ? broker::LoginPolicy::users_only : broker::LoginPolicy::anybody;
    if (is_said("tls")) {
      io::LocalFiles files;
      listen.tls = std::make_shared<io::Tls>(files.read_all(io::join(argv[1], "certificate.pem")),
                                             files.read_all(io::join(argv[1], "key.pem")));
    }
    if (is_said("impatient")) {
      listen.most_silence = Duration::seconds(1);
    }
    return serve(argv[1], listen,
                 is_said("os") ? topic::SyncPolicy::os : topic::SyncPolicy::acknowledged);
  } catch (const Error& error) {
    // main: whoever started us reads it.
    std::fprintf(stderr, "broker_only: %s\n", error.what());
    return 1;
  }
}
