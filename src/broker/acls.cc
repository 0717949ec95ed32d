#include "broker/acls.h"

#include <algorithm>
#include <iterator>

#include "base/error.h"
#include "base/json.h"
#include "io/files.h"

namespace millrace::broker {

namespace {

Json json_of(const Acl& acl) {
  return Json::object({{"resource_type", name_of(acl.resource_type)},
                       {"resource_name", acl.resource_name},
                       {"pattern_type", name_of(acl.pattern_type)},
                       {"principal", acl.principal},
                       {"host", acl.host},
                       {"operation", name_of(acl.operation)},
                       {"permission", name_of(acl.permission)}});
}

Acl acl_of(const Json& json) {
  return {resource_type_named(json.at("resource_type").as_string()),
          json.at("resource_name").as_string(),
          pattern_type_named(json.at("pattern_type").as_string()),
          json.at("principal").as_string(),
          json.at("host").as_string(),
          operation_named(json.at("operation").as_string()),
          permission_named(json.at("permission").as_string())};
}

// Those of one type and name stand together in the order of rules.
template <typename See>
void for_each_named(const std::set<Acl>& rules, ResourceType type, std::string_view name,
                    const See& see) {
  const Acl first{type, std::string(name),  PatternType::unknown, "",
                  "",   Operation::unknown, Permission::unknown};
  for (auto at = rules.lower_bound(first);
       at != rules.end() && at->resource_type == type && at->resource_name == name; ++at) {
    see(*at);
  }
}

// What may hold for a resource is found by its name, by each of the name's beginnings and by the
// name that stands for every one, so that thousands of rules about others cost little.
template <typename See>
void for_each_covering(const std::set<Acl>& rules, ResourceType type, std::string_view name,
                       const See& see) {
  for (size_t length = 1; length <= name.size(); ++length) {
    for_each_named(rules, type, name.substr(0, length), [&](const Acl& acl) {
      if (length == name.size() || acl.pattern_type == PatternType::prefixed) {
        see(acl);
      }
    });
  }
  if (name != kEvery) {
    for_each_named(rules, type, kEvery, [&](const Acl& acl) {
      if (acl.pattern_type == PatternType::literal) {
        see(acl);
      }
    });
  }
}

}  // namespace

Acls::Acls(io::World world, const std::string& directory, AuthorizationOptions options)
    : world_(world),
      path_(io::join(directory, "acls.json")),
      options_(std::move(options)),
      rules_(std::make_shared<const Rules>()) {
  if (!world_.files->exists(path_)) {
    return;
  }
  const Json json = Json::parse(world_.files->read_all(path_));
  if (json.at("format").as_int() != 1) {
    throw Error(millrace::ErrorCode::corrupt, "'" + path_ + "' is not of format 1");
  }
  Rules rules;
  for (const Json& each : json.at("acls").as_array()) {
    const Acl acl = acl_of(each);
    if (const std::string fault = fault_in(acl); !fault.empty()) {
      throw Error(millrace::ErrorCode::corrupt, "'" + path_ + "': " + fault);
    }
    rules.insert(acl);
  }
  rules_ = std::make_shared<const Rules>(std::move(rules));
}

std::shared_ptr<const Acls::Rules> Acls::rules() const {
  const std::lock_guard lock(mutex_);
  return rules_;
}

bool Acls::allows(std::string_view principal, std::string_view host, Operation operation,
                  ResourceType type, std::string_view name) const {
  if (!are_asked() || options_.super_users.contains(std::string(principal))) {
    return true;
  }
  bool granted = false;
  bool denied = false;
  for_each_covering(*rules(), type, name, [&](const Acl& acl) {
    if (acl.concerns(principal, host)) {
      granted |= acl.grants(operation);
      denied |= acl.denies(operation);
    }
  });
  return granted && !denied;
}

bool Acls::allows_somewhere(std::string_view principal, std::string_view host, Operation operation,
                            ResourceType type) const {
  if (!are_asked() || options_.super_users.contains(std::string(principal))) {
    return true;
  }
  const auto all = rules();
  return std::any_of(all->begin(), all->end(), [&](const Acl& acl) {
    return acl.resource_type == type && acl.concerns(principal, host) && acl.grants(operation) &&
           allows(principal, host, operation, type, acl.resource_name);
  });
}

std::vector<Acl> Acls::find(const AclFilter& filter) const {
  std::vector<Acl> found;
  const auto all = rules();
  std::copy_if(all->begin(), all->end(), std::back_inserter(found),
               [&filter](const Acl& acl) { return filter.fits(acl); });
  return found;
}

void Acls::replace(Rules rules) {
  Json all = Json::array();
  for (const Acl& acl : rules) {
    all.push(json_of(acl));
  }
  world_.files->replace(path_, Json::object({{"format", 1}, {"acls", all}}).dump_pretty());
  const std::lock_guard lock(mutex_);
  rules_ = std::make_shared<const Rules>(std::move(rules));
}

void Acls::add(const std::vector<Acl>& acls) {
  const std::lock_guard lock(changing_);
  Rules all = *rules();
  all.insert(acls.begin(), acls.end());
  replace(std::move(all));
}

std::vector<Acl> Acls::remove(const AclFilter& filter) {
  const std::lock_guard lock(changing_);
  std::vector<Acl> removed = find(filter);
  if (!removed.empty()) {
    Rules left = *rules();
    for (const Acl& acl : removed) {
      left.erase(acl);
    }
    replace(std::move(left));
  }
  return removed;
}

}  // namespace millrace::broker
