// OffsetFetch: how far a group has read. From version 8 on several groups are asked for at once.
// https://kafka.apache.org/protocol#The_Messages_OffsetFetch

#include "broker/handlers/offset_fetch.h"

#include "broker/broker.h"
#include "broker/offsets.h"

namespace millrace::broker {

using Request = kafka::OffsetFetchRequest;
using Response = kafka::OffsetFetchResponse;

namespace {

using Topics = std::vector<Response::Group::GroupTopic>;

// What clients understand as "nothing committed".
constexpr Offset kNone{-1};

void add(const Offsets::Place& place, const Offsets::Committed* committed, Topics& topics) {
  if (topics.empty() || topics.back().name != place.topic) {
    topics.push_back({place.topic, {}});
  }
  auto& partition = topics.back().partitions.emplace_back();
  partition.index = place.partition;
  partition.committed_offset = committed ? committed->offset.value : kNone.value;
  partition.committed_leader_epoch = committed ? committed->leader_epoch : -1;
  partition.metadata = committed ? committed->metadata : "";
}

// Of the partitions that are asked for, or of all that the group committed.
template <typename WantedTopics>
Topics committed(const Offsets& offsets, const std::string& group, const WantedTopics& wanted) {
  Topics topics;
  if (!wanted) {
    if (const auto* all = offsets.find(group)) {
      for (const auto& [place, committed] : *all) {
        add(place, &committed, topics);
      }
    }
    return topics;
  }
  for (const auto& topic : *wanted) {
    topics.push_back({topic.name, {}});
    for (const int32_t partition : topic.partitions) {
      const Offsets::Place place{topic.name, partition};
      add(place, offsets.find(group, place), topics);
    }
  }
  return topics;
}

// Who asks for stable offsets alone waits for transactions that would change them.
void refuse_undecided(const Offsets& offsets, const std::string& group, Topics& topics) {
  for (auto& topic : topics) {
    for (auto& partition : topic.partitions) {
      if (offsets.is_undecided(group, {topic.name, partition.index})) {
        partition = {partition.index, kNone.value, -1, "", ErrorCode::unstable_offset_commit};
      }
    }
  }
}

}  // namespace

Response offset_fetch(Broker& broker, const Request& request) {
  const Offsets& offsets = broker.offsets();
  Response response;
  const auto answer_for = [&](const std::string& group, const auto& wanted) {
    Topics topics = committed(offsets, group, wanted);
    if (request.require_stable) {
      refuse_undecided(offsets, group, topics);
    }
    return topics;
  };
  for (const Request::Group& group : request.groups) {
    response.groups.push_back(
        {group.group_id, answer_for(group.group_id, group.topics), ErrorCode::none});
  }
  for (auto& topic : answer_for(request.group_id, request.topics)) {
    Response::Topic& single = response.topics.emplace_back();
    single.name = std::move(topic.name);
    for (auto& partition : topic.partitions) {
      single.partitions.push_back({partition.index, partition.committed_offset,
                                   partition.committed_leader_epoch, std::move(partition.metadata),
                                   partition.error_code});
    }
  }
  return response;
}

}  // namespace millrace::broker
