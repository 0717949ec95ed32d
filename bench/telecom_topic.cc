#include "bench/telecom_topic.h"

#include "base/check.h"
#include "bench/telecom_events.h"
#include "kafka/records.h"

namespace millrace::bench {

void fill_telecom_topic(topic::Store& topics, int64_t events, uint64_t seed) {
  constexpr int64_t kPerBatch = 500;
  const auto created = topics.create(kTelecomTopic, 1);
  check(created.ok(), "the benchmark's topic could not be made");
  const auto partition = (*created)->find(PartitionIndex(0));
  TelecomEvents generator(seed);
  kafka::BatchBuilder batch;
  std::string event;
  for (int64_t i = 0; i < events; ++i) {
    event.clear();
    generator.append_next(event);
    batch.add(Timestamp{i}, std::nullopt, event);
    if (batch.count() == kPerBatch || i + 1 == events) {
      const auto appended = partition->append(batch.finish());
      check(appended.error_code == kafka::ErrorCode::none, appended.message);
    }
  }
}

}  // namespace millrace::bench
