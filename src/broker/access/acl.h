#pragma once

// One rule of access: who may, or may not, do what to which resource. Numbered as Kafka's protocol
// numbers them. https://kafka.apache.org/documentation/#security_authz

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::broker {

enum class ResourceType : int8_t {
  unknown = 0,
  any = 1,
  topic = 2,
  group = 3,
  cluster = 4,
  transactional_id = 5,
};

enum class PatternType : int8_t {
  unknown = 0,
  any = 1,
  match = 2,  // of filters: whatever holds for a resource of this name
  literal = 3,
  prefixed = 4,
};

enum class Operation : int8_t {
  unknown = 0,
  any = 1,
  all = 2,
  read = 3,
  write = 4,
  create = 5,
  remove = 6,  // Kafka's DELETE
  alter = 7,
  describe = 8,
  cluster_action = 9,
  describe_configs = 10,
  alter_configs = 11,
  idempotent_write = 12,
};

enum class Permission : int8_t { unknown = 0, any = 1, deny = 2, allow = 3 };

// The name of the one resource of type cluster.
constexpr std::string_view kCluster = "kafka-cluster";
// In place of a name, of a user's name and of a host: every one.
constexpr std::string_view kEvery = "*";

struct Acl {
  ResourceType resource_type = ResourceType::unknown;
  std::string resource_name;
  PatternType pattern_type = PatternType::literal;
  std::string principal;  // "User:alice", "User:*"
  std::string host;       // an address, or "*"
  Operation operation = Operation::unknown;
  Permission permission = Permission::unknown;

  // By type, then name: what concerns a resource stands together.
  auto operator<=>(const Acl&) const = default;
  bool concerns(std::string_view who, std::string_view from) const;
  bool grants(Operation wanted) const;
  bool denies(Operation wanted) const;
};

// Why there cannot be such a rule; empty where there can.
std::string fault_in(const Acl& acl);
// Why there can be such a rule, and nobody ever asks it; empty where somebody does. Kafka's tools
// refuse these, its brokers do not.
std::string vanity_of(const Acl& acl);

// Nothing, or `any`, fits all.
struct AclFilter {
  ResourceType resource_type = ResourceType::any;
  std::optional<std::string> resource_name;
  PatternType pattern_type = PatternType::any;
  std::optional<std::string> principal;
  std::optional<std::string> host;
  Operation operation = Operation::any;
  Permission permission = Permission::any;

  bool fits(const Acl& acl) const;
};

// Names for files and people: "transactional_id", "prefixed", "describe_configs", "allow".
std::string_view name_of(ResourceType type);
std::string_view name_of(PatternType type);
std::string_view name_of(Operation operation);
std::string_view name_of(Permission permission);
// Throw Error(invalid_argument) with the names that there are.
ResourceType resource_type_named(std::string_view name);
PatternType pattern_type_named(std::string_view name);
Operation operation_named(std::string_view name);
Permission permission_named(std::string_view name);

}  // namespace millrace::broker
