#pragma once

#include "broker/session.h"
#include "kafka/messages/alter_user_scram_credentials.h"

namespace millrace::broker {

class Broker;

kafka::AlterUserScramCredentialsResponse alter_user_scram_credentials(
    Broker& broker, const Access& access, const kafka::AlterUserScramCredentialsRequest& request);

}  // namespace millrace::broker
