#pragma once

// Who may log in: users with what is needed to check their passwords, never the passwords.
// credentials.json, docs/formats/broker.md. Any thread.

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "io/digests.h"
#include "io/world.h"

namespace millrace::broker {

// SCRAM's mechanisms by their numbers in Kafka's protocol.
enum class ScramMechanism : int8_t { sha256 = 1, sha512 = 2 };
std::string_view name_of(ScramMechanism mechanism);  // "SCRAM-SHA-256"
io::Digest digest_of(ScramMechanism mechanism);
std::optional<ScramMechanism> scram_mechanism(std::string_view name);
std::optional<ScramMechanism> scram_mechanism(int8_t number);

// RFC 5802's server side of a password.
struct ScramCredential {
  std::string salt;
  int32_t iterations = 0;
  std::string stored_key;
  std::string server_key;
};
// From the password stretched with salt and iterations.
ScramCredential scram_credential(ScramMechanism mechanism, std::string_view salted_password,
                                 std::string_view salt, int32_t iterations);

class Credentials {
 public:
  using OfUser = std::map<ScramMechanism, ScramCredential>;
  using Users = std::map<std::string, OfUser, std::less<>>;
  // Nothing: the credential goes.
  using Changes = std::map<ScramMechanism, std::optional<ScramCredential>>;

  // Reads the file in `directory` where there is one. Throws Error(corrupt) where it cannot be read
  // as one.
  Credentials(io::World world, const std::string& directory);

  Users users() const;
  OfUser of(std::string_view user) const;  // none where there is no such user
  std::optional<ScramCredential> find(std::string_view user, ScramMechanism mechanism) const;
  // Is this the user's password? By any of the user's credentials.
  bool accepts(std::string_view user, std::string_view password) const;
  // A user without credentials is none. Durable when they return. Throw what the disk throws; then
  // nothing changed.
  void change(const std::string& user, const Changes& changes);
  void set_password(const std::string& user, std::string_view password);
  void remove(const std::string& user);

 private:
  void write(const Users& users) const;

  const io::World world_;
  const std::string path_;
  mutable std::mutex mutex_;
  Users users_;
};

}  // namespace millrace::broker
