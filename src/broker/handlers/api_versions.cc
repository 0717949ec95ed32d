// ApiVersions: what this broker understands, as the table of handlers has it.
// https://kafka.apache.org/protocol#The_Messages_ApiVersions

#include "broker/handlers/api_versions.h"

#include "broker/handlers.h"
#include "broker/session.h"

namespace millrace::broker {

kafka::ApiVersionsResponse api_versions(Broker&, const Caller& caller,
                                        const kafka::ApiVersionsRequest&) {
  kafka::ApiVersionsResponse response = api_versions_answer();
  // Java clients up to 3.9, which ask so, take no range that begins at 0: Kafka leaves them out.
  constexpr int16_t kTakesZero = 4;
  if (caller.version < kTakesZero) {
    std::erase_if(*response.supported_features,
                  [](const auto& feature) { return feature.min_version == 0; });
  }
  return response;
}

}  // namespace millrace::broker
