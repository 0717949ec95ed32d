// GetShardIterator: where to begin reading a shard. Readers are shown decided records alone, so the
// end of a shard is where the first transaction stands that is still open.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetShardIterator.html

#include <algorithm>
#include <array>

#include "kinesis/calls.h"
#include "kinesis/shard.h"
#include "kinesis/tokens.h"
#include "topic/store.h"

namespace millrace::kinesis {

namespace {

constexpr std::array<std::string_view, 5> kTypes{"AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER",
                                                 "TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"};

struct Wanted {
  std::string stream;
  std::string shard;
  std::string type;
  std::optional<std::string> number;
  std::optional<Timestamp> time;
};

[[noreturn]] void refuse_number(const Wanted& wanted, const std::string& why) {
  throw Refusal(Fault::invalid_argument, "StartingSequenceNumber " + *wanted.number +
                                             " used in GetShardIterator on shard " + wanted.shard +
                                             " in stream " + wanted.stream + " under account " +
                                             std::string(kAccount) + " is invalid" + why);
}

Offset at_number(const Wanted& wanted, int32_t shard, const topic::Partition& log) {
  const auto place = parse_sequence_number(*wanted.number);
  if (!place) {
    refuse_number(wanted, " because it did not come from this stream.");
  }
  if (place->shard != shard) {
    throw Refusal(Fault::invalid_argument,
                  "Invalid StartingSequenceNumber. It encodes " + shard_name(place->shard) +
                      ", while it was used in a call to a shard with " + shard_name(shard));
  }
  const bool is_behind = wanted.type == "AFTER_SEQUENCE_NUMBER";
  // A shard's StartingSequenceNumber is taken before there is a record.
  if (place->offset > log.end_offset() || (is_behind && place->offset == log.end_offset())) {
    refuse_number(wanted, " because it did not come from this stream.");
  }
  return is_behind ? place->offset + 1 : place->offset;
}

Offset at_time(const Call& call, const Wanted& wanted, const topic::Partition& log) {
  if (!wanted.time) {
    throw Refusal(Fault::invalid_argument,
                  "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. "
                  "Current request has no timestamp parameter.");
  }
  const Timestamp now = call.service.now();
  if (*wanted.time > now) {
    throw Refusal(Fault::invalid_argument,
                  "The timestampInMillis parameter cannot be greater than the "
                  "currentTimestampInMillis. timestampInMillis: " +
                      std::to_string(wanted.time->ms) +
                      ", currentTimestampInMillis: " + std::to_string(now.ms));
  }
  const auto found = log.find_by_time(*wanted.time);
  return found ? std::min(found->offset, log.stable_offset()) : log.stable_offset();
}

Offset start_of(const Call& call, const Wanted& wanted, int32_t shard,
                const topic::Partition& log) {
  const bool by_number = wanted.type.ends_with("_SEQUENCE_NUMBER");
  if (by_number != wanted.number.has_value()) {
    throw Refusal(
        Fault::invalid_argument,
        "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and "
        "StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. "
        "Request specified " +
            wanted.type + " and " + (by_number ? "no" : "also a") + " StartingSequenceNumber.");
  }
  if (by_number) {
    return at_number(wanted, shard, log);
  }
  if (wanted.type == "AT_TIMESTAMP") {
    return at_time(call, wanted, log);
  }
  return wanted.type == "LATEST" ? log.stable_offset() : log.start_offset();
}

}  // namespace

void get_shard_iterator(const Call& call, Writer& out) {
  Wanted wanted;
  wanted.shard = call.in.required_text("ShardId", kNameRule);
  wanted.type = call.in.required_text("ShardIteratorType", {.choices = kTypes});
  wanted.number = call.in.text("StartingSequenceNumber", kSequenceNumberRule);
  wanted.time = call.in.time("Timestamp");
  call.in.refuse("DryRun");
  wanted.stream = Service::stream_name(call.in);
  const auto stream = call.service.find(call.caller, broker::Operation::read, wanted.stream);
  const auto index = parse_shard_name(wanted.shard);
  if (!index) {
    throw Refusal(Fault::resource_not_found, "Could not find shard " + wanted.shard +
                                                 " in stream " + stream->name + " under account " +
                                                 std::string(kAccount) + ".");
  }
  const auto log = Service::shard(*stream, *index);
  const Offset next = start_of(call, wanted, *index, *log);
  out.begin_object();
  out.text("ShardIterator", to_text(ShardIterator{stream->id, *index, next, call.service.now()}));
  out.end_object();
}

}  // namespace millrace::kinesis
