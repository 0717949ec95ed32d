#include "broker/access/acl.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/check.h"
#include "base/error.h"

namespace millrace::broker {

namespace {

template <typename Enum>
struct Named {
  std::string_view name;
  Enum value;
};

constexpr auto kResourceTypes = std::to_array<Named<ResourceType>>({
    {"topic", ResourceType::topic},
    {"group", ResourceType::group},
    {"cluster", ResourceType::cluster},
    {"transactional_id", ResourceType::transactional_id},
});
constexpr auto kPatternTypes = std::to_array<Named<PatternType>>({
    {"literal", PatternType::literal},
    {"prefixed", PatternType::prefixed},
});
constexpr auto kOperations = std::to_array<Named<Operation>>({
    {"all", Operation::all},
    {"read", Operation::read},
    {"write", Operation::write},
    {"create", Operation::create},
    {"delete", Operation::remove},
    {"alter", Operation::alter},
    {"describe", Operation::describe},
    {"cluster_action", Operation::cluster_action},
    {"describe_configs", Operation::describe_configs},
    {"alter_configs", Operation::alter_configs},
    {"idempotent_write", Operation::idempotent_write},
});
constexpr auto kPermissions = std::to_array<Named<Permission>>({
    {"deny", Permission::deny},
    {"allow", Permission::allow},
});

template <typename Enum, size_t kCount>
std::string_view name_in(const std::array<Named<Enum>, kCount>& names, Enum value) {
  for (const Named<Enum>& each : names) {
    if (each.value == value) {
      return each.name;
    }
  }
  check(false, "a rule that was taken has values with names");
  return {};
}

template <typename Enum, size_t kCount>
Enum value_in(const std::array<Named<Enum>, kCount>& names, std::string_view name,
              std::string_view what) {
  std::string all;
  for (const Named<Enum>& each : names) {
    if (each.name == name) {
      return each.value;
    }
    all += (all.empty() ? "" : ", ") + std::string(each.name);
  }
  throw Error(millrace::ErrorCode::invalid_argument,
              "'" + std::string(name) + "' is no " + std::string(what) + ": there are " + all);
}

template <typename Enum, size_t kCount>
bool is_one_of(const std::array<Named<Enum>, kCount>& names, Enum value) {
  for (const Named<Enum>& each : names) {
    if (each.value == value) {
      return true;
    }
  }
  return false;
}

// Does the rule, of the right type, hold for a resource of this name?
bool covers(const Acl& acl, std::string_view name) {
  return acl.pattern_type == PatternType::prefixed
             ? name.starts_with(acl.resource_name)
             : acl.resource_name == name || acl.resource_name == kEvery;
}

}  // namespace

bool Acl::concerns(std::string_view who, std::string_view from) const {
  return (principal == who || principal == "User:*") && (host == from || host == kEvery);
}

// Whoever may read, write, delete or alter may look, too.
bool Acl::grants(Operation wanted) const {
  if (permission != Permission::allow) {
    return false;
  }
  if (operation == wanted || operation == Operation::all) {
    return true;
  }
  if (wanted == Operation::describe) {
    return operation == Operation::read || operation == Operation::write ||
           operation == Operation::remove || operation == Operation::alter;
  }
  return wanted == Operation::describe_configs && operation == Operation::alter_configs;
}

bool Acl::denies(Operation wanted) const {
  return permission == Permission::deny && (operation == wanted || operation == Operation::all);
}

std::string fault_in(const Acl& acl) {
  if (!is_one_of(kResourceTypes, acl.resource_type)) {
    return "rules are for topics, groups, the cluster and transactional ids";
  }
  if (acl.resource_name.empty()) {
    return "a rule names a resource";
  }
  if (acl.resource_type == ResourceType::cluster && acl.resource_name != kCluster) {
    return "the only resource of type cluster is '" + std::string(kCluster) + "'";
  }
  if (!is_one_of(kPatternTypes, acl.pattern_type)) {
    return "a rule's name is literal or a prefix";
  }
  if (!acl.principal.starts_with("User:") || acl.principal.size() == 5) {
    return "principals are 'User:name', not '" + acl.principal + "'";
  }
  if (acl.host.empty()) {
    return "a rule names a host, or '*'";
  }
  if (!is_one_of(kOperations, acl.operation)) {
    return "there is no operation " + std::to_string(static_cast<int>(acl.operation));
  }
  return is_one_of(kPermissions, acl.permission) ? "" : "a rule allows or denies";
}

static std::string list_of(std::span<const Operation> operations) {
  std::string all(name_of(Operation::all));
  for (const Operation operation : operations) {
    all += ", " + std::string(name_of(operation));
  }
  return all;
}

std::string vanity_of(const Acl& acl) {
  using enum Operation;
  static constexpr std::array kOfTopics{read,  write,    create,           remove,
                                        alter, describe, describe_configs, alter_configs};
  static constexpr std::array kOfGroups{read, remove, describe, describe_configs, alter_configs};
  static constexpr std::array kOfCluster{
      create, alter, describe, cluster_action, describe_configs, alter_configs, idempotent_write};
  static constexpr std::array kOfTransactions{write, describe};
  std::span<const Operation> asked = kOfTopics;
  if (acl.resource_type == ResourceType::group) {
    asked = kOfGroups;
  } else if (acl.resource_type == ResourceType::cluster) {
    asked = kOfCluster;
  } else if (acl.resource_type == ResourceType::transactional_id) {
    asked = kOfTransactions;
  }
  if (acl.operation != all && std::find(asked.begin(), asked.end(), acl.operation) == asked.end()) {
    return "nobody asks to " + std::string(name_of(acl.operation)) + " a " +
           std::string(name_of(acl.resource_type)) + ": its operations are " + list_of(asked);
  }
  if (acl.host != kEvery &&
      acl.host.find_first_not_of("0123456789abcdefABCDEF.:") != acl.host.npos) {
    return "clients are known by their address, which '" + acl.host + "' is not";
  }
  return "";
}

bool AclFilter::fits(const Acl& acl) const {
  if ((resource_type != ResourceType::any && resource_type != acl.resource_type) ||
      (operation != Operation::any && operation != acl.operation) ||
      (permission != Permission::any && permission != acl.permission) ||
      (principal && *principal != acl.principal) || (host && *host != acl.host)) {
    return false;
  }
  if (pattern_type == PatternType::match) {
    return !resource_name || covers(acl, *resource_name);
  }
  return (pattern_type == PatternType::any || pattern_type == acl.pattern_type) &&
         (!resource_name || *resource_name == acl.resource_name);
}

std::string_view name_of(ResourceType type) { return name_in(kResourceTypes, type); }
std::string_view name_of(PatternType type) { return name_in(kPatternTypes, type); }
std::string_view name_of(Operation operation) { return name_in(kOperations, operation); }
std::string_view name_of(Permission permission) { return name_in(kPermissions, permission); }

ResourceType resource_type_named(std::string_view name) {
  return value_in(kResourceTypes, name, "type of resource");
}
PatternType pattern_type_named(std::string_view name) {
  return value_in(kPatternTypes, name, "type of pattern");
}
Operation operation_named(std::string_view name) {
  return value_in(kOperations, name, "operation");
}
Permission permission_named(std::string_view name) {
  return value_in(kPermissions, name, "permission");
}

}  // namespace millrace::broker
