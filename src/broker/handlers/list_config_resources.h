#pragma once

#include "broker/session.h"
#include "kafka/messages/list_config_resources.h"

namespace millrace::broker {

class Broker;

kafka::ListConfigResourcesResponse list_config_resources(
    Broker& broker, const Caller& caller, const kafka::ListConfigResourcesRequest& request);

}  // namespace millrace::broker
