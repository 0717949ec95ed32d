#pragma once

#include "kafka/messages/list_transactions.h"

namespace millrace::broker {

class Broker;

kafka::ListTransactionsResponse list_transactions(Broker& broker,
                                                  const kafka::ListTransactionsRequest& request);

}  // namespace millrace::broker
