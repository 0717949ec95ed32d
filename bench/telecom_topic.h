#pragma once

// A topic on disk filled with telecom events, for workloads that start where a producer's work has
// ended.

#include <cstdint>
#include <string>

#include "topic/store.h"

namespace millrace::bench {

inline constexpr const char* kTelecomTopic = "telecom_events";

// Makes the topic, with one partition, in batches of 500 records as a busy producer's.
void fill_telecom_topic(topic::Store& topics, int64_t events, uint64_t seed);

}  // namespace millrace::bench
