// ApiVersions: what this broker understands, as the table of handlers has it.
// https://kafka.apache.org/protocol#The_Messages_ApiVersions

#include "broker/handlers/api_versions.h"

#include "broker/handlers.h"

namespace millrace::broker {

kafka::ApiVersionsResponse api_versions(Broker&, const kafka::ApiVersionsRequest&) {
  return api_versions_answer();
}

}  // namespace millrace::broker
