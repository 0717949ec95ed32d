// /api/v1/users: who may log in at the Kafka ports that ask for it.

#include "api/route.h"
#include "base/error.h"
#include "broker/access/credentials.h"

namespace millrace::api {

static Json user_json(const std::string& user, const broker::Credentials::OfUser& credentials) {
  Json mechanisms = Json::array();
  for (const auto& [mechanism, credential] : credentials) {
    mechanisms.push(std::string(name_of(mechanism)));
  }
  return Json::object({{"user", user}, {"mechanisms", mechanisms}});
}

io::http::Response list_users(const Call& call) {
  Json users = Json::array();
  for (const auto& [user, credentials] : call.services.credentials->users()) {
    users.push(user_json(user, credentials));
  }
  return json(Json::object({{"users", users}}));
}

io::http::Response set_user(const Call& call) {
  const Json body = call.body();
  const std::string& password = Call::required(body, "password").as_string();
  if (password.empty()) {
    throw Error(ErrorCode::invalid_argument, "a user's password is not empty");
  }
  const std::string& user = call.captured[0];
  call.services.credentials->set_password(user, password);
  return json(user_json(user, call.services.credentials->of(user)));
}

io::http::Response delete_user(const Call& call) {
  const std::string& user = call.captured[0];
  if (call.services.credentials->of(user).empty()) {
    throw Error(ErrorCode::not_found, "there is no user '" + user + "'");
  }
  call.services.credentials->remove(user);
  return json(Json::object({{"deleted", user}}));
}

}  // namespace millrace::api
