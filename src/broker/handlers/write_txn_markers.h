#pragma once

#include "broker/session.h"
#include "kafka/messages/write_txn_markers.h"

namespace millrace::broker {

class Broker;

kafka::WriteTxnMarkersResponse write_txn_markers(Broker& broker, const Caller& caller,
                                                 const kafka::WriteTxnMarkersRequest& request);

}  // namespace millrace::broker
