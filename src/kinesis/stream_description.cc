#include "kinesis/stream_description.h"

#include <algorithm>
#include <array>

#include "kinesis/hash_key.h"
#include "kinesis/shard.h"

namespace millrace::kinesis {

namespace {

constexpr int64_t kHourMs = 3'600'000;
// Of a batch with one record: its header, the record's lengths, and a partition key.
constexpr int64_t kBatchOverheadBytes = 8192;

constexpr std::array<std::string_view, 2> kModes{"PROVISIONED", "ON_DEMAND"};

}  // namespace

void write_mode(StreamMode mode, Writer& out) {
  out.name("StreamModeDetails");
  out.begin_object();
  out.text("StreamMode", mode_name(mode));
  out.end_object();
}

void write_stream(const Call& call, const topic::Topic& stream, Writer& out) {
  const StreamNotes& notes = call.service.notes_of(stream);
  out.text("StreamName", stream.name);
  out.text("StreamARN", arn_of(call.caller, stream.name));
  out.text("StreamStatus", "ACTIVE");
  write_mode(notes.mode, out);
  out.number("RetentionPeriodHours", retention_hours_of(call.service.topics(), stream));
  out.time("StreamCreationTimestamp", notes.made);
  out.text("EncryptionType", "NONE");
  out.name("EnhancedMonitoring");
  out.begin_list();
  out.begin_object();
  out.name("ShardLevelMetrics");
  out.begin_list();
  out.end_list();
  out.end_object();
  out.end_list();
}

void write_shard(const topic::Topic& stream, int32_t shard, Writer& out) {
  const HashKeyRange keys = hash_keys_of(shard, static_cast<int32_t>(stream.partitions.size()));
  out.begin_object();
  out.text("ShardId", shard_name(shard));
  out.name("HashKeyRange");
  out.begin_object();
  out.text("StartingHashKey", to_text(keys.first));
  out.text("EndingHashKey", to_text(keys.last));
  out.end_object();
  out.name("SequenceNumberRange");
  out.begin_object();
  out.text("StartingSequenceNumber", sequence_number({shard, Offset(0)}));
  out.end_object();
  out.end_object();
}

bool write_tags(const Tags& tags, const std::optional<std::string>& after, size_t most,
                Writer& out) {
  auto at = after ? tags.upper_bound(*after) : tags.begin();
  out.name("Tags");
  out.begin_list();
  for (; at != tags.end() && most > 0; ++at, --most) {
    out.begin_object();
    out.text("Key", at->first);
    out.text("Value", at->second);
    out.end_object();
  }
  out.end_list();
  return at != tags.end();
}

int64_t retention_hours_of(const topic::Store& topics, const topic::Topic& stream) {
  const topic::PartitionOptions options = topic::options_of(topics.in_force(stream.settings));
  if (!options.deletes || options.retention.ns < 0) {
    return kMostRetentionHours;
  }
  return std::min(kMostRetentionHours, (options.retention.ms() + kHourMs - 1) / kHourMs);
}

std::string retention_setting(int64_t hours) { return std::to_string(hours * kHourMs); }

std::string batch_bytes_setting(int64_t record_kib) {
  return std::to_string(record_kib * 1024 + kBatchOverheadBytes);
}

std::optional<StreamMode> stream_mode(const Parameters& in) {
  const auto details = in.inner("StreamModeDetails");
  if (!details) {
    return std::nullopt;
  }
  const std::string mode = details->required_text("StreamMode", {.choices = kModes});
  return mode == kModes.front() ? StreamMode::provisioned : StreamMode::on_demand;
}

void change_setting(const Call& call, const topic::Topic& stream, const std::string& name,
                    const std::string& value) {
  const auto changed = call.service.topics().configure(
      stream.name, [&](topic::Settings settings) -> Result<topic::Settings> {
        settings[name] = value;
        return settings;
      });
  if (!changed.ok()) {
    throw changed.error();
  }
}

}  // namespace millrace::kinesis
