#include "server/ports_file.h"

#include "base/json.h"
#include "io/files.h"
#include "server/data_directory.h"

namespace millrace::server {

static std::string path_in(const std::string& data_directory) {
  return io::join(data_directory, "ports.json");
}

void write_ports(io::Files& files, const std::string& data_directory, const Ports& ports) {
  Json content =
      Json::object({{"kafka", int64_t{ports.kafka}},
                    {"http", int64_t{ports.http}},
                    {"pg", int64_t{ports.postgres}},
                    {"kinesis", ports.kinesis == 0 ? Json() : Json(int64_t{ports.kinesis})},
                    {"registry", Json()}});
  if (ports.kafka_second != 0) {
    content.set("kafka_second", int64_t{ports.kafka_second});
  }
  files.replace(path_in(data_directory), content.dump() + "\n");
}

void remove_ports(io::Files& files, const std::string& data_directory) {
  files.remove(path_in(data_directory));
}

static uint16_t port_in(const Json& content, std::string_view name) {
  return static_cast<uint16_t>(content.at(name).as_int());
}

std::optional<Ports> read_ports(io::Files& files, const std::string& data_directory) {
  if (!is_in_use(data_directory) || !files.exists(path_in(data_directory))) {
    return std::nullopt;
  }
  const Json content = Json::parse(files.read_all(path_in(data_directory)));
  return Ports{.kafka = port_in(content, "kafka"),
               .http = port_in(content, "http"),
               .postgres = port_in(content, "pg")};
}

}  // namespace millrace::server
