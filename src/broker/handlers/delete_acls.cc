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

static Result refused(ErrorCode code, std::string message) {
  Result result;
  result.error_code = code;
  result.error_message = std::move(message);
  return result;
}

static Result remove(Broker& broker, const AclFilter& filter) {
  Result result;
  try {
    for (const Acl& acl : broker.acls().remove(filter)) {
      result.matching_acls.push_back(
          {ErrorCode::none, std::nullopt, static_cast<int8_t>(acl.resource_type), acl.resource_name,
           static_cast<int8_t>(acl.pattern_type), acl.principal, acl.host,
           static_cast<int8_t>(acl.operation), static_cast<int8_t>(acl.permission)});
    }
  } catch (const Error& error) {  // the disk says no to one filter; the others have their answers
    return refused(kafka::to_kafka(error.code()), error.message());
  }
  return result;
}

Response delete_acls(Broker& broker, const Caller& caller, const Request& request) {
  const ErrorCode refusal = caller.access.fault_at_cluster(Operation::alter);
  Response response;
  for (const Request::Filter& filter : request.filters) {
    response.filter_results.push_back(
        !broker.acls().are_asked()   ? refused(ErrorCode::security_disabled, std::string(kNotAsked))
        : refusal != ErrorCode::none ? refused(refusal, "")
                                     : remove(broker, filter_of(filter)));
  }
  return response;
}

}  // namespace millrace::broker
