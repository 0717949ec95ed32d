#pragma once

#include "broker/session.h"
#include "kafka/messages/alter_client_quotas.h"

namespace millrace::broker {

class Broker;

kafka::AlterClientQuotasResponse alter_client_quotas(
    Broker& broker, const Access& access, const kafka::AlterClientQuotasRequest& request);

}  // namespace millrace::broker
