#pragma once

#include "kafka/messages/create_partitions.h"

namespace millrace::broker {

class Broker;

kafka::CreatePartitionsResponse create_partitions(Broker& broker,
                                                  const kafka::CreatePartitionsRequest& request);

}  // namespace millrace::broker
