#pragma once

#include "broker/session.h"
#include "kafka/messages/describe_user_scram_credentials.h"

namespace millrace::broker {

class Broker;

kafka::DescribeUserScramCredentialsResponse describe_user_scram_credentials(
    Broker& broker, const Caller& caller,
    const kafka::DescribeUserScramCredentialsRequest& request);

}  // namespace millrace::broker
