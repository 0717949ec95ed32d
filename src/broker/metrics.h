#pragma once

// What an operator of the broker watches.

#include "base/metrics.h"

namespace millrace::broker {

struct BrokerMetrics {
  explicit BrokerMetrics(Metrics& metrics);

  Counter& records_in;
  Counter& bytes_in;
  Counter& duplicate_batches;
  Counter& refused_batches;
  Counter& bytes_out;
  Gauge& connections;
  Counter& closed_for_fault;
  Counter& refused_logins;
  Counter& held_back;
  Gauge& parked_fetches;
  Gauge& groups;
  Counter& generations;
  Counter& expired_members;
};

}  // namespace millrace::broker
