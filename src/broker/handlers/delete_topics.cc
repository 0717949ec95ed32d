// DeleteTopics: removes topics, and what groups committed for them.
// https://kafka.apache.org/protocol#The_Messages_DeleteTopics

#include "broker/handlers/delete_topics.h"

#include <map>

#include "broker/broker.h"
#include "broker/groups/offsets.h"

namespace millrace::broker {

using Request = kafka::DeleteTopicsRequest;
using Response = kafka::DeleteTopicsResponse;

static void remove(Broker& broker, const Access& access, const std::string& name,
                   Response::Topic& result) {
  result.name = name;
  result.error_code = access.fault_at_topic(Operation::remove, name);
  if (result.error_code != ErrorCode::none) {
    return;
  }
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
}

static Response remove_all(Broker& broker, const Access& access, const Request& request) {
  Response response;
  std::map<std::string_view, int> times;
  for (const std::string& name : request.topic_names) {
    ++times[name];
  }
  for (const Request::Topic& wanted : request.topics) {
    if (wanted.name) {
      ++times[*wanted.name];
    }
  }
  // Who names one twice is told so once, and it stays, as at Kafka.
  const auto remove_once = [&](const std::string& name) {
    int& named = times[name];
    if (named > 0) {
      Response::Topic& result = response.topics.emplace_back();
      if (named == 1) {
        remove(broker, access, name, result);
      } else {
        result.name = name;
        result.error_code = ErrorCode::invalid_request;
        result.error_message = "Duplicate topic name.";
      }
    }
    named = 0;
  };
  for (const std::string& name : request.topic_names) {
    remove_once(name);
  }
  for (const Request::Topic& wanted : request.topics) {
    if (wanted.name) {
      remove_once(*wanted.name);
      continue;
    }
    Response::Topic& result = response.topics.emplace_back();
    if (const auto topic = broker.store().find(wanted.topic_id);
        topic != nullptr && access.may(Operation::describe, ResourceType::topic, topic->name)) {
      remove(broker, access, topic->name, result);
    } else {
      result.topic_id = wanted.topic_id;
      result.error_code = ErrorCode::unknown_topic_id;
    }
  }
  return response;
}

void delete_topics(Broker& broker, const Caller& caller, Request request, const Answer& answer) {
  const auto response = std::make_shared<Response>();
  broker.off_loop(
      answer,
      [&broker, access = caller.access, response, request = std::move(request)] {
        *response = remove_all(broker, access, request);
      },
      [&broker, response, answer] {
        for (const Response::Topic& topic : response->topics) {
          if (topic.error_code == ErrorCode::none) {
            broker.offsets().forget_topic(*topic.name);
          }
        }
        answer.send(*response);
      });
}

}  // namespace millrace::broker
