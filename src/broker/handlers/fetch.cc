// Fetch: reads batches from partitions. Where there are fewer bytes than the client wants to wait
// for, the request is parked until a partition grows or its time is over.
// https://kafka.apache.org/protocol#The_Messages_Fetch
//
// There are no fetch sessions: every answer has session id 0, so clients send all their partitions
// each time. Readers of committed records are given decided batches, and told which of them to
// skip.

#include "broker/handlers/fetch.h"

#include <atomic>

#include "broker/broker.h"
#include "broker/metrics.h"
#include "broker/quotas/quotas.h"
#include "io/event_loop.h"

namespace millrace::broker {

using Request = kafka::FetchRequest;
using Response = kafka::FetchResponse;
using Result = Response::Topic::Partition;

namespace {

constexpr int8_t kCommitted = 1;  // isolation level

// What was read so far, against what the client wants.
struct Attempt {
  Response response;
  size_t bytes = 0;
  bool failed = false;
  std::vector<std::shared_ptr<topic::Partition>> partitions;
};

ErrorCode fault_in(const Request::Topic::Partition& wanted, const topic::Partition& log) {
  if (wanted.current_leader_epoch > 0) {
    return ErrorCode::unknown_leader_epoch;  // ours is 0 and always was
  }
  const Offset offset(wanted.fetch_offset);
  if (offset < log.start_offset() || offset > log.end_offset()) {
    return ErrorCode::offset_out_of_range;
  }
  return ErrorCode::none;
}

millrace::Result<SharedBytes> read_log(const topic::Partition& log, Offset from, size_t most,
                                       int8_t isolation_level, Result& result) {
  if (isolation_level != kCommitted) {
    return log.read(from, most);
  }
  auto read = log.read_committed(from, most);
  if (!read.ok()) {
    return read.error();
  }
  auto& aborted = result.aborted_transactions.emplace();
  for (const topic::AbortedTransaction& transaction : read->aborted) {
    aborted.push_back({transaction.producer_id, transaction.first.value});
  }
  return std::move(read->batches);
}

// Others append meanwhile. So this is asked for once the records are read, that none of them lies
// behind the end, and the end last of all, that the stable offset does not either.
void tell_offsets(const topic::Partition& log, Result& result) {
  result.log_start_offset = log.start_offset().value;
  result.last_stable_offset = log.stable_offset().value;
  result.high_watermark = log.end_offset().value;
}

Result fetch_partition(Broker& broker, const Request& request, const std::string& topic,
                       const Request::Topic::Partition& wanted, Attempt& attempt) {
  Result result;
  result.index = wanted.index;
  result.records = SharedBytes();
  const auto log = broker.find(topic, wanted.index, result.error_code);
  if (log == nullptr) {
    return result;
  }
  result.error_code = fault_in(wanted, *log);
  if (result.error_code != ErrorCode::none) {
    return result;
  }
  attempt.partitions.push_back(log);
  const auto limit = static_cast<size_t>(
      std::max(0, std::min(request.max_bytes, broker.options().max_fetch_bytes)));
  const size_t room = limit > attempt.bytes ? limit - attempt.bytes : 0;
  if (room == 0 && attempt.bytes > 0) {
    tell_offsets(*log, result);
    return result;
  }
  const size_t most = std::min(room, static_cast<size_t>(std::max(0, wanted.max_bytes)));
  const auto read =
      read_log(*log, Offset(wanted.fetch_offset), most, request.isolation_level, result);
  tell_offsets(*log, result);
  if (!read.ok()) {
    result.error_code = ErrorCode::offset_out_of_range;
    return result;
  }
  // The first batch comes whole even where it is too large, or its client would never get past it;
  // later partitions have to wait for the next request then.
  if (read->size() <= room || attempt.bytes == 0) {
    attempt.bytes += read->size();
    result.records = *read;
  }
  return result;
}

Result refused(int32_t index, ErrorCode fault) {
  Result result;
  result.index = index;
  result.error_code = fault;
  result.records = SharedBytes();
  return result;
}

Attempt try_fetch(Broker& broker, const Access& access, const Request& request) {
  Attempt attempt;
  for (const Request::Topic& topic : request.topics) {
    Response::Topic& results = attempt.response.topics.emplace_back();
    results.name = topic.name;
    results.topic_id = topic.topic_id;
    ErrorCode fault = ErrorCode::none;
    const auto found =
        broker.find_topic(access, Operation::read, topic.name, topic.topic_id, fault);
    for (const Request::Topic::Partition& wanted : topic.partitions) {
      results.partitions.push_back(
          found ? fetch_partition(broker, request, found->name, wanted, attempt)
                : refused(wanted.index, fault));
      attempt.failed |= results.partitions.back().error_code != ErrorCode::none;
    }
  }
  return attempt;
}

// A request that waits for records. Its connection keeps it; partitions and timer hold it weakly.
class ParkedFetch : public std::enable_shared_from_this<ParkedFetch> {
 public:
  ParkedFetch(Broker& broker, Access access, Request request, const Answer& answer)
      : broker_(broker), access_(std::move(access)), request_(std::move(request)), answer_(answer) {
    broker_.metrics().parked_fetches.add(1);
  }
  ~ParkedFetch() { broker_.metrics().parked_fetches.add(-1); }
  ParkedFetch(const ParkedFetch&) = delete;
  ParkedFetch& operator=(const ParkedFetch&) = delete;

  void wait(const std::vector<std::shared_ptr<topic::Partition>>& partitions) {
    answer_.keep(shared_from_this());
    const std::weak_ptr<ParkedFetch> self = weak_from_this();
    for (const auto& partition : partitions) {
      // Called by whoever appends, on any thread, which must not come to hold the request: it would
      // destroy it, where the connection lets go of it meanwhile, and wait for itself to return.
      subscriptions_.push_back(partition->on_growth([self, woken = woken_, loop = &broker_.loop()] {
        if (!woken->exchange(true)) {
          loop->post([self] {
            if (const auto still_parked = self.lock()) {
              still_parked->retry();
            }
          });
        }
      }));
    }
    timer_ = broker_.loop().run_after(Duration::milliseconds(request_.max_wait_ms), [self] {
      if (const auto parked = self.lock()) {
        parked->finish(try_fetch(parked->broker_, parked->access_, parked->request_));
      }
    });
    retry();  // something may have come before we listened
  }

 private:
  void retry() {
    *woken_ = false;
    if (done_) {
      return;
    }
    Attempt attempt = try_fetch(broker_, access_, request_);
    if (attempt.failed || attempt.bytes >= static_cast<size_t>(std::max(0, request_.min_bytes))) {
      finish(std::move(attempt));
    }
  }
  void finish(Attempt attempt) {
    if (done_) {
      return;
    }
    done_ = true;
    broker_.metrics().bytes_out.add(attempt.bytes);
    answer_.send(attempt.response);
  }

  Broker& broker_;
  const Access access_;
  const Request request_;
  const Answer answer_;
  const std::shared_ptr<std::atomic<bool>> woken_ = std::make_shared<std::atomic<bool>>(false);
  bool done_ = false;
  std::vector<std::unique_ptr<topic::Listeners::Subscription>> subscriptions_;
  std::unique_ptr<io::Timer> timer_;
};

// No more at once than a client may have in ten seconds, or it would wait for longer than that.
int32_t most_by_quota(const Broker& broker, const Caller& caller, int32_t wanted) {
  const auto limit =
      broker.quotas().limit(Quota::consumer_bytes, {caller.login->user(), caller.client_id});
  constexpr double kSeconds = 10;
  return limit ? static_cast<int32_t>(std::min<double>(wanted, *limit * kSeconds)) : wanted;
}

}  // namespace

void fetch(Broker& broker, const Caller& caller, Request request, const Answer& answer) {
  // It goes on with a session of a broker that was here before, which knew what partitions it is
  // about. Told so, the client names them again; answered as if it wanted none, it would wait for
  // ever. Epochs up to 0 begin one, or want none, whatever the id.
  if (request.session_epoch > 0) {
    Response unknown;
    unknown.error_code = ErrorCode::fetch_session_id_not_found;
    answer.send(unknown);
    return;
  }
  request.max_bytes = most_by_quota(broker, caller, request.max_bytes);
  Attempt attempt = try_fetch(broker, caller.access, request);
  const bool enough = attempt.bytes >= static_cast<size_t>(std::max(0, request.min_bytes));
  if (attempt.failed || enough || request.max_wait_ms <= 0) {
    broker.metrics().bytes_out.add(attempt.bytes);
    answer.send(attempt.response);
    return;
  }
  std::make_shared<ParkedFetch>(broker, caller.access, std::move(request), answer)
      ->wait(attempt.partitions);
}

}  // namespace millrace::broker
