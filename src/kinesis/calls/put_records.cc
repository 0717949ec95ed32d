// PutRecords: up to 500 records, each of which may fail by itself.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html

#include "kinesis/put.h"
#include "kinesis/shard.h"
#include "topic/store.h"

namespace millrace::kinesis {

namespace {

constexpr size_t kMostRecords = 500;
constexpr size_t kMostBytes = 10U << 20;

void write(const std::vector<Put>& puts, Writer& out) {
  int64_t failed = 0;
  out.begin_object();
  out.name("Records");
  out.begin_list();
  for (const Put& put : puts) {
    out.begin_object();
    if (put.error_code.empty()) {
      out.text("SequenceNumber", sequence_number({put.shard, put.offset}));
      out.text("ShardId", shard_name(put.shard));
    } else {
      ++failed;
      out.text("ErrorCode", put.error_code);
      out.text("ErrorMessage", put.message);
    }
    out.end_object();
  }
  out.end_list();
  out.number("FailedRecordCount", failed);
  out.text("EncryptionType", "NONE");
  out.end_object();
}

}  // namespace

void put_records(const Call& call, const std::shared_ptr<Reply>& reply) {
  const std::string name = Service::stream_name(call.in);
  call.in.refuse("DryRun");
  const auto stream = call.service.find(call.caller, broker::Operation::write, name);
  std::vector<NewRecord> records;
  size_t bytes = 0;
  for (const Parameters& entry : call.in.required_list("Records", kMostRecords)) {
    records.push_back(new_record(entry, static_cast<int32_t>(stream->partitions.size())));
    bytes += records.back().data.size() + records.back().partition_key.size();
  }
  call.in.check();
  for (const NewRecord& record : records) {
    check_size(record, call.service.notes_of(*stream));
  }
  if (bytes > kMostBytes) {
    throw Refusal(Fault::invalid_argument,
                  "The records of a request are 10 MiB at most, keys included; these are " +
                      std::to_string(bytes) + " bytes.");
  }
  put(call, *stream, std::move(records), [reply](const std::vector<Put>& puts) {
    write(puts, reply->out());
    reply->send_body();
  });
}

}  // namespace millrace::kinesis
