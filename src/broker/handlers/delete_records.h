#pragma once

#include "broker/session.h"
#include "kafka/messages/delete_records.h"

namespace millrace::broker {

class Broker;

kafka::DeleteRecordsResponse delete_records(Broker& broker, const Caller& caller,
                                            const kafka::DeleteRecordsRequest& request);

}  // namespace millrace::broker
