#pragma once

// The table of APIs, handlers.cc: key, versions, function. ApiVersions' answer is computed from it,
// and versions are checked against it, once. A new API is a file in handlers/ and a line there.

#include <cstdint>
#include <span>

#include "broker/session.h"
#include "kafka/messages/api_key.h"
#include "kafka/messages/api_versions.h"

namespace millrace::broker {

class Broker;

struct Handler {
  kafka::ApiKey key;
  int16_t min_version;
  int16_t max_version;
  void (*serve)(Broker& broker, const Caller& caller, kafka::Reader& body, const Answer& answer);
};

std::span<const Handler> all_handlers();
const Handler* find_handler(kafka::ApiKey key);  // nullptr where there is none

// The ranges of the table.
kafka::ApiVersionsResponse api_versions_answer();

}  // namespace millrace::broker
