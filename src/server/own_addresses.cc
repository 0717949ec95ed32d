#include "server/own_addresses.h"

#include <map>
#include <variant>

#include "connector/topic/options.h"
#include "plan/nodes.h"

namespace millrace::server {

std::vector<std::string> own_addresses(const Settings& settings, uint16_t port) {
  const ListenerSettings ordinary{.port = 9092};
  std::vector<std::string> addresses;
  for (const std::string& host :
       {std::string("localhost"), std::string("127.0.0.1"), std::string("[::1]"),
        settings.kafka.address, settings.kafka.advertised_host}) {
    if (host.empty()) {
      continue;
    }
    addresses.push_back(host + ":" + std::to_string(port));
    if (port != ordinary.port) {
      addresses.push_back(host + ":" + std::to_string(ordinary.port));
    }
  }
  return addresses;
}

static const catalog::Table* table_of(const plan::Node& node) {
  if (node.kind == plan::NodeKind::scan) {
    return static_cast<const plan::Scan&>(node).table.get();
  }
  return node.kind == plan::NodeKind::sink ? static_cast<const plan::Sink&>(node).table.get()
                                           : nullptr;
}

static const plan::Plan* plan_of(const Step& step) {
  if (const auto* planned = std::get_if<PlannedJob>(&step)) {
    return planned->job.plan.get();
  }
  const auto* question = std::get_if<plan::Question>(&step);
  return question != nullptr ? question->plan.get() : nullptr;
}

std::vector<std::string> notices_of_other_servers(const std::vector<PlannedFile>& files,
                                                  const std::vector<std::string>& own) {
  std::map<std::string, Position> first;  // by servers
  const auto look_at = [&](const plan::Plan& plan) {
    for (const auto& node : plan.nodes) {
      const catalog::Table* table = table_of(*node);
      const std::string servers =
          table != nullptr ? connector::foreign_servers(*table, own) : std::string();
      if (!servers.empty()) {
        first.emplace(servers, table->options.at("properties.bootstrap.servers").position);
      }
    }
  };
  for (const PlannedFile& file : files) {
    for (const Step& step : file.steps) {
      if (const plan::Plan* plan = plan_of(step)) {
        look_at(*plan);
      }
    }
  }
  std::vector<std::string> notices;
  for (const auto& [servers, at] : first) {
    notices.push_back(at.file + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) +
                      ": '" + servers +
                      "' is not asked: topics are this program's own, in its data directory");
  }
  return notices;
}

}  // namespace millrace::server
