// Feeds bytes to a port for users as a client that logs in: SaslHandshake in the version that the
// first byte says, by the mechanism that the second says, then the steps, cut at line feeds. Nobody
// gets in, for there are no users; nothing breaks.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "broker/access/credentials.h"
#include "broker/access/login.h"
#include "io/simulated_files.h"

using namespace millrace;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) {
    return 0;
  }
  ManualClock clock{Timestamp{1'767'225'600'000}};
  Random random{1};
  io::SimulatedFiles disk{1};
  Log log{&clock, LogLevel::off, [](const LogEntry&) {}};
  Metrics metrics;
  const broker::Credentials nobody({&clock, &random, &disk, &log, &metrics}, "data");
  broker::Login login(broker::LoginPolicy::users_only, {});
  const Instant now = clock.monotonic();
  const auto& mechanisms = broker::all_mechanisms();
  login.shake_hands({mechanisms[data[1] % mechanisms.size()]}, static_cast<int16_t>(data[0] % 2),
                    now);
  std::string_view rest(reinterpret_cast<const char*>(data) + 2, size - 2);
  while (!rest.empty() && login.expects_step()) {
    const std::string_view bytes = rest.substr(0, rest.find('\n'));
    broker::Authentication::Step step = login.take_step(bytes, nobody);
    check(!login.admits(kafka::ApiKey::metadata, now), "nobody gets in while it is checked");
    if (step.check && !step.check(nobody)) {
      step.state = broker::Authentication::State::refused;
    }
    login.conclude(std::move(step), 2, now);
    rest.remove_prefix(std::min(rest.size(), bytes.size() + 1));
  }
  check(!login.admits(kafka::ApiKey::metadata, now), "nobody gets in");
  return 0;
}
