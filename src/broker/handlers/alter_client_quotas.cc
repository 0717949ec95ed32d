// AlterClientQuotas: sets and removes quotas. Of each user and client all changes happen, or none.
// https://kafka.apache.org/protocol#The_Messages_AlterClientQuotas

#include "broker/handlers/alter_client_quotas.h"

#include <algorithm>
#include <tuple>

#include "broker/broker.h"
#include "broker/quotas/quotas.h"

namespace millrace::broker {

using Request = kafka::AlterClientQuotasRequest;
using Response = kafka::AlterClientQuotasResponse;

namespace {

// What Kafka knows besides, for which nothing is counted here.
bool is_not_offered(std::string_view key) {
  return key == "controller_mutation_rate" || key == "connection_creation_rate";
}

// Why an entry is refused, empty where it is not; then `change` is what it asks for.
std::string read(const Request::Entry& entry, Quotas::Change& change) {
  for (const auto& part : entry.entity) {
    if (!change.entity.emplace(part.entity_type, part.entity_name).second) {
      return "the entity names '" + part.entity_type + "' twice";
    }
  }
  if (std::string fault = fault_in(change.entity); !fault.empty()) {
    return fault;
  }
  for (const Request::Entry::Op& op : entry.ops) {
    const auto quota = quota_named(op.key);
    if (!quota) {
      return is_not_offered(op.key) ? "quota " + op.key + " is not offered"
                                    : "Invalid configuration key " + op.key;
    }
    if (std::string fault = op.remove ? "" : fault_in(*quota, op.value); !fault.empty()) {
      return fault;
    }
    const auto limit = op.remove ? std::nullopt : std::optional(op.value);
    if (!change.limits.emplace(*quota, limit).second) {
      return "the quota " + op.key + " is changed twice";
    }
  }
  return "";
}

// The client id before the user, as Kafka answers.
Response::Entry answer_to(const Request::Entry& entry) {
  Response::Entry answer;
  for (const auto& part : entry.entity) {
    answer.entity.push_back({part.entity_type, part.entity_name});
  }
  std::sort(answer.entity.begin(), answer.entity.end(), [](const auto& a, const auto& b) {
    return std::tie(a.entity_type, a.entity_name) < std::tie(b.entity_type, b.entity_name);
  });
  return answer;
}

}  // namespace

Response alter_client_quotas(Broker& broker, const Access& access, const Request& request) {
  Response response;
  std::vector<Quotas::Change> changes;
  const ErrorCode refusal = access.fault_at_cluster(Operation::alter_configs);
  for (const Request::Entry& entry : request.entries) {
    Response::Entry& answer = response.entries.emplace_back(answer_to(entry));
    Quotas::Change change;
    if (refusal != ErrorCode::none) {
      answer.error_code = refusal;
    } else if (std::string fault = read(entry, change); !fault.empty()) {
      answer.error_code = ErrorCode::invalid_request;
      answer.error_message = std::move(fault);
    } else {
      changes.push_back(std::move(change));
    }
  }
  if (changes.empty() || request.validate_only) {
    return response;
  }
  try {
    broker.quotas().change(changes);
  } catch (const Error& error) {  // the disk says no; the answer has a place for it
    for (Response::Entry& answer : response.entries) {
      if (answer.error_code == ErrorCode::none) {
        answer.error_code = kafka::to_kafka(error.code());
        answer.error_message = error.message();
      }
    }
  }
  return response;
}

}  // namespace millrace::broker
