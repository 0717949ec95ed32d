// DescribeAcls: the rules of access that a filter fits, together by resource.
// https://kafka.apache.org/protocol#The_Messages_DescribeAcls

#include "broker/handlers/describe_acls.h"

#include "broker/broker.h"

namespace millrace::broker {

using Request = kafka::DescribeAclsRequest;
using Response = kafka::DescribeAclsResponse;

static AclFilter filter_of(const Request& request) {
  return {static_cast<ResourceType>(request.resource_type_filter),
          request.resource_name_filter,
          static_cast<PatternType>(request.pattern_type_filter),
          request.principal_filter,
          request.host_filter,
          static_cast<Operation>(request.operation),
          static_cast<Permission>(request.permission_type)};
}

static Response::Resource resource_of(const Acl& acl) {
  return {static_cast<int8_t>(acl.resource_type),
          acl.resource_name,
          static_cast<int8_t>(acl.pattern_type),
          {}};
}

static bool is_of(const Response::Resource& resource, const Acl& acl) {
  return resource.resource_type == static_cast<int8_t>(acl.resource_type) &&
         resource.resource_name == acl.resource_name &&
         resource.pattern_type == static_cast<int8_t>(acl.pattern_type);
}

Response describe_acls(Broker& broker, const Caller& caller, const Request& request) {
  Response response;
  if (!broker.acls().are_asked()) {
    response.error_code = ErrorCode::security_disabled;
    response.error_message = kNotAsked;
    return response;
  }
  response.error_code = caller.access.fault_at_cluster(Operation::describe);
  if (response.error_code != ErrorCode::none) {
    return response;
  }
  for (const Acl& acl : broker.acls().find(filter_of(request))) {
    if (response.resources.empty() || !is_of(response.resources.back(), acl)) {
      response.resources.push_back(resource_of(acl));
    }
    response.resources.back().acls.push_back({acl.principal, acl.host,
                                              static_cast<int8_t>(acl.operation),
                                              static_cast<int8_t>(acl.permission)});
  }
  return response;
}

}  // namespace millrace::broker
