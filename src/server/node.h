#pragma once

// One running server: the data directory, the topics, the listeners, the pipelines, wired together.
// Made, used and destroyed on the thread of the event loop.

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/endpoint.h"
#include "base/metrics.h"
#include "broker/broker.h"
#include "broker/groups/group_admin.h"
#include "broker/server.h"
#include "codec/parquet/parquet.h"
#include "connector/connectors.h"
#include "io/world.h"
#include "kinesis/endpoint.h"
#include "query/engine.h"
#include "query/pgwire/server.h"
#include "server/data_directory.h"
#include "server/group_offsets.h"
#include "server/pipeline_changes.h"
#include "server/pipelines.h"
#include "server/ports_file.h"
#include "server/settings.h"
#include "topic/cleaner.h"
#include "topic/store.h"
#include "topic/syncer.h"

namespace millrace::io {
class EventLoop;
class Timer;
}  // namespace millrace::io

namespace millrace::server {

class Node {
 public:
  // Opens and recovers what is on disk, then listens. Throws Error with what is wrong and what to
  // do about it; nothing listens then. `world`, `loop` and what `print` (for tables of the
  // connector 'print') uses outlive the node.
  Node(io::World world, io::EventLoop& loop, const Settings& settings, std::vector<PlannedJob> jobs,
       connector::Print print);
  ~Node();

  const Ports& ports() const { return ports_; }
  const std::string& data_directory() const { return data_.path(); }
  topic::Store& topics() { return topics_; }
  topic::Syncer& syncer() { return syncer_; }
  Pipelines& pipelines() { return *pipelines_; }
  // Why the node is not ready, a sentence each. Any thread.
  std::vector<std::string> reasons_not_ready() const;
  // No new work; what is under way is finished, each pipeline ends its epoch. Then `done` is called
  // on the loop, at the latest after the drain timeout: with false where something was not
  // finished.
  void drain(std::function<void(bool finished)> done);

 private:
  void listen(const Settings& settings);
  void listen_for_kafka(const Settings& settings);
  void listen_for_kinesis(const Settings& settings);
  void listen_for_postgres(const Settings& settings);
  void listen_for_http(const Settings& settings);
  void wait_for_drained();

  io::World world_;
  io::EventLoop& loop_;
  Duration drain_timeout_;
  DataDirectory data_;
  topic::Store topics_;
  codec::Parquet parquet_;
  topic::Syncer syncer_;
  topic::Cleaner cleaner_;
  broker::Broker broker_;
  broker::GroupAdmin groups_;
  BrokerGroupOffsets group_offsets_;
  query::Engine query_;
  std::unique_ptr<connector::Connectors> connectors_;
  std::unique_ptr<Pipelines> pipelines_;
  std::unique_ptr<PipelineChanges> changes_;
  std::unique_ptr<broker::Server> kafka_;
  std::unique_ptr<broker::Server> kafka_second_;
  std::unique_ptr<kinesis::Endpoint> kinesis_;
  std::unique_ptr<query::pgwire::Server> postgres_;
  std::unique_ptr<api::Endpoint> http_;
  Ports ports_;
  std::function<void(bool finished)> drained_;
  std::atomic<bool> draining_ = false;
  Instant drain_deadline_;
  std::unique_ptr<io::Timer> drain_timer_;
};

}  // namespace millrace::server
