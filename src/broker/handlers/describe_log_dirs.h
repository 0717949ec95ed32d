#pragma once

#include "broker/session.h"
#include "kafka/messages/describe_log_dirs.h"

namespace millrace::broker {

class Broker;

kafka::DescribeLogDirsResponse describe_log_dirs(Broker& broker, const Caller& caller,
                                                 const kafka::DescribeLogDirsRequest& request);

}  // namespace millrace::broker
