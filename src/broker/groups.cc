#include "broker/groups.h"

#include "broker/broker.h"
#include "broker/metrics.h"

namespace millrace::broker {

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

}  // namespace millrace::broker
