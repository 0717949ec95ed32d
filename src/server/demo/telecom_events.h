#pragma once

// Made-up telecom events, as a network would send them: mostly data sessions, some out of order,
// some late, some that break a rule. The same seed and start give the same events.

#include <string>
#include <string_view>

#include "base/random.h"
#include "base/time.h"
#include "server/settings.h"

namespace millrace::server {

// The files of systems/telecom-events, as they were when this program was built.
std::string_view telecom_events_pipeline();
std::string_view telecom_events_generator_settings();

class TelecomEvents {
 public:
  TelecomEvents(Random random, const DemoSettings& settings)
      : random_(random), settings_(settings) {}

  // An event of about `now` (in event time), as JSON.
  std::string next(Timestamp now);

 private:
  void add_measures(std::string& event, std::string_view type, bool bad);
  uint64_t between(uint64_t least, uint64_t most) {
    return least + random_.below(most - least + 1);
  }
  bool of_thousand(int64_t n) { return static_cast<int64_t>(random_.below(1000)) < n; }
  Timestamp time_near(Timestamp now);

  Random random_;
  DemoSettings settings_;
  uint64_t number_ = 0;
};

// The event time of an event that next() made; nothing where it has none.
std::optional<Timestamp> time_of_event(std::string_view event);

}  // namespace millrace::server
