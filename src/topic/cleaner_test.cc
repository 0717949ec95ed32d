#include "topic/cleaner.h"

#include <doctest/doctest.h>

#include <chrono>
#include <semaphore>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "io/simulated_files.h"
#include "topic/store.h"

namespace millrace::topic {

namespace {

constexpr Duration kLong = Duration::seconds(300);

// The cleaner asks for the time once for each partition: this tells a test that it came by, and,
// while it still works, lets it rest for long.
class Doorbell final : public Clock {
 public:
  Timestamp now() const override {
    if (store != nullptr) {
      store->set_rest_of_cleaner(kLong);
      rings_.release();
    }
    return Timestamp{1'700'000'000'000};
  }
  Instant monotonic() const override { return {}; }
  bool rings() const { return rings_.try_acquire_for(std::chrono::seconds(20)); }

  Store* store = nullptr;

 private:
  mutable std::counting_semaphore<> rings_{0};
};

struct House {
  House() { REQUIRE(store.create("orders", 1).ok()); }

  Doorbell clock;
  Random random{1};
  io::SimulatedFiles files{1};
  Log log{&clock, LogLevel::off, [](const LogEntry&) {}};
  Metrics metrics;
  io::World world{&clock, &random, &files, &log, &metrics};
  Store store{world, "topics"};
};

}  // namespace

TEST_CASE("a cleaner that rests for long notices that it shall not") {
  House house;
  house.clock.store = &house.store;
  house.store.set_rest_of_cleaner({});
  Cleaner cleaner(house.world, &house.store);
  cleaner.start_thread();
  for (int round = 0; round < 5; ++round) {
    REQUIRE(house.clock.rings());
    house.store.set_rest_of_cleaner({});
  }
}

TEST_CASE("a cleaner rests, and not for so long that the disk fills up") {
  House house;
  house.store.set_rest_of_cleaner({});
  CHECK(house.store.rest_of_cleaner() == Duration::milliseconds(50));
  house.store.set_rest_of_cleaner(Duration::seconds(86'400));
  CHECK(house.store.rest_of_cleaner() == kLong);
  house.store.set_rest_of_cleaner(Duration::seconds(15));
  CHECK(house.store.rest_of_cleaner() == Duration::seconds(15));
}

}  // namespace millrace::topic
