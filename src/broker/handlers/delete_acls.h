#pragma once

#include "broker/session.h"
#include "kafka/messages/delete_acls.h"

namespace millrace::broker {

class Broker;

// Off the loop: it waits for the disk.
kafka::DeleteAclsResponse delete_acls(Broker& broker, const Access& access,
                                      const kafka::DeleteAclsRequest& request);

}  // namespace millrace::broker
