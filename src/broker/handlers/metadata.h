#pragma once

#include "broker/session.h"
#include "kafka/messages/metadata.h"

namespace millrace::broker {

class Broker;

void metadata(Broker& broker, const Caller& caller, kafka::MetadataRequest request,
              const Answer& answer);

}  // namespace millrace::broker
