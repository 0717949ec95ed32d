// UpdateFeatures: levels come with the program, and none can be chosen.
// https://kafka.apache.org/protocol#The_Messages_UpdateFeatures

#include "broker/handlers/update_features.h"

#include "broker/broker.h"
#include "broker/handlers.h"

namespace millrace::broker {

using Response = kafka::UpdateFeaturesResponse;

// Whether a feature stands at this level already.
static bool is_in_force(const std::string& feature, int16_t level) {
  const kafka::ApiVersionsResponse answer = api_versions_answer();
  for (const auto& finalized : *answer.finalized_features) {
    if (finalized.name == feature) {
      return finalized.max_version == level;
    }
  }
  return false;
}

Response update_features(Broker&, const Caller& caller,
                         const kafka::UpdateFeaturesRequest& request) {
  Response response;
  response.error_code = caller.access.fault_at_cluster(Operation::alter);
  for (const auto& update : request.feature_updates) {
    if (response.error_code == ErrorCode::none &&
        !is_in_force(update.feature, update.max_version_level)) {
      response.error_code = ErrorCode::invalid_update_version;
      response.error_message = "The update failed for all features: the level of " +
                               update.feature + " comes with the program and does not change.";
    }
  }
  if (response.error_code == ErrorCode::none) {
    for (const auto& update : request.feature_updates) {
      response.results.push_back({update.feature, ErrorCode::none, std::nullopt});
    }
  }
  return response;
}

}  // namespace millrace::broker
