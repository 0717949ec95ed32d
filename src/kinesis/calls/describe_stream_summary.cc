// DescribeStreamSummary: a stream without its shards.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStreamSummary.html

#include "kinesis/stream_description.h"

namespace millrace::kinesis {

void describe_stream_summary(const Call& call, Writer& out) {
  const auto stream = call.service.find(call.caller, broker::Operation::describe, call.in);
  out.begin_object();
  out.name("StreamDescriptionSummary");
  out.begin_object();
  write_stream(call, *stream, out);
  out.number("OpenShardCount", static_cast<int64_t>(stream->partitions.size()));
  out.number("ConsumerCount", 0);
  out.number("MaxRecordSizeInKiB", call.service.notes_of(*stream).most_record_kib);
  out.end_object();
  out.end_object();
}

}  // namespace millrace::kinesis
