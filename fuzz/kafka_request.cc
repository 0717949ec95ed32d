// Feeds bytes to the Kafka broker as a client that got past the length of a frame: requests of any
// API and version, record batches and all. The broker answers or closes; it never breaks, and what
// it appends can be read back.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/shared_bytes.h"
#include "broker/test_machine.h"
#include "kafka/records.h"
#include "topic/store.h"

using namespace millrace;

namespace {

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
  broker::Machine machine;
  machine.start();
  const broker::Endpoint endpoint;
  const auto session =
      std::make_shared<broker::Session>(*machine.broker, endpoint, "127.0.0.1:50000",
                                        broker::Session::Events{[](const kafka::Frame&) {}, [] {}});
  session->receive(SharedBytes::copy_of({reinterpret_cast<const char*>(data), size}));
  machine.settle_and_sync();
  machine.clock.advance(Duration::seconds(60));  // what waits runs out of time
  machine.settle_and_sync();
  read_back(*machine.store);
  session->end();
  return 0;
}
