#pragma once

// What is said of streams and shards, for the calls that describe and list them.

#include <optional>

#include "kinesis/calls.h"
#include "topic/store.h"

namespace millrace::kinesis {

constexpr int64_t kLeastRetentionHours = 24;
constexpr int64_t kMostRetentionHours = 8760;

// Name, resource name, status, mode, retention, age, encryption: members that two calls share.
void write_stream(const Call& call, const topic::Topic& stream, Writer& out);
void write_mode(StreamMode mode, Writer& out);
void write_shard(const topic::Topic& stream, int32_t shard, Writer& out);
// A list of tags behind the key `after`, at most as many. True where there are more.
bool write_tags(const Tags& tags, const std::optional<std::string>& after, size_t most,
                Writer& out);

// Whole hours, rounded up; the longest that AWS has where records are kept for longer.
int64_t retention_hours_of(const topic::Store& topics, const topic::Topic& stream);
// "retention.ms" for it.
std::string retention_setting(int64_t hours);
// "max.message.bytes" with which records of that size are taken.
std::string batch_bytes_setting(int64_t record_kib);
// In StreamModeDetails; nothing where that is missing.
std::optional<StreamMode> stream_mode(const Parameters& in);

// Sets one of the topic's settings. Throws Refusal where somebody may not, or it cannot be kept.
void change_setting(const Call& call, const topic::Topic& stream, const std::string& name,
                    const std::string& value);

}  // namespace millrace::kinesis
