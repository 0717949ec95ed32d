#include "broker/groups/offset_records.h"

#include "base/bytes.h"
#include "broker/groups/record_fields.h"

namespace millrace::broker {

static constexpr int16_t kKeyVersion = 1;
static constexpr int16_t kOldestKeyVersion = 0;  // the same layout
static constexpr int16_t kExpiringVersion = 1;
static constexpr int16_t kValueVersion = 3;

std::string offset_key(const std::string& group, const Offsets::Place& place) {
  NetworkWriter out;
  out.write(kKeyVersion);
  write_field(group, out);
  write_field(place.topic, out);
  out.write(place.partition);
  return out.take();
}

// Kafka's version 3 has the leader epoch, version 1 the time to forget it at; none has both.
std::string offset_value(const Offsets::Committed& committed) {
  NetworkWriter out;
  out.write(committed.expires ? kExpiringVersion : kValueVersion);
  out.write(committed.offset.value);
  if (!committed.expires) {
    out.write(committed.leader_epoch);
  }
  write_field(committed.metadata, out);
  out.write(committed.at.ms);
  if (committed.expires) {
    out.write(committed.expires->ms);
  }
  return out.take();
}

std::optional<OffsetRecord> offset_record(const kafka::Record& record) {
  NetworkReader key(record.key.value_or(""));
  if (key.rest().size() < sizeof(int16_t)) {
    return std::nullopt;
  }
  const auto key_version = key.read<int16_t>();
  if (key_version != kKeyVersion && key_version != kOldestKeyVersion) {
    return std::nullopt;
  }
  OffsetRecord found;
  found.group = read_field(key);
  found.place.topic = read_field(key);
  found.place.partition = key.read<int32_t>();
  if (!record.value) {
    return found;
  }
  NetworkReader value(*record.value);
  const auto version = value.read<int16_t>();
  if (version != kValueVersion && version != kExpiringVersion) {
    return std::nullopt;
  }
  Offsets::Committed& committed = found.committed.emplace();
  committed.offset = Offset(value.read<int64_t>());
  if (version == kValueVersion) {
    committed.leader_epoch = value.read<int32_t>();
  }
  committed.metadata = read_field(value);
  committed.at = {value.read<int64_t>()};
  if (version == kExpiringVersion) {
    committed.expires = Timestamp{value.read<int64_t>()};
  }
  return found;
}

}  // namespace millrace::broker
