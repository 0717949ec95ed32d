#include "broker/broker.h"

#include "base/check.h"
#include "base/error.h"
#include "broker/access/access.h"
#include "broker/access/credentials.h"
#include "broker/changed_settings.h"
#include "broker/coordinator_log.h"
#include "broker/groups/groups.h"
#include "broker/groups/offsets.h"
#include "broker/handlers.h"
#include "broker/identity.h"
#include "broker/metrics.h"
#include "broker/quotas/quotas.h"
#include "broker/session.h"
#include "broker/transactions/transactions.h"
#include "io/event_loop.h"
#include "kafka/end_marker.h"
#include "kafka/records.h"

namespace millrace::broker {

Broker::Broker(io::World world, io::EventLoop* loop, topic::Store* store, topic::Syncer* syncer,
               Options options)
    : world_(world),
      loop_(loop),
      store_(store),
      syncer_(syncer),
      options_(std::move(options)),
      metrics_(std::make_unique<BrokerMetrics>(*world.metrics)),
      identity_(std::make_unique<Identity>(world, options_.directory)),
      acls_(std::make_unique<Acls>(world, options_.directory, options_.authorization)),
      credentials_(std::make_unique<Credentials>(world, options_.directory)),
      quotas_(std::make_unique<Quotas>(world, options_.directory)),
      changed_settings_(std::make_unique<ChangedSettings>(world, options_.directory, store)),
      coordinator_log_(std::make_unique<CoordinatorLog>(*this, kOffsetsTopic)),
      offsets_(std::make_unique<Offsets>(*this)),
      groups_(std::make_unique<Groups>(*this)) {
  for (const Handler& handler : all_handlers()) {
    request_times_.push_back(
        &world.metrics->histogram("millrace_broker_request_seconds",
                                  "From a request's arrival to its answer, waiting included",
                                  {{"api", std::string(name_of(handler.key))}}));
  }
  replay_coordinator_log();
  groups_->start();
  // It decides what was left undecided, offsets among them.
  transactions_ = std::make_unique<Transactions>(*this);
}

void Broker::replay_coordinator_log() {
  coordinator_log_->replay([this](const kafka::BatchView& batch) {
    if (batch.is_control()) {
      if (const auto marker = kafka::end_marker_in(batch)) {
        offsets_->end_transaction(marker->producer_id, marker->result);
      }
      return;
    }
    const auto in_transaction_of =
        batch.is_transactional() ? std::optional(batch.producer_id()) : std::nullopt;
    kafka::Records records(batch);
    while (const kafka::Record* record = records.next()) {
      // Records of kinds that only Kafka knows are left alone.
      static_cast<void>(offsets_->apply(*record, in_transaction_of) || groups_->apply(*record));
    }
  });
}

Broker::~Broker() = default;

struct Broker::OffLoop {
  Answer answer;
  size_t bytes;
  std::function<void()> work;
  std::function<void()> then;
  std::string fault;  // of either; empty: none
};

// Part of the place where requests end, here those that are not served at once. Memory may be what
// lacks, and is not what the process ends for.
static void attempt(const std::function<void()>& part, std::string& fault) {
  try {
    part();
  } catch (const std::exception& error) {  // a request ends here
    fault = error.what();
  }
}

void Broker::off_loop(const Answer& answer, std::function<void()> work,
                      std::function<void()> then) {
  const size_t bytes = answer.request_bytes();
  // One is always taken, however large.
  if (off_loop_ > 0 && (off_loop_ >= options_.most_off_loop ||
                        off_loop_bytes_ + bytes > options_.most_off_loop_bytes)) {
    throw Error(millrace::ErrorCode::unavailable,
                "too many requests wait for the disk: " + std::to_string(off_loop_) + " of " +
                    std::to_string(off_loop_bytes_) + " bytes");
  }
  auto request =
      std::make_shared<OffLoop>(OffLoop{answer, bytes, std::move(work), std::move(then), {}});
  ++off_loop_;
  off_loop_bytes_ += bytes;
  // The worker lets go of what is done at once, not when all is done that it has taken.
  worker_.post([this, request = std::move(request)]() mutable {
    attempt(request->work, request->fault);
    request->work = nullptr;
    loop_->post([this, request = std::move(request)] { finish(*request); });
  });
}

void Broker::finish(OffLoop& request) {
  --off_loop_;
  off_loop_bytes_ -= request.bytes;
  if (request.fault.empty()) {
    attempt(request.then, request.fault);
  }
  if (!request.fault.empty()) {
    request.answer.give_up(request.fault);
  }
}

Histogram& Broker::request_time(const Handler& handler) const {
  const auto index = static_cast<size_t>(&handler - all_handlers().data());
  check(index < request_times_.size(), "a handler of the table");
  return *request_times_[index];
}

std::shared_ptr<topic::Partition> Broker::find(std::string_view topic, int32_t partition,
                                               ErrorCode& error) const {
  const auto found = store_->find(topic);
  if (found == nullptr || partition < 0 ||
      static_cast<size_t>(partition) >= found->partitions.size()) {
    error = ErrorCode::unknown_topic_or_partition;
    return nullptr;
  }
  auto log = found->find(PartitionIndex(partition));
  error = log == nullptr ? ErrorCode::kafka_storage_error : ErrorCode::none;
  return log;
}

std::shared_ptr<topic::Partition> Broker::find(const Access& access, Operation operation,
                                               std::string_view topic, int32_t partition,
                                               ErrorCode& error) const {
  error = access.fault_at_topic(operation, topic);
  return error == ErrorCode::none ? find(topic, partition, error) : nullptr;
}

std::shared_ptr<const topic::Topic> Broker::find_topic(std::string_view name, const kafka::Uuid& id,
                                                       ErrorCode& error) const {
  auto topic = id.is_zero() ? store_->find(name) : store_->find(id);
  error = topic != nullptr ? ErrorCode::none
          : id.is_zero()   ? ErrorCode::unknown_topic_or_partition
                           : ErrorCode::unknown_topic_id;
  return topic;
}

std::shared_ptr<const topic::Topic> Broker::find_topic(const Access& access, Operation operation,
                                                       std::string_view name, const kafka::Uuid& id,
                                                       ErrorCode& error) const {
  if (id.is_zero()) {
    error = access.fault_at_topic(operation, name);
    return error == ErrorCode::none ? find_topic(name, id, error) : nullptr;
  }
  auto topic = find_topic(name, id, error);
  if (topic != nullptr) {
    error = access.fault_at_topic(operation, topic->name);
  }
  return error == ErrorCode::none ? topic : nullptr;
}

}  // namespace millrace::broker
