// /api/v1/topics/{topic}: changing a topic that is there, with what Kafka refuses refused.

#include "api/route.h"
#include "base/error.h"
#include "topic/store.h"

namespace millrace::api {

// With what the body sets, and without what it has as null.
static topic::Settings changed_settings(topic::Settings settings, const Json& body) {
  for (const auto& [name, value] : body.as_members()) {
    if (!value.is_null()) {
      settings[name] = value.as_string();
    } else if (topic::find_setting(name) != nullptr) {
      settings.erase(name);
    } else {
      throw Error(ErrorCode::invalid_argument, "Unknown topic config name: " + name);
    }
  }
  check_settings(settings);
  return settings;
}

io::http::Response change_topic_settings(const Call& call) {
  const auto topic = named_topic(call);
  check_not_internal(topic->name, "its settings do not change");
  const Json body = call.body();
  const auto configured = call.services.topics->configure(
      topic->name, [&body](topic::Settings settings) -> Result<topic::Settings> {
        return changed_settings(std::move(settings), body);
      });
  if (!configured.ok()) {
    throw configured.error();
  }
  return json(topic_json(**configured));
}

io::http::Response add_topic_partitions(const Call& call) {
  const auto topic = named_topic(call);
  check_not_internal(topic->name, "it has one partition");
  const Json body = call.body();
  const int64_t count = Call::required(body, "count").as_int();
  const auto had = static_cast<int64_t>(topic->partitions.size());
  if (count <= had || count > kMostPartitions) {
    throw Error(ErrorCode::invalid_argument, "cannot make " + std::to_string(count) +
                                                 " partitions: topic '" + topic->name + "' has " +
                                                 std::to_string(had) + ", and " +
                                                 std::to_string(kMostPartitions) + " are the most");
  }
  const auto grown = call.services.topics->add_partitions(topic->name, static_cast<int32_t>(count));
  if (!grown.ok()) {
    throw grown.error();
  }
  return json(topic_json(**grown));
}

static Json delete_before(topic::Partition* log, int64_t partition,
                          const std::optional<Offset>& before) {
  if (log == nullptr) {
    throw Error(ErrorCode::corrupt, "partition " + std::to_string(partition) + " is damaged");
  }
  const auto start = log->delete_before(before.value_or(log->end_offset()));
  if (!start.ok()) {
    throw start.error();
  }
  return Json::object({{"partition", partition}, {"start_offset", start->value}});
}

io::http::Response delete_topic_records(const Call& call) {
  const auto topic = named_topic(call);
  check_not_internal(topic->name, "its records stay");
  if (!topic::options_of(call.services.topics->in_force(topic->settings)).deletes) {
    throw Error(ErrorCode::invalid_argument,
                "records of topic '" + topic->name +
                    "' are not deleted: its cleanup.policy is to compact alone");
  }
  const auto count = static_cast<int64_t>(topic->partitions.size());
  int64_t first = 0;
  int64_t last = count - 1;
  if (call.request.parameter("partition") != nullptr) {
    first = last = call.number("partition", 0, INT32_MAX);
  }
  if (last >= count) {
    throw Error(ErrorCode::not_found,
                "topic '" + topic->name + "' has no partition " + std::to_string(last));
  }
  std::optional<Offset> before;
  if (call.request.parameter("before") != nullptr) {
    before = Offset(call.number("before", 0, INT64_MAX));
  }
  Json partitions = Json::array();
  for (int64_t i = first; i <= last; ++i) {
    partitions.push(delete_before(topic->partitions[static_cast<size_t>(i)].get(), i, before));
  }
  return json(Json::object({{"partitions", std::move(partitions)}}));
}

}  // namespace millrace::api
