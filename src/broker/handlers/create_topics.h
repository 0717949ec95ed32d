#pragma once

#include "broker/session.h"
#include "kafka/messages/create_topics.h"

namespace millrace::broker {

class Broker;

// Off the loop: it waits for the disk.
kafka::CreateTopicsResponse create_topics(Broker& broker, const Access& access,
                                          const kafka::CreateTopicsRequest& request);

}  // namespace millrace::broker
