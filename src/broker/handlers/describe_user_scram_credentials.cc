// DescribeUserScramCredentials: which users can log in by which mechanisms.
// https://kafka.apache.org/protocol#The_Messages_DescribeUserScramCredentials

#include "broker/handlers/describe_user_scram_credentials.h"

#include <map>
#include <utility>

#include "broker/access/credentials.h"
#include "broker/broker.h"

namespace millrace::broker {

using Request = kafka::DescribeUserScramCredentialsRequest;
using Response = kafka::DescribeUserScramCredentialsResponse;

static Response::Result describe(const std::string& user, const Credentials::OfUser& credentials) {
  Response::Result result;
  result.user = user;
  for (const auto& [mechanism, credential] : credentials) {
    result.credential_infos.push_back({static_cast<int8_t>(mechanism), credential.iterations});
  }
  if (credentials.empty()) {
    result.error_code = ErrorCode::resource_not_found;
    result.error_message = "there is no user '" + user + "'";
  }
  return result;
}

Response describe_user_scram_credentials(Broker& broker, const Caller& caller,
                                         const Request& request) {
  Response response;
  response.error_code = caller.access.fault_at_cluster(Operation::describe);
  if (response.error_code != ErrorCode::none) {
    return response;
  }
  const auto users = broker.credentials().users();
  if (!request.users || request.users->empty()) {
    for (const auto& [user, credentials] : users) {
      response.results.push_back(describe(user, credentials));
    }
    return response;
  }
  std::map<std::string_view, int> times;
  for (const Request::User& wanted : *request.users) {
    ++times[wanted.name];
  }
  for (const Request::User& wanted : *request.users) {
    const int named = std::exchange(times[wanted.name], 0);
    if (named > 1) {
      response.results.push_back(
          {wanted.name,
           ErrorCode::duplicate_resource,
           "Cannot describe SCRAM credentials for the same user twice in a single request: " +
               wanted.name,
           {}});
    }
    if (named != 1) {
      continue;
    }
    const auto found = users.find(wanted.name);
    response.results.push_back(
        describe(wanted.name, found == users.end() ? Credentials::OfUser() : found->second));
  }
  return response;
}

}  // namespace millrace::broker
