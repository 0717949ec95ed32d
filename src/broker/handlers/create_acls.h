#pragma once

#include "broker/session.h"
#include "kafka/messages/create_acls.h"

namespace millrace::broker {

class Broker;

void create_acls(Broker& broker, const Caller& caller, kafka::CreateAclsRequest request,
                 const Answer& answer);

}  // namespace millrace::broker
