#pragma once

// What the routes speak for. The server (or a command that opened the data directory itself) fills
// it in. Everything here may be used from several threads at once and outlives the router.

#include <functional>
#include <string>
#include <vector>

namespace millrace {
class Clock;
class Metrics;
namespace topic {
class Store;
}
}  // namespace millrace

namespace millrace::api {

struct Services {
  const Clock* clock = nullptr;
  Metrics* metrics = nullptr;
  topic::Store* topics = nullptr;
  std::string version;
  // Why the server is not ready, a sentence each; none when it is.
  std::function<std::vector<std::string>()> reasons_not_ready;
};

}  // namespace millrace::api
