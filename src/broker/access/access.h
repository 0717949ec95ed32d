#pragma once

// What the one who asks may do. Handlers come to topics, groups, transactional ids and the cluster
// through here, and answer with the error that they are given.

#include <string>
#include <string_view>

#include "broker/access/acl.h"
#include "kafka/error_code.h"

namespace millrace::broker {

class Acls;

class Access {
 public:
  // `acls` outlives it.
  Access(const Acls& acls, std::string principal, std::string host)
      : acls_(&acls), principal_(std::move(principal)), host_(std::move(host)) {}

  // none, or that this is not allowed, each by the error of its kind of resource.
  kafka::ErrorCode fault_at_topic(Operation operation, std::string_view name) const;
  kafka::ErrorCode fault_at_group(Operation operation, std::string_view id) const;
  kafka::ErrorCode fault_at_transactional_id(Operation operation, std::string_view id) const;
  kafka::ErrorCode fault_at_cluster(Operation operation) const;

  bool may(Operation operation, ResourceType type, std::string_view name) const;
  bool may_somewhere(Operation operation, ResourceType type) const;
  // All that may be done to it, a bit each by the operations' numbers, as clients ask for it.
  int32_t operations_at(ResourceType type, std::string_view name) const;

 private:
  const Acls* acls_;
  std::string principal_;
  std::string host_;
};

}  // namespace millrace::broker
