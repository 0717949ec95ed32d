#pragma once

// The rules of access in force: acls.json, docs/formats/broker.md. Any thread.
//
// Whatever no rule allows is refused; a rule that denies wins over those that allow; super users
// need none. What no rule names, for nobody, can be open to everybody instead.

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "broker/access/acl.h"
#include "broker/access/acl_rules.h"
#include "io/world.h"

namespace millrace::broker {

// Are rules asked at all? Where they are not, everybody may do everything.
enum class Authorization : uint8_t { none, acls };

// What becomes of a resource that no rule names: Kafka's allow.everyone.if.no.acl.found.
enum class Unruled : uint8_t { refused, allowed };

// What somebody is told who would change or read rules that are not asked.
constexpr std::string_view kNotAsked =
    "access rules are not in force here: kafka.authorization in millrace.toml is not 'acls'";

struct AuthorizationOptions {
  Authorization authorization = Authorization::none;
  std::set<std::string> super_users;  // as principals, "User:admin"
  Unruled unruled = Unruled::refused;
};

class Acls {
 public:
  // Reads the file in `directory` where there is one. Throws Error(corrupt) where it cannot be read
  // as one.
  Acls(io::World world, const std::string& directory, AuthorizationOptions options);

  bool are_asked() const { return options_.authorization == Authorization::acls; }
  bool allows(std::string_view principal, std::string_view host, Operation operation,
              ResourceType type, std::string_view name) const;
  // On some resource of the type at least.
  bool allows_somewhere(std::string_view principal, std::string_view host, Operation operation,
                        ResourceType type) const;

  std::vector<Acl> find(const AclFilter& filter) const;
  // Durable when they return. Throw what the disk throws; then nothing changed.
  void add(const std::vector<Acl>& acls);
  // What each filter removed; a rule that several fit is the first one's. The disk is written once.
  std::vector<std::vector<Acl>> remove(const std::vector<AclFilter>& filters);

 private:
  std::shared_ptr<const AclRules> rules() const;
  void replace(std::set<Acl> rules);

  const io::World world_;
  const std::string path_;
  const AuthorizationOptions options_;
  std::mutex changing_;       // held while the disk is written; nobody who asks waits for it
  mutable std::mutex mutex_;  // guards rules_
  std::shared_ptr<const AclRules> rules_;
};

}  // namespace millrace::broker
