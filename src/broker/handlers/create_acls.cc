// CreateAcls: adds rules of access. What can be is added, the rest refused rule by rule.
// https://kafka.apache.org/protocol#The_Messages_CreateAcls

#include "broker/handlers/create_acls.h"

#include "broker/broker.h"

namespace millrace::broker {

using Request = kafka::CreateAclsRequest;
using Response = kafka::CreateAclsResponse;

static Acl acl_of(const Request::Creation& creation) {
  return {static_cast<ResourceType>(creation.resource_type),
          creation.resource_name,
          static_cast<PatternType>(creation.resource_pattern_type),
          creation.principal,
          creation.host,
          static_cast<Operation>(creation.operation),
          static_cast<Permission>(creation.permission_type)};
}

static Response::Result judge(const Broker& broker, const Access& access, const Acl& acl) {
  if (!broker.acls().are_asked()) {
    return {ErrorCode::security_disabled, std::string(kNotAsked)};
  }
  if (const ErrorCode refusal = access.fault_at_cluster(Operation::alter);
      refusal != ErrorCode::none) {
    return {refusal, std::nullopt};
  }
  if (std::string fault = fault_in(acl); !fault.empty()) {
    return {ErrorCode::invalid_request, std::move(fault)};
  }
  return {};
}

Response create_acls(Broker& broker, const Access& access, const Request& request) {
  Response response;
  std::vector<Acl> added;
  for (const Request::Creation& creation : request.creations) {
    const Acl acl = acl_of(creation);
    response.results.push_back(judge(broker, access, acl));
    if (response.results.back().error_code == ErrorCode::none) {
      added.push_back(acl);
    }
  }
  if (added.empty()) {
    return response;
  }
  try {
    broker.acls().add(added);
  } catch (const Error& error) {  // the disk says no; the answer has a place for it
    for (Response::Result& result : response.results) {
      if (result.error_code == ErrorCode::none) {
        result = {kafka::to_kafka(error.code()), error.message()};
      }
    }
  }
  return response;
}

}  // namespace millrace::broker
