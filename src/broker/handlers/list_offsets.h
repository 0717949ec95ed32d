#pragma once

#include "broker/session.h"
#include "kafka/messages/list_offsets.h"

namespace millrace::broker {

class Broker;

kafka::ListOffsetsResponse list_offsets(Broker& broker, const Caller& caller,
                                        const kafka::ListOffsetsRequest& request);

}  // namespace millrace::broker
