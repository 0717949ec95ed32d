#pragma once

#include "kafka/messages/offset_fetch.h"

namespace millrace::broker {

class Broker;

kafka::OffsetFetchResponse offset_fetch(Broker& broker, const kafka::OffsetFetchRequest& request);

}  // namespace millrace::broker
