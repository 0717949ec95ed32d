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
  const Json body = call.body();
  const int64_t count = Call::required(body, "count").as_int();
  const auto had = static_cast<int64_t>(topic->partitions.size());
  if (count <= had || count > kMostPartitions) {
    throw Error(ErrorCode::invalid_argument,
                "cannot make " + std::to_string(count) + " partitions: topic '" + topic->name +
                    (count <= had ? "' has " + std::to_string(had) + " already"
                                  : "' has " + std::to_string(had) + ", and " +
                                        std::to_string(kMostPartitions) + " are the most"));
  }
  const auto grown = call.services.topics->add_partitions(topic->name, static_cast<int32_t>(count));
  if (!grown.ok()) {
    throw grown.error();
  }
  return json(topic_json(**grown));
}

// What is deleted is gone: nothing is, where one of the partitions would refuse.
static void check_deletes(const topic::Topic& topic, int64_t first, int64_t last,
                          const std::optional<Offset>& before) {
  for (int64_t i = first; i <= last; ++i) {
    const topic::Partition* log = topic.partitions[static_cast<size_t>(i)].get();
    if (log == nullptr) {
      throw Error(ErrorCode::corrupt, "partition " + std::to_string(i) + " is damaged");
    }
    if (before && *before > log->end_offset()) {
      throw Error(ErrorCode::invalid_argument,
                  "partition " + std::to_string(i) + " ends at " +
                      std::to_string(log->end_offset().value) + ", before " +
                      std::to_string(before->value) +
                      ": nothing was deleted; name a partition that reaches so far");
    }
  }
}

static Json delete_before(topic::Partition& log, int64_t partition,
                          const std::optional<Offset>& before) {
  const auto start = log.delete_before(before.value_or(log.end_offset()));
  if (!start.ok()) {
    throw start.error();
  }
  return Json::object({{"partition", partition}, {"start_offset", start->value}});
}

io::http::Response delete_topic_records(const Call& call) {
  const auto topic = named_topic(call);
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
  check_deletes(*topic, first, last, before);
  Json partitions = Json::array();
  for (int64_t i = first; i <= last; ++i) {
    partitions.push(delete_before(*topic->partitions[static_cast<size_t>(i)], i, before));
  }
  return json(Json::object({{"partitions", std::move(partitions)}}));
}

}  // namespace millrace::api
