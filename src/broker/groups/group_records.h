#pragma once

// A group's generation as a record of __consumer_offsets, in the layout of Kafka's own topic:
// docs/formats/broker.md.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "kafka/records.h"

namespace millrace::broker {

// What is remembered of a group between two lives of the broker.
struct Generation {
  struct Member {
    std::string id;
    std::optional<std::string> instance_id;
    std::string client_id;
    std::string host;
    int32_t rebalance_timeout_ms = 0;
    int32_t session_timeout_ms = 0;
    std::string subscription;  // its metadata for the protocol that was chosen
    std::string assignment;
  };

  std::string protocol_type;
  int32_t number = 0;
  std::optional<std::string> protocol;
  std::optional<std::string> leader;
  Timestamp since;  // of the state that it is in
  std::vector<Member> members;
};

struct GroupRecord {
  std::string group;
  std::optional<Generation> generation;  // nothing: forgotten
};

std::string group_key(const std::string& group);
std::string group_value(const Generation& generation);
// Nothing where the record is of another kind, or of a version that is not known.
std::optional<GroupRecord> group_record(const kafka::Record& record);

}  // namespace millrace::broker
