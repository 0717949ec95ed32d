#pragma once

// What consumers say as they join a group and are given: Kafka's ConsumerProtocolSubscription and
// ConsumerProtocolAssignment, as far as the broker looks into them. To the broker a member's
// metadata are bytes; only of groups of the type "consumer" is it known what they mean.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/groups/offsets.h"

namespace millrace::broker {

// The topics of a subscription; nothing where the bytes are no such thing.
std::optional<std::vector<std::string>> topics_of_subscription(std::string_view metadata);
// The partitions of an assignment; none where the bytes are no such thing.
std::vector<Offsets::Place> places_of_assignment(std::string_view assignment);

}  // namespace millrace::broker
