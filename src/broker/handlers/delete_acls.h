#pragma once

#include "broker/session.h"
#include "kafka/messages/delete_acls.h"

namespace millrace::broker {

class Broker;

kafka::DeleteAclsResponse delete_acls(Broker& broker, const Caller& caller,
                                      const kafka::DeleteAclsRequest& request);

}  // namespace millrace::broker
