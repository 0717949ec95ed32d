// DeleteAcls: removes the rules of access that filters fit, and says which they were.
// https://kafka.apache.org/protocol#The_Messages_DeleteAcls

#include "broker/handlers/delete_acls.h"

#include "broker/broker.h"

namespace millrace::broker {

using Request = kafka::DeleteAclsRequest;
using Response = kafka::DeleteAclsResponse;
using Result = Response::FilterResult;

static AclFilter filter_of(const Request::Filter& filter) {
  return {static_cast<ResourceType>(filter.resource_type_filter),
          filter.resource_name_filter,
          static_cast<PatternType>(filter.pattern_type_filter),
          filter.principal_filter,
          filter.host_filter,
          static_cast<Operation>(filter.operation),
          static_cast<Permission>(filter.permission_type)};
}

// Every filter, with this for an answer.
static Response refused(const Request& request, ErrorCode code, const std::string& message) {
  Result result;
  result.error_code = code;
  result.error_message = message;
  Response response;
  response.filter_results.assign(request.filters.size(), result);
  return response;
}

static Result result_of(const std::vector<Acl>& removed) {
  Result result;
  for (const Acl& acl : removed) {
    result.matching_acls.push_back(
        {ErrorCode::none, std::nullopt, static_cast<int8_t>(acl.resource_type), acl.resource_name,
         static_cast<int8_t>(acl.pattern_type), acl.principal, acl.host,
         static_cast<int8_t>(acl.operation), static_cast<int8_t>(acl.permission)});
  }
  return result;
}

Response delete_acls(Broker& broker, const Access& access, const Request& request) {
  if (!broker.acls().are_asked()) {
    return refused(request, ErrorCode::security_disabled, std::string(kNotAsked));
  }
  if (const ErrorCode refusal = access.fault_at_cluster(Operation::alter);
      refusal != ErrorCode::none) {
    return refused(request, refusal, "");
  }
  std::vector<AclFilter> filters;
  for (const Request::Filter& filter : request.filters) {
    filters.push_back(filter_of(filter));
  }
  Response response;
  try {
    for (const std::vector<Acl>& removed : broker.acls().remove(filters)) {
      response.filter_results.push_back(result_of(removed));
    }
  } catch (const Error& error) {  // the disk says no; the answer has a place for it
    return refused(request, kafka::to_kafka(error.code()), error.message());
  }
  return response;
}

}  // namespace millrace::broker
