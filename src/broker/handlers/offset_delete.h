#pragma once

#include "broker/session.h"
#include "kafka/messages/offset_delete.h"

namespace millrace::broker {

class Broker;

kafka::OffsetDeleteResponse offset_delete(Broker& broker, const Caller& caller,
                                          const kafka::OffsetDeleteRequest& request);

}  // namespace millrace::broker
