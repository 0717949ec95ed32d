#pragma once

#include "kafka/messages/offset_delete.h"

namespace millrace::broker {

class Broker;

kafka::OffsetDeleteResponse offset_delete(Broker& broker,
                                          const kafka::OffsetDeleteRequest& request);

}  // namespace millrace::broker
