#pragma once

#include "broker/session.h"
#include "kafka/messages/create_acls.h"

namespace millrace::broker {

class Broker;

// Off the loop: it waits for the disk.
kafka::CreateAclsResponse create_acls(Broker& broker, const Access& access,
                                      const kafka::CreateAclsRequest& request);

}  // namespace millrace::broker
