#pragma once

#include "kafka/messages/write_txn_markers.h"

namespace millrace::broker {

class Broker;

kafka::WriteTxnMarkersResponse write_txn_markers(Broker& broker,
                                                 const kafka::WriteTxnMarkersRequest& request);

}  // namespace millrace::broker
