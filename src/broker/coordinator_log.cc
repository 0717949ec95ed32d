#include "broker/coordinator_log.h"

#include "broker/broker.h"
#include "broker/durability.h"

namespace millrace::broker {

void CoordinatorLog::replay(const std::function<void(const kafka::BatchView&)>& on_batch) const {
  const auto topic = broker_.store().find(topic_);
  const auto log = topic ? topic->find(PartitionIndex(0)) : nullptr;
  if (log != nullptr) {
    sync_as_promised(broker_, *log);
    for_each_batch(*log, on_batch);
  }
}

std::shared_ptr<topic::Partition> CoordinatorLog::partition() const {
  const auto topic =
      broker_.store().find_or_create(std::string(topic_), 1, {{"cleanup.policy", "compact"}});
  return topic.ok() ? (*topic)->find(PartitionIndex(0)) : nullptr;
}

ErrorCode CoordinatorLog::append(std::string batch) {
  const auto log = partition();
  if (log == nullptr) {
    return ErrorCode::coordinator_not_available;
  }
  const ErrorCode fault = log->append(batch, topic::Origin::coordinator).error_code;
  if (fault == ErrorCode::none || fault == ErrorCode::invalid_producer_epoch) {
    return fault;
  }
  // Clients would give up after a storage error.
  return ErrorCode::coordinator_not_available;
}

void CoordinatorLog::when_durable(std::function<void(kafka::ErrorCode)> done) {
  const auto log = partition();
  if (log == nullptr) {
    done(ErrorCode::coordinator_not_available);
    return;
  }
  when_all_durable(broker_, {log}, std::move(done));
}

}  // namespace millrace::broker
