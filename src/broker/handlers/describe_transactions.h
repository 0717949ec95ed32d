#pragma once

#include "broker/session.h"
#include "kafka/messages/describe_transactions.h"

namespace millrace::broker {

class Broker;

kafka::DescribeTransactionsResponse describe_transactions(
    Broker& broker, const Caller& caller, const kafka::DescribeTransactionsRequest& request);

}  // namespace millrace::broker
