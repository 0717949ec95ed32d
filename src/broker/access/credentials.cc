#include "broker/access/credentials.h"

#include <array>

#include "base/error.h"
#include "base/json.h"
#include "io/files.h"

namespace millrace::broker {

namespace {

constexpr std::array kMechanisms{ScramMechanism::sha256, ScramMechanism::sha512};
constexpr int32_t kIterations = 4096;  // the least that Kafka takes, and its default
constexpr size_t kSaltBytes = 16;

std::string bytes_at(const Json& json, std::string_view member) {
  const auto bytes = io::from_base64(json.at(member).as_string());
  if (!bytes) {
    throw Error(millrace::ErrorCode::corrupt, "'" + std::string(member) + "' is not base64");
  }
  return *bytes;
}

ScramCredential credential_of(const Json& json) {
  return {bytes_at(json, "salt"), static_cast<int32_t>(json.at("iterations").as_int()),
          bytes_at(json, "stored_key"), bytes_at(json, "server_key")};
}

Json json_of(const ScramCredential& credential) {
  return Json::object({{"salt", io::to_base64(credential.salt)},
                       {"iterations", credential.iterations},
                       {"stored_key", io::to_base64(credential.stored_key)},
                       {"server_key", io::to_base64(credential.server_key)}});
}

}  // namespace

std::string_view name_of(ScramMechanism mechanism) {
  return mechanism == ScramMechanism::sha256 ? "SCRAM-SHA-256" : "SCRAM-SHA-512";
}

io::Digest digest_of(ScramMechanism mechanism) {
  return mechanism == ScramMechanism::sha256 ? io::Digest::sha256 : io::Digest::sha512;
}

std::optional<ScramMechanism> scram_mechanism(std::string_view name) {
  for (const ScramMechanism mechanism : kMechanisms) {
    if (name_of(mechanism) == name) {
      return mechanism;
    }
  }
  return std::nullopt;
}

std::optional<ScramMechanism> scram_mechanism(int8_t number) {
  for (const ScramMechanism mechanism : kMechanisms) {
    if (static_cast<int8_t>(mechanism) == number) {
      return mechanism;
    }
  }
  return std::nullopt;
}

ScramCredential scram_credential(ScramMechanism mechanism, std::string_view salted_password,
                                 std::string_view salt, int32_t iterations) {
  const io::Digest digest = digest_of(mechanism);
  return {std::string(salt), iterations,
          io::hash(digest, io::keyed_hash(digest, salted_password, "Client Key")),
          io::keyed_hash(digest, salted_password, "Server Key")};
}

Credentials::Credentials(io::World world, const std::string& directory)
    : world_(world), path_(io::join(directory, "credentials.json")) {
  if (!world_.files->exists(path_)) {
    return;
  }
  const Json json = Json::parse(world_.files->read_all(path_));
  if (json.at("format").as_int() != 1) {
    throw Error(millrace::ErrorCode::corrupt, "'" + path_ + "' is not of format 1");
  }
  for (const auto& [user, mechanisms] : json.at("users").as_members()) {
    for (const ScramMechanism mechanism : kMechanisms) {
      if (const Json* found = mechanisms.find(name_of(mechanism))) {
        users_[user][mechanism] = credential_of(*found);
      }
    }
  }
}

Credentials::Users Credentials::users() const {
  const std::lock_guard lock(mutex_);
  return users_;
}

Credentials::OfUser Credentials::of(std::string_view user) const {
  const std::lock_guard lock(mutex_);
  const auto found = users_.find(user);
  return found == users_.end() ? OfUser() : found->second;
}

std::optional<ScramCredential> Credentials::find(std::string_view user,
                                                 ScramMechanism mechanism) const {
  const OfUser of_user = of(user);
  const auto found = of_user.find(mechanism);
  return found == of_user.end() ? std::nullopt : std::optional(found->second);
}

bool Credentials::accepts(std::string_view user, std::string_view password) const {
  const OfUser of_user = of(user);
  if (of_user.empty()) {
    return false;
  }
  const auto& [mechanism, credential] = *of_user.begin();
  const std::string salted =
      io::stretched(digest_of(mechanism), password, credential.salt, credential.iterations);
  const ScramCredential offered =
      scram_credential(mechanism, salted, credential.salt, credential.iterations);
  return io::same_secret(offered.stored_key, credential.stored_key);
}

void Credentials::write(const Users& users) const {
  Json all = Json::object();
  for (const auto& [user, credentials] : users) {
    Json mechanisms = Json::object();
    for (const auto& [mechanism, credential] : credentials) {
      mechanisms.set(std::string(name_of(mechanism)), json_of(credential));
    }
    all.set(user, std::move(mechanisms));
  }
  world_.files->replace_secret(path_, Json::object({{"format", 1}, {"users", all}}).dump_pretty());
}

void Credentials::change(const std::string& user, const Changes& changes) {
  const std::lock_guard lock(mutex_);
  Users users = users_;
  for (const auto& [mechanism, credential] : changes) {
    if (credential) {
      users[user][mechanism] = *credential;
    } else {
      users[user].erase(mechanism);
    }
  }
  if (const auto changed = users.find(user); changed != users.end() && changed->second.empty()) {
    users.erase(changed);
  }
  write(users);
  users_ = std::move(users);
}

void Credentials::set_password(const std::string& user, std::string_view password) {
  Changes changes;
  for (const ScramMechanism mechanism : kMechanisms) {
    const std::string salt = io::random_secret(kSaltBytes);
    changes[mechanism] = scram_credential(
        mechanism, io::stretched(digest_of(mechanism), password, salt, kIterations), salt,
        kIterations);
  }
  change(user, changes);
}

void Credentials::remove(const std::string& user) {
  change(user, {{ScramMechanism::sha256, std::nullopt}, {ScramMechanism::sha512, std::nullopt}});
}

}  // namespace millrace::broker
