// PutRecord: one record, into the shard that its partition key's hash belongs to.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html

#include "kinesis/put.h"
#include "kinesis/shard.h"
#include "topic/store.h"

namespace millrace::kinesis {

namespace {

// Records of a shard are in the order of their calls anyway: the number must only have come from
// here.
void check_order(const topic::Topic& stream, const std::string& minimum) {
  const auto place = parse_sequence_number(minimum);
  const auto shard = place ? stream.find(PartitionIndex(place->shard)) : nullptr;
  if (shard == nullptr || place->offset >= shard->end_offset()) {
    throw Refusal(Fault::invalid_argument,
                  "ExclusiveMinimumSequenceNumber " + minimum + " used in PutRecord on stream " +
                      stream.name + " under account " + std::string(kAccount) + " is invalid.");
  }
}

Fault fault_of(const Put& put) {
  return put.error_code == name_of(Fault::throughput_exceeded) ? Fault::throughput_exceeded
                                                               : Fault::internal_failure;
}

}  // namespace

void put_record(const Call& call, const std::shared_ptr<Reply>& reply) {
  const std::string name = Service::stream_name(call.in);
  call.in.refuse("DryRun");
  const auto minimum = call.in.text("SequenceNumberForOrdering", kSequenceNumberRule);
  const auto stream = call.service.find(call.caller, broker::Operation::write, name);
  NewRecord record = new_record(call.in, static_cast<int32_t>(stream->partitions.size()));
  call.in.check();
  check_size(record, call.service.notes_of(*stream));
  if (minimum) {
    check_order(*stream, *minimum);
  }
  std::vector<NewRecord> records;
  records.push_back(std::move(record));
  put(call, *stream, std::move(records), [reply](const std::vector<Put>& puts) {
    const Put& put = puts.front();
    if (!put.error_code.empty()) {
      reply->refuse(fault_of(put), put.message);
      return;
    }
    Writer& out = reply->out();
    out.begin_object();
    out.text("ShardId", shard_name(put.shard));
    out.text("SequenceNumber", sequence_number({put.shard, put.offset}));
    out.text("EncryptionType", "NONE");
    out.end_object();
    reply->send_body();
  });
}

}  // namespace millrace::kinesis
