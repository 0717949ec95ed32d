#pragma once

#include "broker/session.h"
#include "kafka/messages/delete_acls.h"

namespace millrace::broker {

class Broker;

void delete_acls(Broker& broker, const Caller& caller, kafka::DeleteAclsRequest request,
                 const Answer& answer);

}  // namespace millrace::broker
