#pragma once

#include "kafka/messages/api_versions.h"

namespace millrace::broker {

class Broker;

kafka::ApiVersionsResponse api_versions(Broker& broker, const kafka::ApiVersionsRequest& request);

}  // namespace millrace::broker
