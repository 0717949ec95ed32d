// /api/v1/topics: the topics of the broker.

#include "api/route.h"
#include "base/error.h"
#include "broker/broker.h"
#include "broker/groups/group_admin.h"
#include "topic/store.h"

namespace millrace::api {

std::shared_ptr<const topic::Topic> named_topic(const Call& call) {
  const std::string& name = call.captured.front();
  check_not_internal(name);
  std::shared_ptr<const topic::Topic> topic = call.services.topics->find(name);
  if (topic == nullptr) {
    throw Error(millrace::ErrorCode::not_found, "there is no topic '" + name + "'");
  }
  return topic;
}

static Json partition_json(int64_t index, const topic::Partition* partition) {
  if (partition == nullptr) {
    return Json::object({{"partition", index}, {"damaged", true}});
  }
  return Json::object({{"partition", index},
                       {"start_offset", partition->start_offset().value},
                       {"end_offset", partition->end_offset().value},
                       {"bytes", partition->size_bytes()}});
}

Json topic_json(const topic::Topic& topic) {
  Json partitions = Json::array();
  for (const auto& partition : topic.partitions) {
    partitions.push(
        partition_json(static_cast<int64_t>(partitions.as_array().size()), partition.get()));
  }
  Json settings = Json::object();
  for (const auto& [key, value] : topic.settings) {
    settings.set(key, value);
  }
  return Json::object({{"name", topic.name}, {"partitions", partitions}, {"settings", settings}});
}

void check_settings(const topic::Settings& settings) {
  if (const std::string fault = topic::fault_in_settings(settings); !fault.empty()) {
    throw Error(millrace::ErrorCode::invalid_argument, fault);
  }
}

void check_not_internal(std::string_view topic) {
  if (broker::is_internal(topic)) {
    throw Error(millrace::ErrorCode::invalid_argument,
                "the broker keeps topic '" + std::string(topic) +
                    "' itself, and shows it to Kafka's clients alone; 'millrace group' tells what "
                    "groups have committed");
  }
}

io::http::Response list_topics(const Call& call) {
  Json topics = Json::array();
  for (const auto& topic : call.services.topics->list()) {
    if (!broker::is_internal(topic->name)) {
      topics.push(topic_json(*topic));
    }
  }
  return json(Json::object({{"topics", std::move(topics)}}));
}

io::http::Response describe_topic(const Call& call) { return json(topic_json(*named_topic(call))); }

io::http::Response create_topic(const Call& call) {
  const Json body = call.body();
  topic::Settings settings;
  if (const Json* given = body.find("settings")) {
    for (const auto& [key, value] : given->as_members()) {
      settings.emplace(key, value.as_string());
    }
  }
  check_settings(settings);
  const std::string& name = Call::required(body, "name").as_string();
  check_not_internal(name);
  const Json* partitions = body.find("partitions");
  const int64_t count = partitions == nullptr ? 1 : partitions->as_int();
  if (count < 1 || count > kMostPartitions) {
    throw Error(millrace::ErrorCode::invalid_argument, "a topic has 1 to 10000 partitions");
  }
  const auto created =
      call.services.topics->create(name, static_cast<int32_t>(count), std::move(settings));
  if (!created.ok()) {
    throw created.error();
  }
  return json(topic_json(**created), 201);
}

io::http::Response delete_topic(const Call& call) {
  check_not_internal(call.captured.front());
  const auto removed = call.services.topics->remove(call.captured.front());
  if (!removed.ok()) {
    throw removed.error();
  }
  if (call.services.groups != nullptr) {
    call.services.groups->forget_topic(call.captured.front());
  }
  return {.status = 204, .content_type = "", .body = "", .headers = {}};
}

}  // namespace millrace::api
