#include "broker/groups/group_admin.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <set>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "broker/broker.h"
#include "broker/groups/groups.h"
#include "broker/groups/subscription.h"

namespace millrace::broker {

using OurErrorCode = millrace::ErrorCode;

namespace {

// A question to the loop: answered, or given up.
struct Question {
  std::mutex mutex;
  std::condition_variable answered;
  bool done = false;
  std::optional<Error> failure;

  void finish(std::optional<Error> error) {
    {
      const std::lock_guard lock(mutex);
      done = true;
      failure = std::move(error);
    }
    answered.notify_all();
  }
};

GroupPartition partition_at(const Broker& broker, const Offsets::Place& place) {
  GroupPartition partition;
  partition.place = place;
  ErrorCode fault = ErrorCode::none;
  if (const auto log = broker.find(place.topic, place.partition, fault)) {
    partition.start = log->start_offset();
    partition.end = log->end_offset();
  }
  return partition;
}

std::vector<Offsets::Place> places_of(const Broker& broker, const TopicPartitions& partitions) {
  std::vector<Offsets::Place> places;
  for (const auto& [id, numbers] : partitions) {
    if (const auto topic = broker.store().find(id)) {
      for (const int32_t number : numbers) {
        places.push_back({topic->name, number});
      }
    }
  }
  return places;
}

std::vector<GroupPartition> partitions_of(Broker& broker, const std::string& id) {
  std::map<Offsets::Place, GroupPartition> found;
  if (const auto* offsets = broker.offsets().find(id)) {
    for (const auto& [place, committed] : *offsets) {
      GroupPartition& partition = found[place] = partition_at(broker, place);
      partition.committed = committed;
    }
  }
  if (const Group* group = broker.groups().find(id)) {
    for (const auto& [member_id, member] : group->members()) {
      for (const Offsets::Place& place : places_of_assignment(member.assignment)) {
        if (!found.contains(place)) {
          found[place] = partition_at(broker, place);
        }
        found[place].member = member_id;
      }
    }
  }
  if (const ConsumerGroup* group = broker.groups().find_consumer_group(id)) {
    for (const auto& [member_id, member] : group->members()) {
      for (const Offsets::Place& place : places_of(broker, member.assigned)) {
        if (!found.contains(place)) {
          found[place] = partition_at(broker, place);
        }
        found[place].member = member_id;
      }
    }
  }
  std::vector<GroupPartition> all;
  for (auto& [place, partition] : found) {
    all.push_back(std::move(partition));
  }
  return all;
}

std::optional<int64_t> lag_of(const std::vector<GroupPartition>& partitions) {
  int64_t sum = 0;
  for (const GroupPartition& partition : partitions) {
    const std::optional<int64_t> lag = partition.lag();
    if (!lag) {
      return std::nullopt;
    }
    sum += *lag;
  }
  return sum;
}

GroupDescription describe_group(Broker& broker, const std::string& id) {
  const Group* group = broker.groups().find(id);
  const ConsumerGroup* consumer_group = broker.groups().find_consumer_group(id);
  if (group == nullptr && consumer_group == nullptr && broker.offsets().find(id) == nullptr) {
    throw Error(OurErrorCode::not_found, "there is no consumer group '" + id + "'");
  }
  GroupDescription description;
  description.partitions = partitions_of(broker, id);
  description.summary.id = id;
  description.summary.state = group == nullptr ? "Empty" : name_of(group->state());
  description.summary.protocol_type = group == nullptr ? "" : group->protocol_type();
  description.summary.lag = lag_of(description.partitions);
  if (group != nullptr) {
    for (const auto& [member_id, member] : group->members()) {
      description.members.push_back({member_id, member.instance_id, member.client_id, member.host});
    }
  }
  if (consumer_group != nullptr) {
    description.summary.state = name_of(consumer_group->state());
    description.summary.protocol_type = "consumer";
    for (const auto& [member_id, member] : consumer_group->members()) {
      description.members.push_back({member_id, member.instance_id, member.client_id, member.host});
    }
  }
  description.summary.members = static_cast<int64_t>(description.members.size());
  return description;
}

std::vector<Offsets::Place> places_in(const Broker& broker, const std::string& group,
                                      const ResetScope& scope) {
  std::vector<Offsets::Place> places;
  for (const ResetScope::Topic& wanted : scope.topics) {
    const auto topic = broker.store().find(wanted.name);
    if (topic == nullptr) {
      throw Error(OurErrorCode::not_found, "there is no topic '" + wanted.name + "'");
    }
    for (const int32_t partition : wanted.partitions) {
      places.push_back({wanted.name, partition});
    }
    for (size_t i = 0; wanted.partitions.empty() && i < topic->partitions.size(); ++i) {
      places.push_back({wanted.name, static_cast<int32_t>(i)});
    }
  }
  if (scope.topics.empty()) {
    const auto* offsets = broker.offsets().find(group);
    if (offsets == nullptr) {
      throw Error(OurErrorCode::not_found, "consumer group '" + group +
                                               "' has committed no offsets: name the topics that "
                                               "it is to read");
    }
    for (const auto& [place, committed] : *offsets) {
      places.push_back(place);
    }
  }
  return places;
}

// Nothing where the partition stays as it is.
std::optional<Offset> target_of(const ResetTo& to, const topic::Partition& log,
                                const Offsets::Place& place, std::optional<Offset> before) {
  const Offset start = log.start_offset();
  const Offset end = log.end_offset();
  Offset wanted = end;
  if (std::holds_alternative<ResetTo::Earliest>(to.target)) {
    wanted = start;
  } else if (std::holds_alternative<ResetTo::Current>(to.target)) {
    wanted = before.value_or(end);
  } else if (const auto* offset = std::get_if<Offset>(&to.target)) {
    wanted = *offset;
  } else if (const auto* shift = std::get_if<int64_t>(&to.target)) {
    if (!before) {
      return std::nullopt;  // there is nothing to count from
    }
    wanted = Offset(before->value + *shift);
  } else if (const auto* time = std::get_if<Timestamp>(&to.target)) {
    const auto found = log.find_by_time(*time);
    wanted = found ? found->offset : end;
  } else if (const auto* each = std::get_if<std::map<Offsets::Place, Offset>>(&to.target)) {
    const auto found = each->find(place);
    if (found == each->end()) {
      return std::nullopt;
    }
    wanted = found->second;
  }
  return std::clamp(wanted, start, end);
}

std::vector<ResetOffset> plan_reset(const Broker& broker, const std::string& group,
                                    const ResetScope& scope, const ResetTo& to) {
  std::vector<ResetOffset> plan;
  for (const Offsets::Place& place : places_in(broker, group, scope)) {
    ErrorCode fault = ErrorCode::none;
    const auto log = broker.find(place.topic, place.partition, fault);
    if (log == nullptr) {
      throw Error(OurErrorCode::not_found, "topic '" + place.topic +
                                               "' has no readable partition " +
                                               std::to_string(place.partition));
    }
    const auto* committed = broker.offsets().find(group, place);
    const auto before = committed == nullptr ? std::nullopt : std::optional(committed->offset);
    if (const auto offset = target_of(to, *log, place, before)) {
      plan.push_back({place, before, *offset});
    }
  }
  return plan;
}

void check_nobody_is_in(Broker& broker, const std::string& group, std::string_view what) {
  if (broker.groups().has_members(group)) {
    throw Error(OurErrorCode::conflict, "consumer group '" + group +
                                            "' has members; stop its consumers before its " +
                                            std::string(what));
  }
}

}  // namespace

GroupAdmin::GroupAdmin(Broker& broker)
    : broker_(broker), alive_(std::make_shared<Broker*>(&broker)) {}

GroupAdmin::~GroupAdmin() = default;

// Runs the question on the loop. A loop that does not come to it is stopping.
void GroupAdmin::on_loop(std::function<void()> question) {
  const auto asked = std::make_shared<Question>();
  broker_.loop().post(
      [asked, question = std::move(question), alive = std::weak_ptr<Broker*>(alive_)] {
        if (alive.expired()) {
          return;
        }
        try {
          question();
          asked->finish(std::nullopt);
        } catch (const Error& error) {
          // The request that asked it ends on the other thread.
          asked->finish(error);
        }
      });
  std::unique_lock lock(asked->mutex);
  constexpr std::chrono::seconds kPatience{10};
  if (!asked->answered.wait_for(lock, kPatience, [&asked] { return asked->done; })) {
    throw Error(OurErrorCode::unavailable, "the broker did not answer in time");
  }
  if (asked->failure) {
    throw Error(*asked->failure);
  }
}

std::vector<GroupSummary> GroupAdmin::list() {
  const auto found = std::make_shared<std::vector<GroupSummary>>();
  on_loop([found, &broker = broker_] {
    std::set<std::string> ids;
    for (const Group* group : broker.groups().list()) {
      ids.insert(group->id());
    }
    for (const ConsumerGroup* group : broker.groups().list_consumer_groups()) {
      ids.insert(group->id());
    }
    for (std::string& id : broker.offsets().groups()) {
      ids.insert(std::move(id));
    }
    for (const std::string& id : ids) {
      found->push_back(describe_group(broker, id).summary);
    }
  });
  return *found;
}

GroupDescription GroupAdmin::describe(const std::string& group) {
  const auto found = std::make_shared<GroupDescription>();
  on_loop([found, group, &broker = broker_] { *found = describe_group(broker, group); });
  return *found;
}

std::vector<ResetOffset> GroupAdmin::reset(const std::string& group, const ResetScope& scope,
                                           const ResetTo& to, ResetMode mode) {
  const auto plan = std::make_shared<std::vector<ResetOffset>>();
  on_loop([plan, group, scope, to, mode, &broker = broker_] {
    *plan = plan_reset(broker, group, scope, to);
    if (mode == ResetMode::execute) {
      check_nobody_is_in(broker, group, "offsets are reset");
    }
  });
  if (mode == ResetMode::show || plan->empty()) {
    return *plan;
  }
  std::vector<std::pair<Offsets::Place, Offsets::Committed>> offsets;
  for (const ResetOffset& each : *plan) {
    offsets.push_back(
        {each.place, {each.offset, -1, "", broker_.world().clock->now(), std::nullopt}});
  }
  // Waited for twice: for the loop, then for the disk.
  const auto durable = std::make_shared<Question>();
  on_loop([durable, group, offsets, &broker = broker_] {
    broker.offsets().commit(group, offsets, [durable](ErrorCode code) {
      durable->finish(code == ErrorCode::none
                          ? std::nullopt
                          : std::optional(Error(OurErrorCode::unavailable,
                                                "the offsets could not be written; see the log")));
    });
  });
  std::unique_lock lock(durable->mutex);
  durable->answered.wait_for(lock, std::chrono::seconds(10), [&] { return durable->done; });
  if (!durable->done) {
    throw Error(OurErrorCode::unavailable, "the offsets are written, but not durable yet");
  }
  if (durable->failure) {
    throw Error(*durable->failure);
  }
  return *plan;
}

void GroupAdmin::remove(const std::string& group) {
  on_loop([group, &broker = broker_] {
    check_nobody_is_in(broker, group, "deletion");
    const ErrorCode fault = broker.groups().remove(group);
    if (fault == ErrorCode::group_id_not_found) {
      throw Error(OurErrorCode::not_found, "there is no consumer group '" + group + "'");
    }
    if (fault != ErrorCode::none) {
      throw Error(OurErrorCode::unavailable, "the group could not be removed; see the log");
    }
  });
}

void GroupAdmin::forget_topic(const std::string& topic) {
  on_loop([topic, &broker = broker_] { broker.offsets().forget_topic(topic); });
}

void GroupAdmin::commit(const std::string& group,
                        std::vector<std::pair<Offsets::Place, Offset>> offsets) {
  broker_.loop().post([group, offsets = std::move(offsets), &broker = broker_,
                       alive = std::weak_ptr<Broker*>(alive_)] {
    if (alive.expired()) {
      return;
    }
    if (broker.groups().has_members(group)) {
      // Kafka refuses it too: the group's consumers would find their offsets changed.
      broker.world().log->warning("broker", "a pipeline's offsets are not committed",
                                  {{"group", group}, {"why", "consumers share the group"}});
      return;
    }
    std::vector<std::pair<Offsets::Place, Offsets::Committed>> all;
    for (const auto& [place, offset] : offsets) {
      all.push_back({place, {offset, -1, "", broker.world().clock->now(), std::nullopt}});
    }
    broker.offsets().commit(group, all, [](ErrorCode) {});  // the next epoch's comes soon
  });
}

std::optional<Offset> GroupAdmin::committed(const std::string& group,
                                            const Offsets::Place& place) const {
  const auto found = broker_.offsets().committed(group, place);
  return found ? std::optional(found->offset) : std::nullopt;
}

}  // namespace millrace::broker
