#pragma once

// The rules of access of one moment, and the way to those that hold for a resource. They do not
// change: any thread.

#include <functional>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/access/acl.h"

namespace millrace::broker {

class AclRules {
 public:
  explicit AclRules(std::set<Acl> all = {});
  AclRules(const AclRules&) = delete;
  AclRules& operator=(const AclRules&) = delete;

  const std::set<Acl>& all() const { return all_; }
  // What it costs grows with the lengths that prefixes have, not with that of the name, which is
  // as long as somebody who may do nothing made it.
  void for_each_covering(ResourceType type, std::string_view name,
                         const std::function<void(const Acl&)>& see) const;

 private:
  // The names are those of the rules in all_.
  using Named = std::map<std::pair<ResourceType, std::string_view>, std::vector<const Acl*>>;

  static void see_named(const Named& named, ResourceType type, std::string_view name,
                        const std::function<void(const Acl&)>& see);

  const std::set<Acl> all_;
  Named literal_;
  Named prefixed_;
  std::map<ResourceType, std::set<size_t>> prefix_lengths_;
};

}  // namespace millrace::broker
