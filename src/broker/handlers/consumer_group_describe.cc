// ConsumerGroupDescribe: groups whose partitions the broker shares out.
// https://kafka.apache.org/protocol#The_Messages_ConsumerGroupDescribe

#include "broker/handlers/consumer_group_describe.h"

#include "broker/broker.h"
#include "broker/groups/groups.h"
#include "broker/groups/offsets.h"

namespace millrace::broker {

using Response = kafka::ConsumerGroupDescribeResponse;

namespace {

// Topics that are gone are left out: there is no name to give.
template <typename Share>
Share share_of(const Broker& broker, const TopicPartitions& partitions) {
  Share share;
  for (const auto& [id, numbers] : partitions) {
    if (const auto topic = broker.store().find(id)) {
      share.topic_partitions.push_back({id, topic->name, {numbers.begin(), numbers.end()}});
    }
  }
  return share;
}

Response::Group::Member describe(const Broker& broker, const ConsumerGroup& group,
                                 const ConsumerGroup::Member& member) {
  using Described = Response::Group::Member;
  constexpr int8_t kOfThisProtocol = 1;
  Described described;
  described.member_id = member.id;
  described.instance_id = member.instance_id;
  described.rack_id = member.rack_id;
  described.member_epoch = member.epoch;
  described.client_id = member.client_id;
  described.client_host = member.host;
  described.subscribed_topic_names.assign(member.topics.begin(), member.topics.end());
  described.subscribed_topic_regex = member.pattern_text();
  described.assignment = share_of<Described::Assignment>(broker, member.assigned);
  described.target_assignment =
      share_of<Described::TargetAssignment>(broker, group.target_of(member.id));
  described.member_type = kOfThisProtocol;
  return described;
}

Response::Group describe(const Broker& broker, const ConsumerGroup& group) {
  Response::Group described;
  described.group_state = name_of(group.state());
  described.group_epoch = group.epoch();
  described.assignment_epoch = group.target_epoch();
  described.assignor_name = group.assignor();
  for (const auto& [id, member] : group.members()) {
    described.members.push_back(describe(broker, group, member));
  }
  return described;
}

}  // namespace

Response consumer_group_describe(Broker& broker, const Caller& caller,
                                 const kafka::ConsumerGroupDescribeRequest& request) {
  Response response;
  for (const std::string& id : request.group_ids) {
    const ErrorCode refusal = caller.access.fault_at_group(Operation::describe, id);
    if (refusal != ErrorCode::none) {
      response.groups.emplace_back().error_code = refusal;
    } else if (const ConsumerGroup* group = broker.groups().find_consumer_group(id)) {
      response.groups.push_back(describe(broker, *group));
    } else {
      auto& absent = response.groups.emplace_back();
      absent.error_code = ErrorCode::group_id_not_found;
      const bool is_classic =
          broker.groups().find(id) != nullptr || broker.offsets().find(id) != nullptr;
      absent.error_message =
          "Group " + id + (is_classic ? " is not a consumer group." : " not found.");
    }
    response.groups.back().group_id = id;
    if (request.include_authorized_operations && refusal == ErrorCode::none) {
      response.groups.back().authorized_operations =
          caller.access.operations_at(ResourceType::group, id);
    }
  }
  return response;
}

}  // namespace millrace::broker
