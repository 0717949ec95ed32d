#pragma once

// How a pipeline's 'properties.bootstrap.servers' may name this server, and who is told where it
// names another.

#include <cstdint>
#include <string>
#include <vector>

#include "server/pipelines.h"
#include "server/settings.h"

namespace millrace::server {

// By its port, or by Kafka's ordinary one, because a file does not change with the port that
// somebody gave or the system chose.
std::vector<std::string> own_addresses(const Settings& settings, uint16_t port);

// A line for each list of other servers that tables of these files name, with its place: what runs
// without a server has topics of its own all the same.
std::vector<std::string> notices_of_other_servers(const std::vector<PlannedFile>& files,
                                                  const std::vector<std::string>& own);

}  // namespace millrace::server
