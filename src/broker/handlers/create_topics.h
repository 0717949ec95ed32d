#pragma once

#include "kafka/messages/create_topics.h"

namespace millrace::broker {

class Broker;

kafka::CreateTopicsResponse create_topics(Broker& broker,
                                          const kafka::CreateTopicsRequest& request);

}  // namespace millrace::broker
