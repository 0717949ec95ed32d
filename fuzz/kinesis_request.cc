// Feeds bytes to the Kinesis API: the first byte chooses the call, the second the encoding, the
// rest is the body. It answers exactly once, with a body that can be read back; it never breaks.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/check.h"
#include "base/error.h"
#include "base/json.h"
#include "broker/test_machine.h"
#include "kafka/records.h"
#include "kinesis/calls.h"
#include "kinesis/cbor.h"
#include "kinesis/endpoint.h"
#include "topic/store.h"

using namespace millrace;

namespace {

int ask(broker::Machine& machine, const kinesis::CallDescription& call, kinesis::Encoding encoding,
        std::string_view body) {
  int answers = 0;
  int status = 0;
  const auto reply =
      std::make_shared<kinesis::Reply>(encoding, [&](const io::http::Response& response) {
        ++answers;
        status = response.status;
        if (!response.body.empty()) {
          static_cast<void>(encoding == kinesis::Encoding::json
                                ? Json::parse(response.body)
                                : kinesis::parse_cbor(response.body));
        }
      });
  kinesis::Service service{*machine.broker, {.directory = "data", .limits = {}}};
  kinesis::carry_out(service, {&call, encoding, std::string(body), "us-east-1", "127.0.0.1"},
                     reply);
  machine.settle_and_sync();
  check(answers == 1, "a call is answered once");
  return status;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) {
    return 0;
  }
  const auto calls = kinesis::all_calls();
  const kinesis::CallDescription& call = calls[data[0] % calls.size()];
  if (call.serve == nullptr) {
    return 0;
  }
  broker::Machine machine;
  machine.start();
  check(machine.store->create("s", 2).ok());
  const auto encoding = data[1] % 2 == 0 ? kinesis::Encoding::json : kinesis::Encoding::cbor;
  ask(machine, call, encoding, {reinterpret_cast<const char*>(data) + 2, size - 2});
  // What it wrote can be read.
  if (const auto stream = machine.store->find("s")) {
    for (const auto& shard : stream->partitions) {
      const auto read = shard->read_committed(shard->start_offset(), 1 << 20);
      for (std::string_view rest = read->batches.view();
           const auto batch = kafka::BatchView::front_of(rest);) {
        for (kafka::Records records(*batch); records.next() != nullptr;) {
        }
        rest.remove_prefix(batch->size());
      }
    }
  }
  return 0;
}
