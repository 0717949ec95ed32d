#include "broker/access/acls.h"

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

}  // namespace

Acls::Acls(io::World world, const std::string& directory, AuthorizationOptions options)
    : world_(world),
      path_(io::join(directory, "acls.json")),
      options_(std::move(options)),
      rules_(std::make_shared<const AclRules>()) {
  if (!world_.files->exists(path_)) {
    return;
  }
  const Json json = Json::parse(world_.files->read_all(path_));
  if (json.at("format").as_int() != 1) {
    throw Error(millrace::ErrorCode::corrupt, "'" + path_ + "' is not of format 1");
  }
  std::set<Acl> rules;
  for (const Json& each : json.at("acls").as_array()) {
    const Acl acl = acl_of(each);
    if (const std::string fault = fault_in(acl); !fault.empty()) {
      throw Error(millrace::ErrorCode::corrupt, "'" + path_ + "': " + fault);
    }
    rules.insert(acl);
  }
  rules_ = std::make_shared<const AclRules>(std::move(rules));
}

std::shared_ptr<const AclRules> Acls::rules() const {
  const std::lock_guard lock(mutex_);
  return rules_;
}

bool Acls::allows(std::string_view principal, std::string_view host, Operation operation,
                  ResourceType type, std::string_view name) const {
  if (!are_asked() || options_.super_users.contains(std::string(principal))) {
    return true;
  }
  bool named = false;
  bool granted = false;
  bool denied = false;
  rules()->for_each_covering(type, name, [&](const Acl& acl) {
    named = true;
    if (acl.concerns(principal, host)) {
      granted |= acl.grants(operation);
      denied |= acl.denies(operation);
    }
  });
  return named ? granted && !denied : options_.unruled == Unruled::allowed;
}

bool Acls::allows_somewhere(std::string_view principal, std::string_view host, Operation operation,
                            ResourceType type) const {
  if (!are_asked() || options_.super_users.contains(std::string(principal))) {
    return true;
  }
  // Kafka asks it of this name, which stands for those that no rule has.
  if (options_.unruled == Unruled::allowed &&
      allows(principal, host, operation, type, "hardcode")) {
    return true;
  }
  const auto now = rules();
  return std::any_of(now->all().begin(), now->all().end(), [&](const Acl& acl) {
    return acl.resource_type == type && acl.concerns(principal, host) && acl.grants(operation) &&
           allows(principal, host, operation, type, acl.resource_name);
  });
}

std::vector<Acl> Acls::find(const AclFilter& filter) const {
  std::vector<Acl> found;
  const auto now = rules();
  std::copy_if(now->all().begin(), now->all().end(), std::back_inserter(found),
               [&filter](const Acl& acl) { return filter.fits(acl); });
  return found;
}

void Acls::replace(std::set<Acl> rules) {
  Json all = Json::array();
  for (const Acl& acl : rules) {
    all.push(json_of(acl));
  }
  world_.files->replace(path_, Json::object({{"format", 1}, {"acls", all}}).dump_pretty());
  auto next = std::make_shared<const AclRules>(std::move(rules));
  const std::lock_guard lock(mutex_);
  rules_.swap(next);
}

void Acls::add(const std::vector<Acl>& acls) {
  const std::lock_guard lock(changing_);
  std::set<Acl> all = rules()->all();
  all.insert(acls.begin(), acls.end());
  replace(std::move(all));
}

std::vector<std::vector<Acl>> Acls::remove(const std::vector<AclFilter>& filters) {
  const std::lock_guard lock(changing_);
  const auto before = rules();
  std::set<Acl> left = before->all();
  std::vector<std::vector<Acl>> removed;
  for (const AclFilter& filter : filters) {
    std::vector<Acl>& fitting = removed.emplace_back();
    std::copy_if(left.begin(), left.end(), std::back_inserter(fitting),
                 [&filter](const Acl& acl) { return filter.fits(acl); });
    for (const Acl& acl : fitting) {
      left.erase(acl);
    }
  }
  if (left.size() != before->all().size()) {
    replace(std::move(left));
  }
  return removed;
}

}  // namespace millrace::broker
