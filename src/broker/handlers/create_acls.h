#pragma once

#include "broker/session.h"
#include "kafka/messages/create_acls.h"

namespace millrace::broker {

class Broker;

kafka::CreateAclsResponse create_acls(Broker& broker, const Caller& caller,
                                      const kafka::CreateAclsRequest& request);

}  // namespace millrace::broker
