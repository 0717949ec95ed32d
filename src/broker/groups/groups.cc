#include "broker/groups/groups.h"

#include "base/clock.h"
#include "base/log.h"
#include "broker/broker.h"
#include "broker/coordinator_log.h"
#include "broker/groups/group_records.h"
#include "broker/groups/offsets.h"
#include "broker/metrics.h"

namespace millrace::broker {

// Kafka's offsets.retention.check.interval.ms.
static constexpr Duration kExpiryInterval = Duration::seconds(600);

bool Groups::apply(const kafka::Record& record) {
  const std::optional<GroupRecord> found = group_record(record);
  if (!found) {
    return false;
  }
  if (found->generation) {
    find_or_make(found->group)->restore(*found->generation);
  } else if (groups_.erase(found->group) != 0) {
    broker_.metrics().groups.add(-1);
  }
  return true;
}

void Groups::start() {
  for (const auto& [id, group] : groups_) {
    group->resume();
  }
  wait_to_expire();
}

Group* Groups::find(std::string_view id) {
  const auto found = groups_.find(id);
  return found == groups_.end() ? nullptr : found->second.get();
}

Group* Groups::find_or_make(const std::string& id) {
  if (const auto other = consumer_groups_.find(id); other != consumer_groups_.end()) {
    if (!other->second->members().empty()) {
      return nullptr;
    }
    consumer_groups_.erase(other);
    broker_.metrics().groups.add(-1);
  }
  std::unique_ptr<Group>& group = groups_[id];
  if (!group) {
    group = std::make_unique<Group>(broker_, id);
    broker_.metrics().groups.add(1);
  }
  return group.get();
}

ConsumerGroup* Groups::find_consumer_group(std::string_view id) {
  const auto found = consumer_groups_.find(id);
  return found == consumer_groups_.end() ? nullptr : found->second.get();
}

ConsumerGroup* Groups::find_or_make_consumer_group(const std::string& id) {
  if (const Group* classic = find(id)) {
    if (!classic->members().empty() || forget_classic(id) != ErrorCode::none) {
      return nullptr;
    }
  }
  std::unique_ptr<ConsumerGroup>& group = consumer_groups_[id];
  if (!group) {
    group = std::make_unique<ConsumerGroup>(broker_, id);
    broker_.metrics().groups.add(1);
  }
  return group.get();
}

std::vector<const ConsumerGroup*> Groups::list_consumer_groups() const {
  std::vector<const ConsumerGroup*> all;
  for (const auto& [id, group] : consumer_groups_) {
    all.push_back(group.get());
  }
  return all;
}

ErrorCode Groups::fault_in_commit(const std::string& group_id, const std::string& member_id,
                                  const std::optional<std::string>& instance_id, int32_t number) {
  if (const ConsumerGroup* group = find_consumer_group(group_id)) {
    return group->fault_in_member(member_id, number);
  }
  if (Group* group = find(group_id)) {
    return group->may_commit(member_id, instance_id, number);
  }
  // A consumer without a group's protocol, or a member of before our last start.
  return number < 0 ? ErrorCode::none : ErrorCode::illegal_generation;
}

ErrorCode Groups::fault_in_transactional_commit(const std::string& group_id,
                                                const std::string& member_id,
                                                const std::optional<std::string>& instance_id,
                                                int32_t number) {
  const bool names_nobody = member_id.empty() && !instance_id && number < 0;
  return names_nobody ? ErrorCode::none : fault_in_commit(group_id, member_id, instance_id, number);
}

std::vector<const Group*> Groups::list() const {
  std::vector<const Group*> all;
  for (const auto& [id, group] : groups_) {
    all.push_back(group.get());
  }
  return all;
}

bool Groups::has_members(std::string_view id) {
  const Group* group = find(id);
  const ConsumerGroup* consumer_group = find_consumer_group(id);
  return (group != nullptr && !group->members().empty()) ||
         (consumer_group != nullptr && !consumer_group->members().empty());
}

void Groups::remember(const Group& group) {
  kafka::BatchBuilder batch;
  batch.add(broker_.world().clock->now(), group_key(group.id()), group_value(group.generation()));
  if (broker_.coordinator_log().append(batch.finish()) != ErrorCode::none) {
    // After a restart its members are told to join again: nothing is lost but the time.
    broker_.world().log->warning("broker", "a group's generation is not kept",
                                 {{"group", group.id()}});
  }
}

ErrorCode Groups::remove(const std::string& id) {
  const bool is_classic = find(id) != nullptr;
  if (!is_classic && find_consumer_group(id) == nullptr && broker_.offsets().find(id) == nullptr) {
    return ErrorCode::group_id_not_found;
  }
  if (has_members(id)) {
    return ErrorCode::non_empty_group;
  }
  const ErrorCode fault = broker_.offsets().remove(id, [](const Offsets::Place&) { return true; });
  if (fault != ErrorCode::none) {
    return fault;
  }
  if (consumer_groups_.erase(id) != 0) {
    broker_.metrics().groups.add(-1);
  }
  return is_classic ? forget_classic(id) : ErrorCode::none;
}

ErrorCode Groups::forget_classic(const std::string& id) {
  kafka::BatchBuilder deletion;
  deletion.add(broker_.world().clock->now(), group_key(id), std::nullopt);
  const ErrorCode fault = broker_.coordinator_log().append(deletion.finish());
  if (fault == ErrorCode::none) {
    groups_.erase(id);
    broker_.metrics().groups.add(-1);
  }
  return fault;
}

void Groups::wait_to_expire() {
  expiry_ = broker_.loop().run_after(kExpiryInterval, [this] {
    expire();
    wait_to_expire();
  });
}

// As Kafka does it: of a group that consumers share, the age counts from when the last one left; of
// one that only commits, from each commit. Nothing where there are members.
std::optional<Timestamp> Groups::empty_since(const std::string& id, Timestamp committed_at) {
  if (has_members(id)) {
    return std::nullopt;
  }
  if (const Group* group = find(id)) {
    return group->since();
  }
  const ConsumerGroup* group = find_consumer_group(id);
  return group == nullptr ? committed_at : group->since();
}

void Groups::expire() {
  const Timestamp now = broker_.world().clock->now();
  const Duration retention = broker_.options().offsets_retention;
  broker_.offsets().expire(now, retention,
                           [this](const std::string& id, const Offsets::Committed& committed) {
                             return empty_since(id, committed.at);
                           });
  std::vector<std::string> forgotten;
  for (const auto& [id, group] : groups_) {
    if (group->is_forgotten_at(now - retention) && broker_.offsets().find(id) == nullptr) {
      forgotten.push_back(id);
    }
  }
  for (const auto& [id, group] : consumer_groups_) {
    if (group->members().empty() && group->since() <= now - retention &&
        broker_.offsets().find(id) == nullptr) {
      forgotten.push_back(id);
    }
  }
  for (const std::string& id : forgotten) {
    // It is tried again at the next turn, where the disk refuses.
    static_cast<void>(remove(id));
  }
}

}  // namespace millrace::broker
