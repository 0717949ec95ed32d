#pragma once

#include "kafka/messages/api_versions.h"

namespace millrace::broker {

class Broker;
struct Caller;

kafka::ApiVersionsResponse api_versions(Broker& broker, const Caller& caller,
                                        const kafka::ApiVersionsRequest& request);

}  // namespace millrace::broker
