#include "broker/access/acl_rules.h"

namespace millrace::broker {

AclRules::AclRules(std::set<Acl> all) : all_(std::move(all)) {
  for (const Acl& acl : all_) {
    const bool is_prefix = acl.pattern_type == PatternType::prefixed;
    Named& named = is_prefix ? prefixed_ : literal_;
    named[{acl.resource_type, acl.resource_name}].push_back(&acl);
    if (is_prefix) {
      prefix_lengths_[acl.resource_type].insert(acl.resource_name.size());
    }
  }
}

void AclRules::see_named(const Named& named, ResourceType type, std::string_view name,
                         const std::function<void(const Acl&)>& see) {
  const auto found = named.find({type, name});
  if (found == named.end()) {
    return;
  }
  for (const Acl* acl : found->second) {
    see(*acl);
  }
}

void AclRules::for_each_covering(ResourceType type, std::string_view name,
                                 const std::function<void(const Acl&)>& see) const {
  see_named(literal_, type, name, see);
  if (name != kEvery) {
    see_named(literal_, type, kEvery, see);
  }
  const auto lengths = prefix_lengths_.find(type);
  if (lengths == prefix_lengths_.end()) {
    return;
  }
  for (const size_t length : lengths->second) {
    if (length > name.size()) {
      return;
    }
    see_named(prefixed_, type, name.substr(0, length), see);
  }
}

}  // namespace millrace::broker
