#pragma once

#include "broker/session.h"
#include "kafka/messages/list_transactions.h"

namespace millrace::broker {

class Broker;

kafka::ListTransactionsResponse list_transactions(Broker& broker, const Caller& caller,
                                                  const kafka::ListTransactionsRequest& request);

}  // namespace millrace::broker
