#pragma once

// The consumer groups that have members, or had some; a group that is only known for what it
// committed is in Offsets alone.
//
// A group's generation is written to the coordinator's log when it begins and when the last member
// is gone, so that members find themselves known after a restart and need no rebalance. It spares
// them that, and promises no more: nobody waits until it is durable.

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "broker/group.h"
#include "kafka/records.h"

namespace millrace::broker {

class Groups {
 public:
  explicit Groups(Broker& broker) : broker_(broker) {}

  // A record of the log, at the start. False where it is of another kind.
  bool apply(const kafka::Record& record);
  // Everything is applied: looks after the groups from now on.
  void start();

  Group* find(std::string_view id);  // nullptr where there is none
  Group& find_or_make(const std::string& id);
  std::vector<const Group*> list() const;
  // none; group_id_not_found, non_empty_group, or why the log refuses. Its offsets go as well.
  kafka::ErrorCode remove(const std::string& id);
  // May somebody outside of the group's protocol change what it committed?
  bool has_members(std::string_view id);
  void remember(const Group& group);

 private:
  void expire();
  void wait_to_expire();

  Broker& broker_;
  std::map<std::string, std::unique_ptr<Group>, std::less<>> groups_;
  std::unique_ptr<io::Timer> expiry_;
};

}  // namespace millrace::broker
