// OffsetForLeaderEpoch: where an epoch of a partition's leader ended, so that a client sees whether
// what it has read is still there. There was one leader ever, of epoch 0, and it still leads.
// https://kafka.apache.org/protocol#The_Messages_OffsetForLeaderEpoch

#include "broker/handlers/offset_for_leader_epoch.h"

#include "broker/broker.h"

namespace millrace::broker {

using Request = kafka::OffsetForLeaderEpochRequest;
using Response = kafka::OffsetForLeaderEpochResponse;

static Response::Topic::Partition find_end(const Broker& broker, const Access& access,
                                           const std::string& topic,
                                           const Request::Topic::Partition& wanted) {
  Response::Topic::Partition answer;
  answer.index = wanted.index;
  const auto log = broker.find(access, Operation::describe, topic, wanted.index, answer.error_code);
  if (log == nullptr) {
    return answer;
  }
  if (wanted.current_leader_epoch > 0) {
    answer.error_code = ErrorCode::unknown_leader_epoch;
  } else if (wanted.leader_epoch >= 0) {
    answer.leader_epoch = 0;
    answer.end_offset = log->end_offset().value;
  }
  return answer;
}

Response offset_for_leader_epoch(Broker& broker, const Caller& caller, const Request& request) {
  Response response;
  for (const Request::Topic& topic : request.topics) {
    Response::Topic& answers = response.topics.emplace_back();
    answers.name = topic.name;
    for (const auto& wanted : topic.partitions) {
      answers.partitions.push_back(find_end(broker, caller.access, topic.name, wanted));
    }
  }
  return response;
}

}  // namespace millrace::broker
