#pragma once

// DIR/ports.json: where a running server listens. There exactly while everything listens and the
// pipelines have started; after a kill the lock beside it tells that it is stale.

#include <cstdint>
#include <optional>
#include <string>

namespace millrace::io {
class Files;
}

namespace millrace::server {

struct Ports {
  uint16_t kafka = 0;
  uint16_t kafka_second = 0;  // not in the file where there is none
  uint16_t http = 0;
  uint16_t kinesis = 0;   // null in the file where it is not served
  uint16_t postgres = 0;  // "pg" in the file; "registry" is null, as it is not served yet
};

void write_ports(io::Files& files, const std::string& data_directory, const Ports& ports);
void remove_ports(io::Files& files, const std::string& data_directory);
// Nothing where no server runs on the directory.
std::optional<Ports> read_ports(io::Files& files, const std::string& data_directory);

}  // namespace millrace::server
