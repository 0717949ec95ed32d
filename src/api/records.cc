// /api/v1/topics/{topic}/records: reading and appending single records, for people and scripts.
// Load belongs on the Kafka port. Keys and values are text here: bytes that are not UTF-8 show as
// U+FFFD. Committed records are read: those of transactions that are open or aborted are left out.

#include "kafka/records.h"

#include <algorithm>
#include <deque>

#include "api/route.h"
#include "base/clock.h"
#include "base/error.h"
#include "topic/store.h"

namespace millrace::api {

namespace {

constexpr int64_t kMostRecords = 10'000;
constexpr size_t kReadBytes = 1 << 20;

std::shared_ptr<topic::Partition> open_partition(const Call& call, int64_t index) {
  const std::shared_ptr<const topic::Topic> topic = named_topic(call);
  std::shared_ptr<topic::Partition> partition =
      index < 0 || index > INT32_MAX ? nullptr
                                     : topic->find(PartitionIndex(static_cast<int32_t>(index)));
  if (partition == nullptr) {
    throw Error(ErrorCode::not_found,
                "topic '" + topic->name + "' has no partition " + std::to_string(index));
  }
  return partition;
}

Json text_or_null(std::optional<std::string_view> bytes) { return bytes ? Json(*bytes) : Json(); }

Json record_json(int64_t partition, const kafka::Record& record) {
  return Json::object({{"partition", partition},
                       {"offset", record.offset.value},
                       {"timestamp", to_iso8601(record.timestamp)},
                       {"key", text_or_null(record.key)},
                       {"value", text_or_null(record.value)}});
}

// Calls take(record) for the committed records from `next` on, while it says to go on. Moves `next`
// behind the last one taken, or to the end.
template <typename Take>
void each_record(const topic::Partition& partition, Offset& next, Take take) {
  for (Offset before(-1); next < partition.stable_offset() && before < next;) {
    before = next;
    const Result<topic::CommittedRead> read = partition.read_committed(next, kReadBytes);
    if (!read.ok()) {
      throw read.error();
    }
    std::string_view rest = read->batches.view();
    while (const auto batch = kafka::BatchView::front_of(rest)) {
      rest.remove_prefix(batch->size());
      // The end of a transaction is no record that anyone wrote.
      if (!batch->is_control() && !topic::is_aborted(*batch, read->aborted)) {
        kafka::Records in_batch(*batch);
        while (const kafka::Record* record = in_batch.next()) {
          if (record->offset < next) {
            continue;
          }
          if (!take(*record)) {
            return;
          }
          next = record->offset + 1;
        }
      }
      next = std::max(next, batch->next_offset());
    }
  }
}

// Where the newest `count` committed records begin.
int64_t tail_offset(const topic::Partition& partition, int64_t count) {
  const int64_t start = partition.start_offset().value;
  const int64_t end = partition.stable_offset().value;
  if (count == 0) {
    return end;
  }
  // There are offsets without a record. So many of them are looked at, and more if that is too few.
  for (int64_t distance = count;; distance *= 2) {
    const int64_t from = distance < end - start ? end - distance : start;
    std::deque<int64_t> newest;
    Offset next(from);
    each_record(partition, next, [&](const kafka::Record& record) {
      newest.push_back(record.offset.value);
      if (static_cast<int64_t>(newest.size()) > count) {
        newest.pop_front();
      }
      return true;
    });
    if (static_cast<int64_t>(newest.size()) == count || from == start) {
      return newest.empty() ? end : newest.front();
    }
  }
}

std::optional<std::string_view> text_in(const Json& record, std::string_view member) {
  const Json* found = record.find(member);
  return found == nullptr || found->is_null() ? std::nullopt
                                              : std::optional<std::string_view>(found->as_string());
}

}  // namespace

io::http::Response read_records(const Call& call) {
  const int64_t index = call.number("partition", 0, INT32_MAX);
  const auto partition = open_partition(call, index);
  const int64_t start = partition->start_offset().value;
  const int64_t limit = call.number("limit", 100, kMostRecords);
  const int64_t tail = call.number("tail", -1, INT64_MAX);
  const int64_t from =
      tail >= 0 ? tail_offset(*partition, tail) : call.number("offset", start, INT64_MAX);
  if (from < start || from > partition->end_offset().value) {
    throw Error(ErrorCode::invalid_argument,
                "offset " + std::to_string(from) + " is outside of the log, which holds " +
                    std::to_string(start) + " to " + std::to_string(partition->end_offset().value));
  }
  Offset next(from);
  Json records = Json::array();
  each_record(*partition, next, [&](const kafka::Record& record) {
    if (static_cast<int64_t>(records.as_array().size()) == limit) {
      return false;
    }
    records.push(record_json(index, record));
    return true;
  });
  return json(Json::object({{"records", std::move(records)},
                            {"next_offset", next.value},
                            {"end_offset", partition->stable_offset().value}}));
}

// {"records": [{"key": "k", "value": "v"}, ...], "partition": 0}
io::http::Response append_records(const Call& call) {
  const Json body = call.body();
  const Json* chosen = body.find("partition");
  const int64_t index = chosen == nullptr ? 0 : chosen->as_int();
  const auto partition = open_partition(call, index);
  kafka::BatchBuilder batch;
  for (const Json& record : Call::required(body, "records").as_array()) {
    batch.add(call.services.world.clock->now(), text_in(record, "key"), text_in(record, "value"));
  }
  if (batch.empty()) {
    throw Error(ErrorCode::invalid_argument, "there are no records to append");
  }
  const int64_t count = batch.count();
  const topic::Appended appended = partition->append(batch.finish());
  if (appended.error_code != kafka::ErrorCode::none) {
    throw Error(ErrorCode::io, "cannot append to '" + partition->name() + "': " + appended.message);
  }
  partition->sync();
  return json(Json::object(
                  {{"partition", index}, {"base_offset", appended.base.value}, {"records", count}}),
              201);
}

}  // namespace millrace::api
