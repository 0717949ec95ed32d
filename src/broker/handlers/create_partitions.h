#pragma once

#include "broker/session.h"
#include "kafka/messages/create_partitions.h"

namespace millrace::broker {

class Broker;

// Off the loop: it waits for the disk.
kafka::CreatePartitionsResponse create_partitions(Broker& broker, const Access& access,
                                                  const kafka::CreatePartitionsRequest& request);

}  // namespace millrace::broker
