// /api/v1/quotas: how much users and clients may use of the Kafka ports.

#include "broker/quotas/quotas.h"

#include <algorithm>

#include "api/route.h"
#include "base/error.h"

namespace millrace::api {

using broker::QuotaEntity;
using broker::Quotas;

namespace {

// The members that say whom a quota is for; null stands for all without one of their own.
constexpr std::string_view kUser = "user";
constexpr std::string_view kClient = "client_id";

Json quota_json(const QuotaEntity& entity, const Quotas::Limits& limits) {
  Json json = Json::object();
  for (const auto& [type, name] : entity) {
    json.set(std::string(type == broker::kUserEntity ? kUser : kClient),
             name ? Json(*name) : Json());
  }
  Json values = Json::object();
  for (const auto& [quota, limit] : limits) {
    values.set(std::string(name_of(quota)), limit);
  }
  json.set("limits", std::move(values));
  return json;
}

QuotaEntity entity_in(const Json& body) {
  QuotaEntity entity;
  for (const auto& [member, type] :
       {std::pair{kUser, broker::kUserEntity}, std::pair{kClient, broker::kClientEntity}}) {
    if (const Json* name = body.find(member)) {
      entity[std::string(type)] = name->is_null() ? std::nullopt : std::optional(name->as_string());
    }
  }
  if (const std::string fault = broker::fault_in(entity); !fault.empty()) {
    throw Error(ErrorCode::invalid_argument, fault);
  }
  return entity;
}

Quotas::Change change_in(const Json& body) {
  Quotas::Change change{entity_in(body), {}};
  for (const auto& [name, limit] : Call::required(body, "limits").as_members()) {
    const auto quota = broker::quota_named(name);
    if (!quota) {
      throw Error(ErrorCode::invalid_argument,
                  "there is no quota '" + name +
                      "'; there are producer_byte_rate, consumer_byte_rate and request_percentage");
    }
    if (limit.is_null()) {
      change.limits[*quota] = std::nullopt;
      continue;
    }
    const double wanted = limit.as_double();
    if (const std::string fault = fault_in(*quota, wanted); !fault.empty()) {
      throw Error(ErrorCode::invalid_argument, fault);
    }
    change.limits[*quota] = wanted;
  }
  return change;
}

}  // namespace

io::http::Response list_quotas(const Call& call) {
  Json quotas = Json::array();
  for (const auto& [entity, limits] : *call.services.quotas->all()) {
    quotas.push(quota_json(entity, limits));
  }
  return json(Json::object({{"quotas", std::move(quotas)}}));
}

// Nothing can be taken back of whom nothing is set for.
static void check_known(const Quotas& quotas, const Quotas::Change& change) {
  const bool only_removes = std::all_of(change.limits.begin(), change.limits.end(),
                                        [](const auto& limit) { return !limit.second; });
  if (only_removes && !quotas.all()->contains(change.entity)) {
    throw Error(ErrorCode::not_found, "there is no quota of this user and client to take back");
  }
}

io::http::Response change_quotas(const Call& call) {
  const Quotas::Change change = change_in(call.body());
  check_known(*call.services.quotas, change);
  call.services.quotas->change({change});
  const auto all = call.services.quotas->all();
  const auto found = all->find(change.entity);
  return json(quota_json(change.entity, found == all->end() ? Quotas::Limits() : found->second));
}

}  // namespace millrace::api
