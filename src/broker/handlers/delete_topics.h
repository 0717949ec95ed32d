#pragma once

#include "kafka/messages/delete_topics.h"

namespace millrace::broker {

class Broker;

kafka::DeleteTopicsResponse delete_topics(Broker& broker,
                                          const kafka::DeleteTopicsRequest& request);

}  // namespace millrace::broker
