#pragma once

// What the routes speak for. The server (or a command that opened the data directory itself) fills
// it in. Everything here may be used from several threads at once and outlives the router.

#include <functional>
#include <string>
#include <vector>

#include "base/json.h"
#include "exec/worker.h"
#include "io/world.h"

namespace millrace {
namespace broker {
class Acls;
class Quotas;
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
  int64_t version = 1;
  std::string advice = {};  // where it failed, or its file has another plan by now: what to do
};

// Changes of running pipelines. Any thread; each throws Error for what cannot be.
class PipelineChanges {
 public:
  virtual ~PipelineChanges() = default;

  // What a text would change, pipeline by pipeline.
  virtual Json plan(const std::string& text, const std::string& file) = 0;
  // Begins one, of `request`: {kind: apply | rollback | shadow, sql, file, since_ms}. Answers as
  // status(). Error(conflict) where one is under way.
  virtual Json begin(const std::string& pipeline, const Json& request) = 0;
  // How far the last one is. Error(not_found) where there was none.
  virtual Json status(const std::string& pipeline) = 0;
  // Gives it up, soon: the version in force goes on.
  virtual void cancel(const std::string& pipeline) = 0;
};

struct Services {
  io::World world;
  topic::Store* topics = nullptr;
  broker::GroupAdmin* groups = nullptr;  // null where no server runs, and so no broker
  broker::Credentials* credentials = nullptr;
  broker::Acls* acls = nullptr;
  broker::Quotas* quotas = nullptr;
  query::Engine* query = nullptr;
  std::string lake_directory;
  std::string version;
  // The pipelines by name; null where no server runs, and so no pipeline.
  std::function<std::vector<NamedPipeline>()> pipelines;
  std::function<PipelineChanges&()> changes;  // the same
  // Why the server is not ready, a sentence each; none when it is.
  std::function<std::vector<std::string>()> reasons_not_ready;
};

}  // namespace millrace::api
