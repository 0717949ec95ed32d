// /api/v1/acls: who may do what at the Kafka ports.

#include "broker/access/acls.h"

#include "api/route.h"
#include "base/error.h"

namespace millrace::api {

using broker::Acl;
using broker::AclFilter;

static Json acl_json(const Acl& acl) {
  return Json::object({{"principal", acl.principal},
                       {"host", acl.host},
                       {"permission", name_of(acl.permission)},
                       {"operation", name_of(acl.operation)},
                       {"resource_type", name_of(acl.resource_type)},
                       {"resource_name", acl.resource_name},
                       {"pattern_type", name_of(acl.pattern_type)}});
}

static Json acls_json(const std::vector<Acl>& acls) {
  Json all = Json::array();
  for (const Acl& acl : acls) {
    all.push(acl_json(acl));
  }
  return all;
}

static std::string member_or(const Json& body, std::string_view member, const char* otherwise) {
  const Json* found = body.find(member);
  return found == nullptr ? otherwise : found->as_string();
}

static Acl acl_in(const Json& body) {
  Acl acl{broker::resource_type_named(Call::required(body, "resource_type").as_string()),
          Call::required(body, "resource_name").as_string(),
          broker::pattern_type_named(member_or(body, "pattern_type", "literal")),
          Call::required(body, "principal").as_string(),
          member_or(body, "host", "*"),
          broker::operation_named(Call::required(body, "operation").as_string()),
          broker::permission_named(member_or(body, "permission", "allow"))};
  for (const std::string& fault : {fault_in(acl), vanity_of(acl)}) {
    if (!fault.empty()) {
      throw Error(ErrorCode::invalid_argument, fault);
    }
  }
  return acl;
}

// What a filter says of one member, wherever it is said. Throws Error(invalid_argument).
static void set_member(AclFilter& filter, const std::string& member, const std::string& value) {
  if (member == "principal") {
    filter.principal = value;
  } else if (member == "host") {
    filter.host = value;
  } else if (member == "resource_name") {
    filter.resource_name = value;
  } else if (member == "resource_type") {
    filter.resource_type = broker::resource_type_named(value);
  } else if (member == "pattern_type") {
    filter.pattern_type = broker::pattern_type_named(value);
  } else if (member == "operation") {
    filter.operation = broker::operation_named(value);
  } else if (member == "permission") {
    filter.permission = broker::permission_named(value);
  } else {
    throw Error(ErrorCode::invalid_argument, "a rule has no '" + member + "'");
  }
}

io::http::Response list_acls(const Call& call) {
  AclFilter filter;
  for (const auto& [parameter, value] : call.request.query) {
    set_member(filter, parameter, value);
  }
  const broker::Acls& acls = *call.services.acls;
  return json(
      Json::object({{"in_force", acls.are_asked()}, {"acls", acls_json(acls.find(filter))}}));
}

io::http::Response add_acl(const Call& call) {
  const Acl acl = acl_in(call.body());
  call.services.acls->add({acl});
  return json(Json::object({{"in_force", call.services.acls->are_asked()}, {"acl", acl_json(acl)}}),
              201);
}

io::http::Response remove_acls(const Call& call) {
  const Json body = call.body();
  AclFilter filter;
  for (const auto& [member, value] : body.as_members()) {
    set_member(filter, member, value.as_string());
  }
  if (body.as_members().empty()) {
    throw Error(ErrorCode::invalid_argument, "to remove rules, say of which principal or resource");
  }
  const std::vector<Acl> removed = call.services.acls->remove({filter}).at(0);
  if (removed.empty()) {
    throw Error(ErrorCode::not_found, "there is no such rule");
  }
  return json(Json::object({{"removed", acls_json(removed)}}));
}

}  // namespace millrace::api
