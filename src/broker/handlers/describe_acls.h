#pragma once

#include "broker/session.h"
#include "kafka/messages/describe_acls.h"

namespace millrace::broker {

class Broker;

kafka::DescribeAclsResponse describe_acls(Broker& broker, const Caller& caller,
                                          const kafka::DescribeAclsRequest& request);

}  // namespace millrace::broker
