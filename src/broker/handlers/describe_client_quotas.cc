// DescribeClientQuotas: the quotas whose users and clients a filter fits.
// https://kafka.apache.org/protocol#The_Messages_DescribeClientQuotas

#include "broker/handlers/describe_client_quotas.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "broker/broker.h"
#include "broker/quotas/quotas.h"

namespace millrace::broker {

using Request = kafka::DescribeClientQuotasRequest;
using Response = kafka::DescribeClientQuotasResponse;

namespace {

constexpr int8_t kExact = 0;
// 1 is the default entity, whose name is null.
constexpr int8_t kAny = 2;

struct Fault {
  ErrorCode code = ErrorCode::none;
  std::string message;
};

Fault fault_in(const Request& request) {
  std::set<std::string_view> types;
  for (const Request::Component& component : request.components) {
    const std::string& type = component.entity_type;
    if (type.empty()) {
      return {ErrorCode::invalid_request, "Unexpected empty filter component entity type"};
    }
    if (type != kUserEntity && type != kClientEntity && type != "ip") {
      return {ErrorCode::unsupported_version, "Custom entity type " + type + " not supported"};
    }
    if (!types.insert(type).second) {
      return {ErrorCode::invalid_request,
              "Entity type " + type + " cannot appear more than once in the filter"};
    }
    const bool is_named = component.match.has_value();
    if (component.match_type < kExact || component.match_type > kAny ||
        is_named != (component.match_type == kExact)) {
      return {ErrorCode::invalid_request, "Unexpected match for entity type " + type};
    }
  }
  return {};
}

bool fits(const Request::Component& component, const QuotaEntity& entity) {
  const auto part = entity.find(component.entity_type);
  if (part == entity.end()) {
    return false;
  }
  return component.match_type == kAny || part->second == component.match;
}

bool fits(const Request& request, const QuotaEntity& entity) {
  return (!request.strict || entity.size() == request.components.size()) &&
         std::all_of(request.components.begin(), request.components.end(),
                     [&entity](const auto& component) { return fits(component, entity); });
}

// In Kafka's order, which clients' tests have come to rely on.
constexpr Quota kInOrder[] = {Quota::consumer_bytes, Quota::request_percentage,
                              Quota::producer_bytes};

Response::Entry entry_of(const QuotaEntity& entity, const Quotas::Limits& limits) {
  Response::Entry entry;
  for (const auto& [type, name] : entity) {
    entry.entity.push_back({type, name});
  }
  for (const Quota quota : kInOrder) {
    if (const auto limit = limits.find(quota); limit != limits.end()) {
      entry.values.push_back({std::string(name_of(quota)), limit->second});
    }
  }
  return entry;
}

std::vector<std::pair<std::string, std::string>> key_of(const Response::Entry& entry) {
  std::vector<std::pair<std::string, std::string>> key;
  for (const auto& part : entry.entity) {
    key.emplace_back(part.entity_type, part.entity_name.value_or(""));
  }
  return key;
}

}  // namespace

Response describe_client_quotas(Broker& broker, const Caller& caller, const Request& request) {
  Response response;
  response.error_code = caller.access.fault_at_cluster(Operation::describe_configs);
  if (response.error_code != ErrorCode::none) {
    return response;
  }
  if (Fault fault = fault_in(request); fault.code != ErrorCode::none) {
    response.error_code = fault.code;
    response.error_message = std::move(fault.message);
    return response;
  }
  auto& entries = response.entries.emplace();
  for (const auto& [entity, limits] : *broker.quotas().all()) {
    if (fits(request, entity)) {
      entries.push_back(entry_of(entity, limits));
    }
  }
  // Those of users alone, or of clients alone, before those of both.
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return std::pair(a.entity.size(), key_of(a)) < std::pair(b.entity.size(), key_of(b));
  });
  return response;
}

}  // namespace millrace::broker
