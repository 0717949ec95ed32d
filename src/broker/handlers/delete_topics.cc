// DeleteTopics: removes topics, and what groups committed for them.
// https://kafka.apache.org/protocol#The_Messages_DeleteTopics

#include "broker/handlers/delete_topics.h"

#include "broker/broker.h"
#include "broker/offsets.h"

namespace millrace::broker {

using Request = kafka::DeleteTopicsRequest;
using Response = kafka::DeleteTopicsResponse;

static void remove(Broker& broker, const std::string& name, Response::Topic& result) {
  result.name = name;
  if (is_internal(name)) {
    result.error_code = ErrorCode::invalid_topic;
    result.error_message = "the broker needs this topic";
    return;
  }
  const auto removed = broker.store().remove(name);
  if (!removed.ok()) {
    result.error_code = kafka::to_kafka(removed.error().code());
    result.error_message = removed.error().message();
    return;
  }
  result.topic_id = *removed;
  broker.offsets().forget_topic(name);
}

Response delete_topics(Broker& broker, const Request& request) {
  Response response;
  for (const std::string& name : request.topic_names) {
    remove(broker, name, response.topics.emplace_back());
  }
  for (const Request::Topic& wanted : request.topics) {
    Response::Topic& result = response.topics.emplace_back();
    if (wanted.name) {
      remove(broker, *wanted.name, result);
    } else if (const auto topic = broker.store().find(wanted.topic_id)) {
      remove(broker, topic->name, result);
    } else {
      result.topic_id = wanted.topic_id;
      result.error_code = ErrorCode::unknown_topic_id;
    }
  }
  return response;
}

}  // namespace millrace::broker
