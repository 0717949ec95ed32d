#pragma once

#include "broker/session.h"
#include "kafka/messages/update_features.h"

namespace millrace::broker {

class Broker;

kafka::UpdateFeaturesResponse update_features(Broker& broker, const Caller& caller,
                                              const kafka::UpdateFeaturesRequest& request);

}  // namespace millrace::broker
