// DeleteRecords: deletes the records of partitions up to an offset.
// https://kafka.apache.org/protocol#The_Messages_DeleteRecords

#include "broker/handlers/delete_records.h"

#include "broker/broker.h"
#include "topic/settings.h"

namespace millrace::broker {

using Request = kafka::DeleteRecordsRequest;
using Response = kafka::DeleteRecordsResponse;

static Response::Topic::Partition remove(Broker& broker, const Access& access,
                                         const std::string& topic,
                                         const Request::Topic::Partition& wanted) {
  constexpr int64_t kAll = -1;
  Response::Topic::Partition result;
  result.index = wanted.index;
  const auto partition =
      broker.find(access, Operation::remove, topic, wanted.index, result.error_code);
  if (partition == nullptr) {
    return result;
  }
  if (is_internal(topic) ||
      !topic::options_of(broker.store().in_force(broker.store().find(topic)->settings)).deletes) {
    result.error_code = ErrorCode::policy_violation;  // what compaction keeps is not to be lost
    return result;
  }
  const auto start = partition->delete_before(wanted.offset == kAll ? partition->end_offset()
                                                                    : Offset(wanted.offset));
  if (start.ok()) {
    result.low_watermark = start->value;
  } else {
    result.error_code = start.error().code() == millrace::ErrorCode::invalid_argument
                            ? ErrorCode::offset_out_of_range
                            : kafka::to_kafka(start.error().code());
  }
  return result;
}

Response delete_records(Broker& broker, const Caller& caller, const Request& request) {
  Response response;
  for (const Request::Topic& topic : request.topics) {
    Response::Topic& results = response.topics.emplace_back();
    results.name = topic.name;
    for (const Request::Topic::Partition& wanted : topic.partitions) {
      results.partitions.push_back(remove(broker, caller.access, topic.name, wanted));
    }
  }
  return response;
}

}  // namespace millrace::broker
