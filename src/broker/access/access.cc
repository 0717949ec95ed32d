#include "broker/access/access.h"

#include <initializer_list>

#include "broker/access/acls.h"

namespace millrace::broker {

using kafka::ErrorCode;

bool Access::may(Operation operation, ResourceType type, std::string_view name) const {
  return acls_->allows(principal_, host_, operation, type, name);
}

bool Access::may_somewhere(Operation operation, ResourceType type) const {
  return acls_->allows_somewhere(principal_, host_, operation, type);
}

ErrorCode Access::fault_at_topic(Operation operation, std::string_view name) const {
  return may(operation, ResourceType::topic, name) ? ErrorCode::none
                                                   : ErrorCode::topic_authorization_failed;
}

ErrorCode Access::fault_at_group(Operation operation, std::string_view id) const {
  return may(operation, ResourceType::group, id) ? ErrorCode::none
                                                 : ErrorCode::group_authorization_failed;
}

ErrorCode Access::fault_at_transactional_id(Operation operation, std::string_view id) const {
  return may(operation, ResourceType::transactional_id, id)
             ? ErrorCode::none
             : ErrorCode::transactional_id_authorization_failed;
}

ErrorCode Access::fault_at_cluster(Operation operation) const {
  return may(operation, ResourceType::cluster, kCluster) ? ErrorCode::none
                                                         : ErrorCode::cluster_authorization_failed;
}

static std::initializer_list<Operation> operations_of(ResourceType type) {
  using enum Operation;
  static constexpr std::initializer_list<Operation> kOfTopic = {
      read, write, create, remove, alter, describe, describe_configs, alter_configs};
  static constexpr std::initializer_list<Operation> kOfGroup = {read, remove, describe,
                                                                describe_configs, alter_configs};
  static constexpr std::initializer_list<Operation> kOfCluster = {
      create, alter, describe, cluster_action, describe_configs, alter_configs, idempotent_write};
  static constexpr std::initializer_list<Operation> kOfTransactionalId = {write, describe};
  switch (type) {
    case ResourceType::topic: return kOfTopic;
    case ResourceType::group: return kOfGroup;
    case ResourceType::cluster: return kOfCluster;
    case ResourceType::transactional_id: return kOfTransactionalId;
    case ResourceType::unknown:
    case ResourceType::any: return {};
  }
  return {};
}

int32_t Access::operations_at(ResourceType type, std::string_view name) const {
  int32_t bits = 0;
  for (const Operation operation : operations_of(type)) {
    if (may(operation, type, name)) {
      bits |= 1 << static_cast<int>(operation);
    }
  }
  return bits;
}

}  // namespace millrace::broker
