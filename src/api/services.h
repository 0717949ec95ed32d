#pragma once

// What the routes speak for. The server (or a command that opened the data directory itself) fills
// it in. Everything here may be used from several threads at once and outlives the router.

#include <functional>
#include <string>
#include <vector>

#include "exec/worker.h"
#include "io/world.h"

namespace millrace {
namespace broker {
class Acls;
class Credentials;
class GroupAdmin;
}  // namespace broker
namespace query {
class Engine;
}
namespace topic {
class Store;
}
}  // namespace millrace

namespace millrace::api {

struct NamedPipeline {
  std::string name;
  std::string file;  // where its SQL stands
  exec::PipelineStatus status;
};

struct Services {
  io::World world;
  topic::Store* topics = nullptr;
  broker::GroupAdmin* groups = nullptr;  // null where no server runs, and so no broker
  broker::Credentials* credentials = nullptr;
  broker::Acls* acls = nullptr;
  query::Engine* query = nullptr;
  std::string lake_directory;
  std::string version;
  // The pipelines by name; null where no server runs, and so no pipeline.
  std::function<std::vector<NamedPipeline>()> pipelines;
  // Why the server is not ready, a sentence each; none when it is.
  std::function<std::vector<std::string>()> reasons_not_ready;
};

}  // namespace millrace::api
