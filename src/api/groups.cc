// /api/v1/groups: consumer groups, how far they have read and where they go on.

#include "api/route.h"
#include "base/error.h"
#include "broker/groups/group_admin.h"

namespace millrace::api {

namespace {

broker::GroupAdmin& groups_of(const Call& call) {
  if (call.services.groups == nullptr) {
    throw Error(ErrorCode::unavailable,
                "no server runs on this data directory, and groups are its broker's: start one "
                "with 'millrace server'");
  }
  return *call.services.groups;
}

Json summary_json(const broker::GroupSummary& group) {
  return Json::object({{"group", group.id},
                       {"state", group.state},
                       {"protocol_type", group.protocol_type},
                       {"members", group.members},
                       {"lag", group.lag ? Json(*group.lag) : Json()}});
}

Json partition_json(const broker::GroupPartition& partition) {
  Json json = Json::object({{"topic", partition.place.topic},
                            {"partition", int64_t{partition.place.partition}},
                            {"committed_offset", Json()},
                            {"start_offset", partition.start.value},
                            {"end_offset", partition.end.value},
                            {"lag", partition.lag() ? Json(*partition.lag()) : Json()},
                            {"metadata", ""},
                            {"committed_at_ms", Json()},
                            {"member", partition.member}});
  if (partition.committed) {
    json.set("committed_offset", partition.committed->offset.value);
    json.set("metadata", partition.committed->metadata);
    json.set("committed_at_ms", partition.committed->at.ms);
  }
  return json;
}

Json member_json(const broker::GroupDescription::Member& member) {
  return Json::object({{"member", member.id},
                       {"instance", member.instance_id ? Json(*member.instance_id) : Json()},
                       {"client", member.client_id},
                       {"host", member.host}});
}

broker::ResetScope scope_in(const Json& body) {
  broker::ResetScope scope;
  const Json* topics = body.find("topics");
  if (topics == nullptr) {
    return scope;
  }
  for (const Json& topic : topics->as_array()) {
    auto& wanted = scope.topics.emplace_back();
    wanted.name = Call::required(topic, "topic").as_string();
    if (const Json* partitions = topic.find("partitions")) {
      for (const Json& partition : partitions->as_array()) {
        wanted.partitions.push_back(static_cast<int32_t>(partition.as_int()));
      }
    }
  }
  return scope;
}

std::map<broker::Offsets::Place, Offset> offsets_in(const Json& list, broker::ResetScope& scope) {
  std::map<broker::Offsets::Place, Offset> offsets;
  for (const Json& each : list.as_array()) {
    const std::string& topic = Call::required(each, "topic").as_string();
    const auto partition = static_cast<int32_t>(Call::required(each, "partition").as_int());
    offsets[{topic, partition}] = Offset(Call::required(each, "offset").as_int());
    scope.topics.push_back({topic, {partition}});
  }
  return offsets;
}

broker::ResetTo target_in(const Json& body, broker::ResetScope& scope) {
  if (const Json* offset = body.find("offset")) {
    return {Offset(offset->as_int())};
  }
  if (const Json* shift = body.find("shift_by")) {
    return {shift->as_int()};
  }
  if (const Json* time = body.find("time_ms")) {
    return {Timestamp{time->as_int()}};
  }
  if (const Json* offsets = body.find("offsets")) {
    return {offsets_in(*offsets, scope)};
  }
  const std::string& to = Call::required(body, "to").as_string();
  if (to == "earliest") {
    return {broker::ResetTo::Earliest{}};
  }
  if (to == "latest") {
    return {broker::ResetTo::Latest{}};
  }
  if (to == "current") {
    return {broker::ResetTo::Current{}};
  }
  throw Error(ErrorCode::invalid_argument,
              "cannot reset to '" + to + "': earliest, latest and current are possible");
}

}  // namespace

io::http::Response list_groups(const Call& call) {
  Json groups = Json::array();
  for (const broker::GroupSummary& group : groups_of(call).list()) {
    groups.push(summary_json(group));
  }
  return json(Json::object({{"groups", std::move(groups)}}));
}

io::http::Response describe_group(const Call& call) {
  const broker::GroupDescription group = groups_of(call).describe(call.captured.front());
  Json members = Json::array();
  for (const auto& member : group.members) {
    members.push(member_json(member));
  }
  Json partitions = Json::array();
  for (const auto& partition : group.partitions) {
    partitions.push(partition_json(partition));
  }
  Json body = summary_json(group.summary);
  body.set("members", std::move(members));
  body.set("partitions", std::move(partitions));
  return json(body);
}

io::http::Response delete_group(const Call& call) {
  groups_of(call).remove(call.captured.front());
  return {.status = 204, .content_type = "", .body = "", .headers = {}};
}

io::http::Response reset_group_offsets(const Call& call) {
  const Json body = call.body();
  const Json* dry_run = body.find("dry_run");
  const bool only_show = dry_run != nullptr && dry_run->as_bool();
  broker::ResetScope scope = scope_in(body);
  const broker::ResetTo to = target_in(body, scope);
  Json offsets = Json::array();
  for (const broker::ResetOffset& each :
       groups_of(call).reset(call.captured.front(), scope, to,
                             only_show ? broker::ResetMode::show : broker::ResetMode::execute)) {
    offsets.push(Json::object({{"topic", each.place.topic},
                               {"partition", int64_t{each.place.partition}},
                               {"before", each.before ? Json(each.before->value) : Json()},
                               {"offset", each.offset.value}}));
  }
  return json(Json::object({{"offsets", std::move(offsets)}}));
}

}  // namespace millrace::api
