// DeleteStream: removes the topic, its records, and what groups committed for them.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DeleteStream.html

#include "broker/broker.h"
#include "broker/groups/offsets.h"
#include "io/event_loop.h"
#include "kinesis/calls.h"
#include "topic/store.h"

namespace millrace::kinesis {

void delete_stream(const Call& call, Writer&) {
  const std::string name = Service::stream_name(call.in);
  // There are no consumers that it could have to take along.
  static_cast<void>(call.in.flag("EnforceConsumerDeletion"));
  const auto stream = call.service.find(call.caller, broker::Operation::remove, name);
  const auto removed = call.service.topics().remove(name);
  if (!removed.ok()) {
    throw removed.error();
  }
  broker::Broker& broker = call.service.broker();
  broker.loop().post([&broker, name] { broker.offsets().forget_topic(name); });
}

}  // namespace millrace::kinesis
