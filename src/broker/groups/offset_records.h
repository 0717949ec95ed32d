#pragma once

// Committed offsets as records of __consumer_offsets, in the layout of Kafka's own topic:
// docs/formats/broker.md.

#include <optional>
#include <string>

#include "broker/groups/offsets.h"

namespace millrace::broker {

struct OffsetRecord {
  std::string group;
  Offsets::Place place;
  std::optional<Offsets::Committed> committed;  // nothing: forgotten
};

std::string offset_key(const std::string& group, const Offsets::Place& place);
std::string offset_value(const Offsets::Committed& committed);
// Nothing where the record is of another kind, or of a version that is not known.
std::optional<OffsetRecord> offset_record(const kafka::Record& record);

}  // namespace millrace::broker
