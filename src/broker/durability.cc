#include "broker/durability.h"

#include "broker/broker.h"
#include "io/event_loop.h"
#include "kafka/records.h"

namespace millrace::broker {

namespace {

constexpr size_t kReadBytes = 1 << 20;
constexpr uint64_t kMostUnsyncedBytes = 16ULL << 20;

// Shared by the syncs that are waited for.
struct Waiting {
  size_t left;
  ErrorCode outcome = ErrorCode::none;
  std::function<void(ErrorCode)> done;
};

}  // namespace

void when_all_durable(Broker& broker,
                      const std::vector<std::shared_ptr<topic::Partition>>& partitions,
                      std::function<void(ErrorCode)> done) {
  if (broker.answers_when_written() || partitions.empty()) {
    done(ErrorCode::none);
    return;
  }
  const auto waiting =
      std::make_shared<Waiting>(Waiting{partitions.size(), ErrorCode::none, std::move(done)});
  for (const auto& partition : partitions) {
    broker.syncer().request(
        partition, [loop = &broker.loop(), waiting](const std::optional<Error>& failure) {
          const ErrorCode code = failure ? ErrorCode::coordinator_not_available : ErrorCode::none;
          loop->post([waiting, code] {
            waiting->outcome = code == ErrorCode::none ? waiting->outcome : code;
            if (--waiting->left == 0) {
              waiting->done(waiting->outcome);
            }
          });
        });
  }
}

void sync_as_promised(const Broker& broker, topic::Partition& partition) {
  if (!broker.answers_when_written()) {
    partition.sync();
  }
}

void sync_by_and_by(Broker& broker, const std::shared_ptr<topic::Partition>& partition) {
  if (partition->unsynced_bytes() > kMostUnsyncedBytes) {
    broker.syncer().request(partition, [](const std::optional<Error>&) {});
  }
}

void for_each_batch(const topic::Partition& partition,
                    const std::function<void(const kafka::BatchView&)>& visit) {
  for (Offset at = partition.start_offset(); at < partition.end_offset();) {
    const auto read = partition.read(at, kReadBytes);
    if (!read.ok() || read->empty()) {
      return;  // compaction took what was at the end
    }
    for (std::string_view rest = read->view(); !rest.empty();) {
      const auto batch = kafka::BatchView::front_of(rest);
      visit(*batch);
      at = batch->next_offset();
      rest.remove_prefix(batch->size());
    }
  }
}

}  // namespace millrace::broker
