// ListShards: the shards of a stream. All of them are open, and were since it was made; hence the
// filters by time leave out none.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListShards.html

#include <algorithm>
#include <array>

#include "kinesis/shard.h"
#include "kinesis/stream_description.h"
#include "kinesis/tokens.h"

namespace millrace::kinesis {

namespace {

constexpr std::array<std::string_view, 6> kFilters{"AFTER_SHARD_ID",    "AT_TRIM_HORIZON",
                                                   "FROM_TRIM_HORIZON", "AT_LATEST",
                                                   "AT_TIMESTAMP",      "FROM_TIMESTAMP"};
const TextRule kTokenRule{.least = 1, .most = 1'048'576};

// Where the list begins.
struct Start {
  std::shared_ptr<const topic::Topic> stream;
  int64_t shard = 0;
};

int64_t shard_behind(const std::string& name) {
  return int64_t{parse_shard_name(name).value_or(INT32_MAX)} + 1;
}

// Of ShardFilter, the first shard that it lets through.
int64_t filtered_start(const Call& call) {
  const auto filter = call.in.inner("ShardFilter");
  if (!filter) {
    return 0;
  }
  const std::string type = filter->required_text("Type", {.choices = kFilters});
  const auto shard = filter->text("ShardId", kNameRule);
  const auto time = filter->time("Timestamp");
  call.in.check();
  const bool wants_shard = type == "AFTER_SHARD_ID";
  const bool wants_time = type.ends_with("_TIMESTAMP");
  if (wants_shard != shard.has_value() || wants_time != time.has_value()) {
    throw Refusal(Fault::invalid_argument, "A ShardFilter of type " + type + " takes " +
                                               (wants_shard  ? "a ShardId and nothing else."
                                                : wants_time ? "a Timestamp and nothing else."
                                                             : "neither ShardId nor Timestamp."));
  }
  if (wants_time && *time > call.service.now()) {
    throw Refusal(Fault::invalid_argument, "The Timestamp of the ShardFilter is in the future.");
  }
  return wants_shard ? shard_behind(*shard) : 0;
}

Start start_at(const Call& call, const std::string& text) {
  const auto token = parse_shard_list_token(text);
  if (!token) {
    throw Refusal(Fault::invalid_argument, "The NextToken is invalid.");
  }
  if (call.service.now() - token->made > kTokenLife) {
    throw Refusal(Fault::expired_next_token, "The NextToken is older than 300 seconds.");
  }
  const auto stream = call.service.topics().find(token->stream);
  if (stream == nullptr) {
    throw Refusal(Fault::resource_not_found, "The stream of this NextToken does not exist.");
  }
  return {call.service.find(call.caller, broker::Operation::describe, stream->name), token->next};
}

Start start_of(const Call& call) {
  const auto token = call.in.text("NextToken", kTokenRule);
  const auto behind = call.in.text("ExclusiveStartShardId", kNameRule);
  const auto made = call.in.time("StreamCreationTimestamp");
  const bool is_named = call.in.text("StreamName") || call.in.text("StreamARN");
  const int64_t filtered = filtered_start(call);
  call.in.check();
  if (token) {
    if (is_named || behind || made) {
      throw Refusal(Fault::invalid_argument,
                    "NextToken and StreamName cannot be provided together.");
    }
    return start_at(call, *token);
  }
  if (!is_named) {
    throw Refusal(Fault::invalid_argument, "Either NextToken or StreamName should be provided.");
  }
  auto stream = call.service.find(call.caller, broker::Operation::describe, call.in);
  // Of streams that had this name one after the other, this time says which is meant.
  if (made && made->ms / 1000 != call.service.notes_of(*stream).made.ms / 1000) {
    throw Refusal(Fault::resource_not_found,
                  "Stream " + stream->name + " of this StreamCreationTimestamp does not exist.");
  }
  return {std::move(stream), std::max(filtered, behind ? shard_behind(*behind) : 0)};
}

}  // namespace

void list_shards(const Call& call, Writer& out) {
  const int64_t limit = call.in.number("MaxResults", 1, 10'000).value_or(1000);
  auto [stream, shard] = start_of(call);
  const auto count = static_cast<int64_t>(stream->partitions.size());
  const int64_t end = std::min(count, shard + limit);
  out.begin_object();
  out.name("Shards");
  out.begin_list();
  for (; shard < end; ++shard) {
    write_shard(*stream, static_cast<int32_t>(shard), out);
  }
  out.end_list();
  if (shard < count) {
    out.text("NextToken",
             to_text(ShardListToken{stream->id, static_cast<int32_t>(shard), call.service.now()}));
  }
  out.end_object();
}

}  // namespace millrace::kinesis
