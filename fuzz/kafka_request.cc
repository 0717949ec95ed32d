// Feeds bytes to the Kafka broker as a client that got past the length of a frame: requests of any
// API and version, record batches and all. The broker answers or closes; it never breaks, and what
// it appends can be read back.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "base/shared_bytes.h"
#include "broker/broker.h"
#include "broker/session.h"
#include "io/simulated_files.h"
#include "io/simulated_loop.h"
#include "kafka/records.h"
#include "topic/store.h"
#include "topic/syncer.h"

using namespace millrace;

namespace {

broker::Options options() {
  broker::Options options;
  options.directory = "data";
  return options;
}

struct World {
  ManualClock clock{Timestamp{1'767'225'600'000}};
  Random random{1};
  io::SimulatedFiles disk{1};
  Log log{&clock, LogLevel::off, [](std::string_view) {}};
  Metrics metrics;
  io::World world{&clock, &random, &disk, &log, &metrics};
  io::SimulatedLoop loop{&clock};
  topic::Store topics{world, "data/topics"};
  topic::Syncer syncer{world};
  broker::Endpoint endpoint;
  broker::Broker broker{world, &loop, &topics, &syncer, options()};
};

void read_back(const topic::Store& topics) {
  const auto topic = topics.find("t");
  const auto partition = topic ? topic->find(PartitionIndex(0)) : nullptr;
  if (!partition || partition->start_offset() == partition->end_offset()) {
    return;
  }
  const auto bytes = partition->read(partition->start_offset(), 1 << 20);
  for (std::string_view rest = bytes->view(); auto batch = kafka::BatchView::front_of(rest);) {
    try {
      for (kafka::Records records(*batch); records.next() != nullptr;) {
      }
    } catch (const Error&) {  // what a producer compressed may be anything
    }
    rest.remove_prefix(batch->size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  World world;
  const auto session =
      std::make_shared<broker::Session>(world.broker, world.endpoint, "127.0.0.1:50000",
                                        broker::Session::Events{[](const kafka::Frame&) {}, [] {}});
  session->receive(SharedBytes::copy_of({reinterpret_cast<const char*>(data), size}));
  while (world.loop.run_ready() || world.syncer.step()) {
  }
  world.clock.advance(Duration::seconds(60));  // what waits runs out of time
  while (world.loop.run_ready() || world.syncer.step()) {
  }
  read_back(world.topics);
  session->end();
  return 0;
}
