#include "broker/groups/group_records.h"

#include "base/bytes.h"
#include "broker/groups/record_fields.h"

namespace millrace::broker {

static constexpr int16_t kKeyVersion = 2;
static constexpr int16_t kValueVersion = 3;

std::string group_key(const std::string& group) {
  NetworkWriter out;
  out.write(kKeyVersion);
  write_field(group, out);
  return out.take();
}

std::string group_value(const Generation& generation) {
  NetworkWriter out;
  out.write(kValueVersion);
  write_field(generation.protocol_type, out);
  out.write(generation.number);
  write_nullable_field(generation.protocol, out);
  write_nullable_field(generation.leader, out);
  out.write(generation.since.ms);
  out.write(static_cast<int32_t>(generation.members.size()));
  for (const Generation::Member& member : generation.members) {
    write_field(member.id, out);
    write_nullable_field(member.instance_id, out);
    write_field(member.client_id, out);
    write_field(member.host, out);
    out.write(member.rebalance_timeout_ms);
    out.write(member.session_timeout_ms);
    write_bytes_field(member.subscription, out);
    write_bytes_field(member.assignment, out);
  }
  return out.take();
}

static Generation::Member read_member(NetworkReader& in) {
  Generation::Member member;
  member.id = read_field(in);
  member.instance_id = read_nullable_field(in);
  member.client_id = read_field(in);
  member.host = read_field(in);
  member.rebalance_timeout_ms = in.read<int32_t>();
  member.session_timeout_ms = in.read<int32_t>();
  member.subscription = read_bytes_field(in);
  member.assignment = read_bytes_field(in);
  return member;
}

std::optional<GroupRecord> group_record(const kafka::Record& record) {
  NetworkReader key(record.key.value_or(""));
  if (key.rest().size() < sizeof(int16_t) || key.read<int16_t>() != kKeyVersion) {
    return std::nullopt;
  }
  GroupRecord found{read_field(key), std::nullopt};
  if (!record.value) {
    return found;
  }
  NetworkReader in(*record.value);
  if (in.read<int16_t>() != kValueVersion) {
    return std::nullopt;
  }
  Generation& generation = found.generation.emplace();
  generation.protocol_type = read_field(in);
  generation.number = in.read<int32_t>();
  generation.protocol = read_nullable_field(in);
  generation.leader = read_nullable_field(in);
  generation.since = {in.read<int64_t>()};
  for (auto left = in.read<int32_t>(); left > 0; --left) {
    generation.members.push_back(read_member(in));
  }
  return found;
}

}  // namespace millrace::broker
