// OffsetFetch: how far a group has read. From version 8 on several groups are asked for at once,
// from version 10 on topics by their ids.
// https://kafka.apache.org/protocol#The_Messages_OffsetFetch

#include "broker/handlers/offset_fetch.h"

#include <span>

#include "broker/broker.h"
#include "broker/groups/offsets.h"
#include "broker/session.h"

namespace millrace::broker {

using Request = kafka::OffsetFetchRequest;
using Response = kafka::OffsetFetchResponse;
using Topic = Response::Group::GroupTopic;

namespace {

// From this version on several groups are asked for.
constexpr int16_t kAsksSeveral = 8;
// From this version on answers have ids in place of names.
constexpr int16_t kHasIds = 10;

// What clients understand as "nothing committed".
constexpr Offset kNone{-1};

void add(const Offsets::Place& place, const Offsets::Committed* committed, Topic& topic) {
  auto& partition = topic.partitions.emplace_back();
  partition.index = place.partition;
  partition.committed_offset = committed ? committed->offset.value : kNone.value;
  partition.committed_leader_epoch = committed ? committed->leader_epoch : -1;
  partition.metadata = committed ? committed->metadata : "";
}

std::vector<Topic> all_committed(const Offsets& offsets, const std::string& group) {
  std::vector<Topic> topics;
  if (const auto* all = offsets.find(group)) {
    for (const auto& [place, committed] : *all) {
      if (topics.empty() || topics.back().name != place.topic) {
        topics.push_back({place.topic, {}, {}});
      }
      add(place, &committed, topics.back());
    }
  }
  return topics;
}

template <typename WantedTopic>
Topic committed(const Offsets& offsets, const std::string& group, const WantedTopic& wanted) {
  Topic topic{wanted.name, {}, {}};
  for (const int32_t partition : wanted.partitions) {
    const Offsets::Place place{wanted.name, partition};
    add(place, offsets.find(group, place), topic);
  }
  return topic;
}

// Of the partitions that are asked for, or of all that the group committed.
template <typename WantedTopics>
std::vector<Topic> committed(const Offsets& offsets, const std::string& group,
                             const std::optional<WantedTopics>& wanted) {
  if (!wanted) {
    return all_committed(offsets, group);
  }
  std::vector<Topic> topics;
  for (const auto& topic : *wanted) {
    topics.push_back(committed(offsets, group, topic));
  }
  return topics;
}

// The names of what is asked for by id; what has none is answered as Kafka does.
void find_names(Broker& broker, Request::Group& group, std::vector<Topic>& unknown) {
  if (!group.topics) {
    return;
  }
  std::erase_if(*group.topics, [&](auto& wanted) {
    ErrorCode fault = ErrorCode::none;
    const auto topic = broker.find_topic("", wanted.topic_id, fault);
    if (wanted.topic_id.is_zero()) {
      fault = ErrorCode::unknown_topic_id;
    }
    if (topic != nullptr) {
      wanted.name = topic->name;
      return false;
    }
    Topic& answer = unknown.emplace_back();
    answer.topic_id = wanted.topic_id;
    for (const int32_t partition : wanted.partitions) {
      add({"", partition}, nullptr, answer);
      answer.partitions.back().error_code = fault;
    }
    return true;
  });
}

// Topics that are gone have no id any more, and so no place in the answer.
void set_ids(Broker& broker, std::vector<Topic>& topics) {
  std::erase_if(topics, [&broker](Topic& each) {
    const auto topic = broker.store().find(each.name);
    each.topic_id = topic == nullptr ? kafka::Uuid() : topic->id;
    return topic == nullptr;
  });
}

// Who asks for stable offsets alone waits for transactions that would change them.
void refuse_undecided(const Offsets& offsets, const std::string& group,
                      std::vector<Topic>& topics) {
  for (Topic& topic : topics) {
    for (auto& partition : topic.partitions) {
      if (offsets.is_undecided(group, {topic.name, partition.index})) {
        partition = {partition.index, kNone.value, -1, "", ErrorCode::unstable_offset_commit};
      }
    }
  }
}

template <typename WantedTopics>
std::vector<Topic> committed(const Offsets& offsets, const std::string& group,
                             const std::optional<WantedTopics>& wanted, bool require_stable) {
  std::vector<Topic> topics = committed(offsets, group, wanted);
  if (require_stable) {
    refuse_undecided(offsets, group, topics);
  }
  return topics;
}

void leave_out_unallowed(const Access& access, std::vector<Topic>& topics) {
  std::erase_if(topics, [&access](const Topic& topic) {
    return !access.may(Operation::describe, ResourceType::topic, topic.name);
  });
}

template <typename Topics>
void refuse(Topics&& topics, ErrorCode code) {
  for (auto& topic : topics) {
    for (auto& partition : topic.partitions) {
      partition = {partition.index, kNone.value, -1, "", code};
    }
  }
}

void refuse_unallowed(const Access& access, std::vector<Topic>& topics) {
  for (Topic& topic : topics) {
    const ErrorCode refusal = access.fault_at_topic(Operation::describe, topic.name);
    if (refusal != ErrorCode::none) {
      refuse(std::span(&topic, 1), refusal);
    }
  }
}

// Of the partitions that are asked for, or of all that the group committed: what may be told.
template <typename WantedTopics>
std::vector<Topic> committed(const Broker& broker, const Access& access, const std::string& group,
                             const std::optional<WantedTopics>& wanted, bool require_stable) {
  std::vector<Topic> topics = committed(broker.offsets(), group, wanted, require_stable);
  if (wanted) {
    refuse_unallowed(access, topics);
  } else {
    leave_out_unallowed(access, topics);
  }
  return topics;
}

Response::Group answer_for(Broker& broker, const Access& access, Request::Group& group,
                           bool require_stable, int16_t version) {
  Response::Group answer{group.group_id, {}, ErrorCode::none};
  answer.error_code = access.fault_at_group(Operation::describe, group.group_id);
  if (answer.error_code != ErrorCode::none) {
    return answer;
  }
  std::vector<Topic> unknown;
  if (version >= kHasIds) {
    find_names(broker, group, unknown);
  }
  answer.topics = committed(broker, access, group.group_id, group.topics, require_stable);
  if (version >= kHasIds) {
    set_ids(broker, answer.topics);
  }
  answer.topics.insert(answer.topics.end(), unknown.begin(), unknown.end());
  return answer;
}

Response::Topic as_single(Topic topic) {
  Response::Topic single;
  single.name = std::move(topic.name);
  for (auto& partition : topic.partitions) {
    single.partitions.push_back({partition.index, partition.committed_offset,
                                 partition.committed_leader_epoch, std::move(partition.metadata),
                                 partition.error_code});
  }
  return single;
}

}  // namespace

void offset_fetch(Broker& broker, const Caller& caller, Request request, const Answer& answer) {
  Response response;
  for (Request::Group& group : request.groups) {
    response.groups.push_back(
        answer_for(broker, caller.access, group, request.require_stable, caller.version));
  }
  if (caller.version >= kAsksSeveral) {
    answer.send(response);
    return;
  }
  response.error_code = caller.access.fault_at_group(Operation::describe, request.group_id);
  for (auto& topic :
       committed(broker, caller.access, request.group_id, request.topics, request.require_stable)) {
    response.topics.push_back(as_single(std::move(topic)));
  }
  if (response.error_code != ErrorCode::none) {
    refuse(response.topics, response.error_code);
  }
  answer.send(response);
}

}  // namespace millrace::broker
