#include "broker/groups.h"

#include "base/clock.h"
#include "base/log.h"
#include "broker/broker.h"
#include "broker/coordinator_log.h"
#include "broker/group_records.h"
#include "broker/metrics.h"
#include "broker/offsets.h"

namespace millrace::broker {

// Kafka's offsets.retention.check.interval.ms.
static constexpr Duration kExpiryInterval = Duration::seconds(600);

bool Groups::apply(const kafka::Record& record) {
  const std::optional<GroupRecord> found = group_record(record);
  if (!found) {
    return false;
  }
  if (found->generation) {
    find_or_make(found->group).restore(*found->generation);
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

Group& Groups::find_or_make(const std::string& id) {
  std::unique_ptr<Group>& group = groups_[id];
  if (!group) {
    group = std::make_unique<Group>(broker_, id);
    broker_.metrics().groups.add(1);
  }
  return *group;
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
  return group != nullptr && !group->members().empty();
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
  const Group* group = find(id);
  if (group == nullptr && broker_.offsets().find(id) == nullptr) {
    return ErrorCode::group_id_not_found;
  }
  if (group != nullptr && !group->members().empty()) {
    return ErrorCode::non_empty_group;
  }
  ErrorCode fault = broker_.offsets().remove(id, [](const Offsets::Place&) { return true; });
  if (fault != ErrorCode::none || group == nullptr) {
    return fault;
  }
  kafka::BatchBuilder deletion;
  deletion.add(broker_.world().clock->now(), group_key(id), std::nullopt);
  fault = broker_.coordinator_log().append(deletion.finish());
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
// one that only commits, from each commit.
void Groups::expire() {
  const Timestamp now = broker_.world().clock->now();
  const Duration retention = broker_.options().offsets_retention;
  broker_.offsets().expire(now, retention,
                           [this](const std::string& id,
                                  const Offsets::Committed& committed) -> std::optional<Timestamp> {
                             const Group* group = find(id);
                             if (group == nullptr) {
                               return committed.at;
                             }
                             return group->members().empty() ? std::optional(group->since())
                                                             : std::nullopt;
                           });
  std::vector<std::string> forgotten;
  for (const auto& [id, group] : groups_) {
    if (group->is_forgotten_at(now - retention) && broker_.offsets().find(id) == nullptr) {
      forgotten.push_back(id);
    }
  }
  for (const std::string& id : forgotten) {
    // It is tried again at the next turn, where the disk refuses.
    static_cast<void>(remove(id));
  }
}

}  // namespace millrace::broker
