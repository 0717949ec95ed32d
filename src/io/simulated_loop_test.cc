#include "io/simulated_loop.h"

#include <doctest/doctest.h>

#include <string>

namespace millrace::io {

TEST_CASE("tasks and timers run in order, when asked to and not before") {
  ManualClock clock(Timestamp{0});
  SimulatedLoop loop(&clock);
  std::string ran;
  loop.post([&] { ran += "a"; });
  const auto late = loop.run_after(Duration::seconds(2), [&] { ran += "d"; });
  const auto early = loop.run_after(Duration::seconds(1), [&] {
    ran += "b";
    loop.post([&] { ran += "c"; });
  });
  auto cancelled = loop.run_after(Duration::seconds(1), [&] { ran += "x"; });
  CHECK(ran.empty());
  CHECK(loop.run_ready());
  CHECK(ran == "a");
  CHECK_FALSE(loop.run_ready());
  cancelled.reset();
  clock.advance(Duration::seconds(1));
  CHECK(loop.run_ready());
  CHECK(ran == "abc");
  clock.advance(Duration::seconds(1));
  loop.run_ready();
  CHECK(ran == "abcd");
}

}  // namespace millrace::io
