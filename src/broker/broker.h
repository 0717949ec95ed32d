#pragma once

// The Kafka broker, without its sockets: what the handlers of src/broker/handlers/ work on. Server
// (server.h) brings connections to it; a simulation drives Sessions (session.h) itself.
//
// Loop thread only, like everything in this layer. But what is handed to off_loop() runs elsewhere:
// besides its own it may touch store(), acls(), credentials(), changed_settings(), options() and
// change quotas(), and whatever takes from these alone (find(), find_topic(), Access).

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "broker/access/acls.h"
#include "io/worker.h"
#include "io/world.h"
#include "kafka/error_code.h"
#include "topic/store.h"
#include "topic/syncer.h"

namespace millrace {
class Histogram;
}

namespace millrace::io {
class EventLoop;
}

namespace millrace::broker {

using kafka::ErrorCode;

class Access;
class Answer;
class ChangedSettings;
class CoordinatorLog;
class Credentials;
class Groups;
class Identity;
class Offsets;
class Quotas;
class Transactions;
struct BrokerMetrics;
struct Handler;

// Kafka's topics for committed offsets and for transactions; clients may read them, not write them.
constexpr std::string_view kOffsetsTopic = "__consumer_offsets";
constexpr std::string_view kTransactionsTopic = "__transaction_state";
constexpr bool is_internal(std::string_view topic) {
  return topic == kOffsetsTopic || topic == kTransactionsTopic;
}

struct Options {
  std::string directory;  // for broker.json, credentials.json, acls.json and the like
  int32_t node_id = 1;
  int32_t default_partitions = 1;
  bool auto_create_topics = true;
  topic::SyncPolicy sync = topic::SyncPolicy::acknowledged;
  // More in one answer would only cost memory: the client asks again.
  int32_t max_fetch_bytes = 16 << 20;
  int32_t min_session_timeout_ms = 6'000;
  int32_t max_session_timeout_ms = 1'800'000;
  size_t most_group_members = 10'000;
  AuthorizationOptions authorization = {};
  // What waits off the loop, of all clients: requests, and the bytes that they came in.
  size_t most_off_loop = 10'000;
  size_t most_off_loop_bytes = 128U << 20;
  Duration offsets_retention = Duration::seconds(7 * 24 * 3600);
  // Of members whose partitions the broker shares out.
  Duration group_heartbeat = Duration::seconds(5);
  Duration group_session = Duration::seconds(45);
  // How long a login counts; nothing: for ever.
  Duration login_lifetime = {};
};

// Everything it is handed outlives it.
class Broker {
 public:
  Broker(io::World world, io::EventLoop* loop, topic::Store* store, topic::Syncer* syncer,
         Options options);
  ~Broker();
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  const io::World& world() const { return world_; }
  io::EventLoop& loop() const { return *loop_; }
  topic::Store& store() const { return *store_; }
  topic::Syncer& syncer() const { return *syncer_; }
  const Options& options() const { return options_; }
  CoordinatorLog& coordinator_log() const { return *coordinator_log_; }
  Groups& groups() const { return *groups_; }
  Offsets& offsets() const { return *offsets_; }
  Transactions& transactions() const { return *transactions_; }
  Identity& identity() const { return *identity_; }
  Acls& acls() const { return *acls_; }
  Quotas& quotas() const { return *quotas_; }
  ChangedSettings& changed_settings() const { return *changed_settings_; }
  Credentials& credentials() const { return *credentials_; }
  BrokerMetrics& metrics() const { return *metrics_; }
  Histogram& request_time(const Handler& handler) const;

  // Does `work`, which waits for the disk, away from the loop, and then `then` on the loop, which
  // sends the answer. Where one of them throws, the connection that waits for the answer ends.
  // Throws Error(unavailable) where too much waits already.
  void off_loop(const Answer& answer, std::function<void()> work, std::function<void()> then);
  // That does so: the owner starts its thread, or steps it.
  io::Worker& worker() { return worker_; }
  // nullptr where there is none; `error` says why, for the answer.
  std::shared_ptr<topic::Partition> find(std::string_view topic, int32_t partition,
                                         ErrorCode& error) const;
  // The same for one who asks, and learns nothing of what he may not do this to.
  std::shared_ptr<topic::Partition> find(const Access& access, Operation operation,
                                         std::string_view topic, int32_t partition,
                                         ErrorCode& error) const;
  // By id where it is given, as requests have it since they name topics by ids alone.
  std::shared_ptr<const topic::Topic> find_topic(std::string_view name, const kafka::Uuid& id,
                                                 ErrorCode& error) const;
  std::shared_ptr<const topic::Topic> find_topic(const Access& access, Operation operation,
                                                 std::string_view name, const kafka::Uuid& id,
                                                 ErrorCode& error) const;
  // True where records that were just written are durable enough for acks=all.
  bool answers_when_written() const { return options_.sync == topic::SyncPolicy::os; }

 private:
  struct OffLoop;

  void replay_coordinator_log();
  void finish(OffLoop& request);

  const io::World world_;
  io::EventLoop* const loop_;
  topic::Store* const store_;
  topic::Syncer* const syncer_;
  const Options options_;
  std::unique_ptr<BrokerMetrics> metrics_;
  std::vector<Histogram*> request_times_;  // in the order of the table of handlers
  std::unique_ptr<Identity> identity_;
  std::unique_ptr<Acls> acls_;
  std::unique_ptr<Credentials> credentials_;
  std::unique_ptr<Quotas> quotas_;
  std::unique_ptr<ChangedSettings> changed_settings_;
  std::unique_ptr<CoordinatorLog> coordinator_log_;
  std::unique_ptr<Offsets> offsets_;
  std::unique_ptr<Groups> groups_;
  std::unique_ptr<Transactions> transactions_;
  size_t off_loop_ = 0;  // requests
  size_t off_loop_bytes_ = 0;
  io::Worker worker_;  // the last, so that what it does ends before all else
};

}  // namespace millrace::broker
