// ListConfigResources: what DescribeConfigs may be asked about, topics and the broker. Clients ask
// in version 0 for subscriptions to their metrics, of which there are none.
// https://kafka.apache.org/protocol#The_Messages_ListConfigResources

#include "broker/handlers/list_config_resources.h"

#include <algorithm>

#include "broker/broker.h"
#include "broker/changed_settings.h"

namespace millrace::broker {

using Request = kafka::ListConfigResourcesRequest;
using Response = kafka::ListConfigResourcesResponse;

namespace {

constexpr int8_t kTopic = 2;
constexpr int8_t kBroker = 4;
constexpr int8_t kBrokerLogger = 8;
constexpr int8_t kClientMetrics = 16;
constexpr int8_t kGroup = 32;

bool is_kind(int8_t type) {
  return type == kTopic || type == kBroker || type == kBrokerLogger || type == kClientMetrics ||
         type == kGroup;
}

bool wants(const Request& request, int8_t type) {
  return request.resource_types.empty() ||
         std::find(request.resource_types.begin(), request.resource_types.end(), type) !=
             request.resource_types.end();
}

}  // namespace

Response list_config_resources(Broker& broker, const Caller& caller, const Request& request) {
  Response response;
  response.error_code = caller.access.fault_at_cluster(Operation::describe_configs);
  if (response.error_code == ErrorCode::none &&
      !std::all_of(request.resource_types.begin(), request.resource_types.end(), is_kind)) {
    response.error_code = ErrorCode::unsupported_version;
  }
  if (response.error_code != ErrorCode::none || caller.version == 0) {
    return response;
  }
  if (wants(request, kTopic)) {
    for (const auto& topic : broker.store().list()) {
      response.config_resources.push_back({topic->name, kTopic});
    }
  }
  if (wants(request, kGroup)) {
    for (const auto& [group, settings] : broker.changed_settings().layers()->groups) {
      response.config_resources.push_back({group, kGroup});
    }
  }
  if (wants(request, kBroker)) {
    response.config_resources.push_back({std::to_string(broker.options().node_id), kBroker});
  }
  return response;
}

}  // namespace millrace::broker
