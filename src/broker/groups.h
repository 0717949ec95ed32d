#pragma once

// The consumer groups that have members, or had some since the start; a group that is only known
// for what it committed is in Offsets alone.

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "broker/group.h"

namespace millrace::broker {

class Groups {
 public:
  explicit Groups(Broker& broker) : broker_(broker) {}

  Group* find(std::string_view id);  // nullptr where there is none
  Group& find_or_make(const std::string& id);
  std::vector<const Group*> list() const;

 private:
  Broker& broker_;
  std::map<std::string, std::unique_ptr<Group>, std::less<>> groups_;
};

}  // namespace millrace::broker
