#pragma once

#include "broker/session.h"
#include "kafka/messages/describe_client_quotas.h"

namespace millrace::broker {

class Broker;

kafka::DescribeClientQuotasResponse describe_client_quotas(
    Broker& broker, const Caller& caller, const kafka::DescribeClientQuotasRequest& request);

}  // namespace millrace::broker
