#pragma once

#include "broker/session.h"
#include "kafka/messages/alter_user_scram_credentials.h"

namespace millrace::broker {

class Broker;

kafka::AlterUserScramCredentialsResponse alter_user_scram_credentials(
    Broker& broker, const Caller& caller, const kafka::AlterUserScramCredentialsRequest& request);

}  // namespace millrace::broker
