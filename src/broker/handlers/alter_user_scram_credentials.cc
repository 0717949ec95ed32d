// AlterUserScramCredentials: sets and removes what users log in with. All that a request wants for
// one user happens, or nothing of it.
// https://kafka.apache.org/protocol#The_Messages_AlterUserScramCredentials

#include "broker/handlers/alter_user_scram_credentials.h"

#include <map>
#include <set>
#include <utility>

#include "broker/access/credentials.h"
#include "broker/broker.h"

namespace millrace::broker {

using Request = kafka::AlterUserScramCredentialsRequest;
using Response = kafka::AlterUserScramCredentialsResponse;

namespace {

// Kafka's bounds: fewer are too quick to try out, more would keep the broker busy.
constexpr int32_t kLeastIterations = 4'096;
constexpr int32_t kMostIterations = 16'384;

struct Wish {
  Credentials::Changes changes;
  bool is_named = false;
  ErrorCode fault = ErrorCode::none;
  std::string why;

  void refuse(ErrorCode code, std::string reason) {
    fault = code;
    why = std::move(reason);
  }
  // Nothing where the request is refused already.
  std::optional<ScramMechanism> wanted_mechanism(int8_t number) {
    if (fault != ErrorCode::none) {
      return std::nullopt;
    }
    if (std::exchange(is_named, true)) {
      refuse(ErrorCode::duplicate_resource,
             "A user credential cannot be altered twice in the same request");
      return std::nullopt;
    }
    const auto mechanism = scram_mechanism(number);
    if (!mechanism) {
      refuse(ErrorCode::unsupported_sasl_mechanism, "there is no such mechanism");
    }
    return mechanism;
  }
};

void wish_deletion(const Request::Deletion& deletion, const Credentials::OfUser& known,
                   Wish& wish) {
  const auto mechanism = wish.wanted_mechanism(deletion.mechanism);
  if (mechanism && !known.contains(*mechanism)) {
    wish.refuse(ErrorCode::resource_not_found, "the user has no such credential");
  } else if (mechanism) {
    wish.changes[*mechanism] = std::nullopt;
  }
}

void wish_credential(const Request::Upsertion& upsertion, Wish& wish) {
  const auto mechanism = wish.wanted_mechanism(upsertion.mechanism);
  if (!mechanism) {
    return;
  }
  if (upsertion.name.empty()) {
    wish.refuse(ErrorCode::unacceptable_credential, "a user has a name");
  } else if (upsertion.iterations < kLeastIterations || upsertion.iterations > kMostIterations) {
    wish.refuse(ErrorCode::unacceptable_credential, "iterations are " +
                                                        std::to_string(kLeastIterations) + " to " +
                                                        std::to_string(kMostIterations));
  } else if (upsertion.salt.empty() || upsertion.salted_password.empty()) {
    wish.refuse(ErrorCode::unacceptable_credential,
                "a credential has a salt and a salted password");
  } else {
    wish.changes[*mechanism] = scram_credential(*mechanism, upsertion.salted_password,
                                                upsertion.salt, upsertion.iterations);
  }
}

// Every user that the request names, with this for an answer.
Response refused(const Request& request, ErrorCode code) {
  std::set<std::string> users;
  for (const Request::Deletion& deletion : request.deletions) {
    users.insert(deletion.name);
  }
  for (const Request::Upsertion& upsertion : request.upsertions) {
    users.insert(upsertion.name);
  }
  Response response;
  for (const std::string& user : users) {
    response.results.push_back({user, code, std::nullopt});
  }
  return response;
}

}  // namespace

Response alter_user_scram_credentials(Broker& broker, const Access& access,
                                      const Request& request) {
  const ErrorCode refusal = access.fault_at_cluster(Operation::alter);
  if (refusal != ErrorCode::none) {
    return refused(request, refusal);
  }
  std::map<std::string, Wish> wishes;
  for (const Request::Deletion& deletion : request.deletions) {
    wish_deletion(deletion, broker.credentials().of(deletion.name), wishes[deletion.name]);
  }
  for (const Request::Upsertion& upsertion : request.upsertions) {
    wish_credential(upsertion, wishes[upsertion.name]);
  }
  Response response;
  for (auto& [user, wish] : wishes) {
    if (wish.fault == ErrorCode::none) {
      try {
        broker.credentials().change(user, wish.changes);
      } catch (const Error& error) {  // the disk says no to one user; the others have their answers
        wish.refuse(kafka::to_kafka(error.code()), error.message());
      }
    }
    response.results.push_back(
        {user, wish.fault, wish.why.empty() ? std::nullopt : std::optional(wish.why)});
  }
  return response;
}

}  // namespace millrace::broker
