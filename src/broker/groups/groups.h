#pragma once

// The consumer groups that have members, or had some; a group that is only known for what it
// committed is in Offsets alone.
//
// A group's generation is written to the coordinator's log when it begins and when the last member
// is gone, so that members find themselves known after a restart and need no rebalance. It spares
// them that, and promises no more: nobody waits until it is durable.
//
// A group is of one kind at a time: classic, whose members share the partitions out, or a consumer
// group (consumer_group.h). One that nobody is in becomes of the kind of whoever enters it next.

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "broker/groups/consumer_group.h"
#include "broker/groups/group.h"
#include "kafka/records.h"

namespace millrace::broker {

class Groups {
 public:
  explicit Groups(Broker& broker) : broker_(broker) {}

  // A record of the log, at the start. False where it is of another kind.
  bool apply(const kafka::Record& record);
  // Everything is applied: looks after the groups from now on.
  void start();

  Group* find(std::string_view id);  // nullptr where there is no classic one
  // nullptr where a consumer group of the name has members.
  Group* find_or_make(const std::string& id);
  std::vector<const Group*> list() const;
  ConsumerGroup* find_consumer_group(std::string_view id);  // nullptr where there is none
  // nullptr where a classic group of the name has members.
  ConsumerGroup* find_or_make_consumer_group(const std::string& id);
  std::vector<const ConsumerGroup*> list_consumer_groups() const;
  // May this member commit offsets for the group? The number is its generation or its epoch.
  kafka::ErrorCode fault_in_commit(const std::string& group_id, const std::string& member_id,
                                   const std::optional<std::string>& instance_id, int32_t number);
  // The same within a transaction, whose producer fences others even where it names no member: so
  // do clients from before version 3 of TxnOffsetCommit.
  kafka::ErrorCode fault_in_transactional_commit(const std::string& group_id,
                                                 const std::string& member_id,
                                                 const std::optional<std::string>& instance_id,
                                                 int32_t number);
  // none; group_id_not_found, non_empty_group, or why the log refuses. Its offsets go as well.
  kafka::ErrorCode remove(const std::string& id);
  // May somebody outside of the group's protocol change what it committed?
  bool has_members(std::string_view id);
  void remember(const Group& group);

 private:
  kafka::ErrorCode forget_classic(const std::string& id);
  void expire();
  std::optional<Timestamp> empty_since(const std::string& id, Timestamp committed_at);
  void wait_to_expire();

  Broker& broker_;
  std::map<std::string, std::unique_ptr<Group>, std::less<>> groups_;
  std::map<std::string, std::unique_ptr<ConsumerGroup>, std::less<>> consumer_groups_;
  std::unique_ptr<io::Timer> expiry_;
};

}  // namespace millrace::broker
