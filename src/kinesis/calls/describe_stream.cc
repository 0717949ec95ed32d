// DescribeStream: a stream and its shards, a part of them at a time.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStream.html

#include <algorithm>

#include "kinesis/shard.h"
#include "kinesis/stream_description.h"

namespace millrace::kinesis {

void describe_stream(const Call& call, Writer& out) {
  const std::string name = Service::stream_name(call.in);
  const int64_t limit = call.in.number("Limit", 1, 10'000).value_or(100);
  const auto behind = call.in.text("ExclusiveStartShardId", kNameRule);
  call.in.check();
  const auto stream = call.service.find(call.caller, broker::Operation::describe, name);
  const auto count = static_cast<int64_t>(stream->partitions.size());
  int64_t shard = behind ? int64_t{parse_shard_name(*behind).value_or(INT32_MAX)} + 1 : 0;
  const int64_t end = std::min(count, shard + limit);

  out.begin_object();
  out.name("StreamDescription");
  out.begin_object();
  write_stream(call, *stream, out);
  out.name("Shards");
  out.begin_list();
  for (; shard < end; ++shard) {
    write_shard(*stream, static_cast<int32_t>(shard), out);
  }
  out.end_list();
  out.flag("HasMoreShards", shard < count);
  out.end_object();
  out.end_object();
}

}  // namespace millrace::kinesis
