// Serves a lake over the Postgres protocol and nothing else, for the tests of that protocol:
//
//   lake_server DIRECTORY     prints the port it chose, and ends with its standard input

#include <unistd.h>

#include <cstdio>
#include <thread>

#include "base/clock.h"
#include "base/random.h"
#include "io/asio_loop.h"
#include "io/files.h"
#include "query/engine.h"
#include "query/pgwire/server.h"

int main(int count, char** arguments) {
  using namespace millrace;
  if (count != 2) {
    std::fprintf(stderr, "usage: lake_server DIRECTORY\n");
    return 2;
  }
  SystemClock clock;
  Random random(static_cast<uint64_t>(clock.monotonic().ns));
  io::LocalFiles files;
  const io::World world{&clock, &random, &files, nullptr, nullptr};
  io::AsioLoop loop;
  query::Engine engine(world, {.lake_directory = arguments[1]});
  query::pgwire::Server server(world, loop, engine, {.port = 0});
  std::printf("%d\n", server.port());
  std::fflush(stdout);
  std::thread watch([&loop] {
    char ignored = 0;
    while (::read(STDIN_FILENO, &ignored, 1) > 0) {
    }
    loop.stop();
  });
  loop.run();
  watch.join();
}
