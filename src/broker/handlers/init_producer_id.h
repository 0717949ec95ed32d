#pragma once

#include "kafka/messages/init_producer_id.h"

namespace millrace::broker {

class Broker;

kafka::InitProducerIdResponse init_producer_id(Broker& broker,
                                               const kafka::InitProducerIdRequest& request);

}  // namespace millrace::broker
