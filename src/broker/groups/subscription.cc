#include "broker/groups/subscription.h"

#include "base/bytes.h"
#include "base/error.h"
#include "broker/groups/record_fields.h"

namespace millrace::broker {

std::optional<std::vector<std::string>> topics_of_subscription(std::string_view metadata) {
  try {
    NetworkReader in(metadata);
    if (in.read<int16_t>() < 0) {  // the version; each one begins like the first
      return std::nullopt;
    }
    std::vector<std::string> topics;
    for (auto left = in.read<int32_t>(); left > 0; --left) {
      topics.push_back(read_field(in));
    }
    return topics;
  } catch (const Error&) {
    // The member's own bytes, which were never promised to be anything.
    return std::nullopt;
  }
}

std::vector<Offsets::Place> places_of_assignment(std::string_view assignment) {
  std::vector<Offsets::Place> places;
  try {
    NetworkReader in(assignment);
    in.read<int16_t>();  // the version, as above
    for (auto topics = in.read<int32_t>(); topics > 0; --topics) {
      const std::string topic = read_field(in);
      for (auto partitions = in.read<int32_t>(); partitions > 0; --partitions) {
        places.push_back({topic, in.read<int32_t>()});
      }
    }
  } catch (const Error&) {
    // As above.
    return {};
  }
  return places;
}

}  // namespace millrace::broker
