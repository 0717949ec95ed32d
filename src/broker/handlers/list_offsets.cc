// ListOffsets: the first offset at or after a time, or an end of the log.
// https://kafka.apache.org/protocol#The_Messages_ListOffsets

#include "broker/handlers/list_offsets.h"

#include "broker/broker.h"

namespace millrace::broker {

using Request = kafka::ListOffsetsRequest;
using Response = kafka::ListOffsetsResponse;

namespace {

// Times that are none.
constexpr int64_t kLatest = -1;
constexpr int64_t kEarliest = -2;
constexpr int64_t kGreatestTime = -3;
// All of the log is local: its local start is its start, and nothing was or will be uploaded.
constexpr int64_t kEarliestLocal = -4;
constexpr int64_t kLatestTiered = -5;
constexpr int64_t kEarliestPendingUpload = -6;

// From which version on a client may ask for these.
constexpr int16_t least_version_for(int64_t timestamp) {
  if (timestamp >= kEarliest) {
    return 1;
  }
  switch (timestamp) {
    case kGreatestTime: return 7;
    case kEarliestLocal: return 8;
    case kLatestTiered: return 9;
    case kEarliestPendingUpload: return 11;
    default: return INT16_MAX;
  }
}

constexpr int8_t kCommitted = 1;  // isolation level

void answer_with(const std::optional<topic::TimePosition>& found,
                 Response::Topic::Partition& answer) {
  if (found) {
    answer.offset = found->offset.value;
    answer.timestamp = found->timestamp.ms;
  }
}

Response::Topic::Partition find_offset(const Broker& broker, const Caller& caller,
                                       const std::string& topic,
                                       const Request::Topic::Partition& wanted,
                                       bool committed_only) {
  Response::Topic::Partition answer;
  answer.index = wanted.index;
  const auto log =
      broker.find(caller.access, Operation::describe, topic, wanted.index, answer.error_code);
  if (log == nullptr) {
    return answer;
  }
  if (wanted.current_leader_epoch > 0) {
    answer.error_code = ErrorCode::unknown_leader_epoch;  // ours is 0 and always was
    return answer;
  }
  if (caller.version < least_version_for(wanted.timestamp)) {
    answer.error_code = ErrorCode::unsupported_version;
    return answer;
  }
  if (wanted.timestamp == kLatestTiered || wanted.timestamp == kEarliestPendingUpload) {
    return answer;
  }
  if (wanted.timestamp == kEarliest || wanted.timestamp == kEarliestLocal) {
    answer.offset = log->start_offset().value;
  } else if (wanted.timestamp == kLatest) {
    answer.offset = (committed_only ? log->stable_offset() : log->end_offset()).value;
  } else if (wanted.timestamp == kGreatestTime) {
    answer_with(log->find_latest_time(), answer);
  } else {
    answer_with(log->find_by_time({wanted.timestamp}), answer);
  }
  if (committed_only && answer.offset > log->stable_offset().value) {
    answer.offset = answer.timestamp = -1;  // what is there at that time is not decided
  }
  answer.leader_epoch = answer.offset < 0 ? -1 : 0;
  return answer;
}

}  // namespace

Response list_offsets(Broker& broker, const Caller& caller, const Request& request) {
  Response response;
  for (const Request::Topic& topic : request.topics) {
    Response::Topic& answer = response.topics.emplace_back();
    answer.name = topic.name;
    for (const Request::Topic::Partition& wanted : topic.partitions) {
      answer.partitions.push_back(
          find_offset(broker, caller, topic.name, wanted, request.isolation_level == kCommitted));
    }
  }
  return response;
}

}  // namespace millrace::broker
