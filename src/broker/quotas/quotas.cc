#include "broker/quotas/quotas.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "io/files.h"

namespace millrace::broker {

namespace {

constexpr std::array kQuotas{Quota::producer_bytes, Quota::consumer_bytes,
                             Quota::request_percentage};
// Clients are called what they like: one that takes a new name for each request would fill memory
// with what its names used. Those longest silent then begin anew.
constexpr size_t kMostRates = 10'000;
// Each change writes them all.
constexpr size_t kMostEntities = 10'000;

Json json_of(const QuotaEntity& entity, const Quotas::Limits& limits) {
  Json names = Json::object();
  for (const auto& [type, name] : entity) {
    names.set(type, name ? Json(*name) : Json());
  }
  Json values = Json::object();
  for (const auto& [quota, limit] : limits) {
    values.set(std::string(name_of(quota)), limit);
  }
  return Json::object({{"entity", names}, {"limits", values}});
}

QuotaEntity entity_of(const Json& json) {
  QuotaEntity entity;
  for (const auto& [type, name] : json.as_members()) {
    entity[type] = name.is_null() ? std::nullopt : std::optional(name.as_string());
  }
  return entity;
}

Quotas::Limits limits_of(const Json& json) {
  Quotas::Limits limits;
  for (const auto& [name, limit] : json.as_members()) {
    const auto quota = quota_named(name);
    if (!quota) {
      throw Error(ErrorCode::corrupt, "there is no quota '" + name + "'");
    }
    limits[*quota] = limit.as_double();
  }
  return limits;
}

// What may be set for this client, the most particular first: the order that Kafka has.
std::array<QuotaEntity, 8> entities_of(const Quotas::Client& client) {
  const std::string user(kUserEntity);
  const std::string id(kClientEntity);
  const std::optional<std::string> this_user{client.user};
  const std::optional<std::string> this_id{client.id};
  return {QuotaEntity{{user, this_user}, {id, this_id}},
          QuotaEntity{{user, this_user}, {id, std::nullopt}},
          QuotaEntity{{user, this_user}},
          QuotaEntity{{user, std::nullopt}, {id, this_id}},
          QuotaEntity{{user, std::nullopt}, {id, std::nullopt}},
          QuotaEntity{{user, std::nullopt}},
          QuotaEntity{{id, this_id}},
          QuotaEntity{{id, std::nullopt}}};
}

}  // namespace

std::string_view name_of(Quota quota) {
  switch (quota) {
    case Quota::producer_bytes: return "producer_byte_rate";
    case Quota::consumer_bytes: return "consumer_byte_rate";
    case Quota::request_percentage: return "request_percentage";
  }
  return "";
}

std::optional<Quota> quota_named(std::string_view name) {
  for (const Quota quota : kQuotas) {
    if (name_of(quota) == name) {
      return quota;
    }
  }
  return std::nullopt;
}

std::string fault_in(const QuotaEntity& entity) {
  if (entity.empty()) {
    return "Invalid empty client quota entity";
  }
  for (const auto& [type, name] : entity) {
    if (type != kUserEntity && type != kClientEntity) {
      return type == "ip" ? "quotas by address are not offered"
                          : "Unhandled client quota entity type: " + type;
    }
    if (name && name->empty()) {
      return "Empty " + type + " not supported";
    }
  }
  return "";
}

std::string fault_in(Quota quota, double limit) {
  const std::string name(name_of(quota));
  if (!std::isfinite(limit) || limit <= 0) {
    return "Quota " + name + " must be greater than 0";
  }
  return quota != Quota::request_percentage && limit != std::floor(limit)
             ? name + " cannot be a fractional value."
             : "";
}

Quotas::Quotas(io::World world, const std::string& directory)
    : world_(world),
      path_(io::join(directory, "quotas.json")),
      table_(std::make_shared<const Table>()) {
  if (!world_.files->exists(path_)) {
    return;
  }
  const Json json = Json::parse(world_.files->read_all(path_));
  if (json.at("format").as_int() != 1) {
    throw Error(ErrorCode::corrupt, "'" + path_ + "' is not of format 1");
  }
  Table table;
  for (const Json& each : json.at("quotas").as_array()) {
    table[entity_of(each.at("entity"))] = limits_of(each.at("limits"));
  }
  none_ = table.empty();
  table_ = std::make_shared<const Table>(std::move(table));
}

std::shared_ptr<const Quotas::Table> Quotas::all() const {
  const std::lock_guard lock(mutex_);
  return table_;
}

void Quotas::change(const std::vector<Change>& changes) {
  const std::lock_guard changing(changing_);
  auto next = std::make_shared<Table>(*all());
  for (const Change& change : changes) {
    Limits& limits = (*next)[change.entity];
    for (const auto& [quota, limit] : change.limits) {
      if (limit) {
        limits[quota] = *limit;
      } else {
        limits.erase(quota);
      }
    }
  }
  std::erase_if(*next, [](const auto& each) { return each.second.empty(); });
  if (next->size() > kMostEntities) {
    throw Error(ErrorCode::invalid_argument,
                "cannot keep quotas for more than " + std::to_string(kMostEntities) + " entities");
  }
  Json quotas = Json::array();
  for (const auto& [entity, limits] : *next) {
    quotas.push(json_of(entity, limits));
  }
  world_.files->replace(path_, Json::object({{"format", 1}, {"quotas", quotas}}).dump_pretty());
  none_ = next->empty();
  const std::lock_guard lock(mutex_);
  table_ = std::move(next);
}

std::optional<Quotas::Found> Quotas::find(Quota quota, const Client& client) const {
  const auto table = all();
  for (const QuotaEntity& entity : entities_of(client)) {
    const auto found = table->find(entity);
    if (found == table->end() || !found->second.contains(quota)) {
      continue;
    }
    Sharer sharer{quota, std::nullopt, std::nullopt};
    if (entity.contains(kUserEntity)) {
      std::get<1>(sharer) = client.user;
    }
    if (entity.contains(kClientEntity)) {
      std::get<2>(sharer) = client.id;
    }
    return Found{found->second.at(quota), std::move(sharer)};
  }
  return std::nullopt;
}

std::optional<double> Quotas::limit(Quota quota, const Client& client) const {
  if (are_none()) {
    return std::nullopt;
  }
  const auto found = find(quota, client);
  return found ? std::optional(found->limit) : std::nullopt;
}

Duration Quotas::use(Quota quota, const Client& client, double amount) {
  if (are_none()) {
    return {};
  }
  const auto found = find(quota, client);
  if (!found) {
    return {};
  }
  const Instant now = world_.clock->monotonic();
  if (rates_.size() >= kMostRates) {
    forget_rates(now);
  }
  Rate& rate = rates_[found->sharer];
  rate.add(amount, now);
  return rate.excess(found->limit, now);
}

// Half of them at least where all are in use, so that the next requests need not look again.
void Quotas::forget_rates(Instant now) {
  std::erase_if(rates_, [now](const auto& each) { return each.second.is_over(now); });
  if (rates_.size() < kMostRates) {
    return;
  }
  std::vector<std::map<Sharer, Rate>::iterator> all;
  for (auto at = rates_.begin(); at != rates_.end(); ++at) {
    all.push_back(at);
  }
  const auto middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
  std::nth_element(all.begin(), middle, all.end(), [](const auto& a, const auto& b) {
    return a->second.latest_use() < b->second.latest_use();
  });
  for (auto at = all.begin(); at != middle; ++at) {
    rates_.erase(*at);
  }
}

}  // namespace millrace::broker
