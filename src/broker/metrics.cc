#include "broker/metrics.h"

namespace millrace::broker {

BrokerMetrics::BrokerMetrics(Metrics& m)
    : records_in(m.counter("millrace_broker_records_in_total", "Records that producers appended")),
      bytes_in(m.counter("millrace_broker_bytes_in_total", "Bytes of batches appended")),
      duplicate_batches(m.counter("millrace_broker_duplicate_batches_total",
                                  "Batches that idempotent producers sent again")),
      refused_batches(
          m.counter("millrace_broker_refused_batches_total", "Batches answered with an error")),
      bytes_out(m.counter("millrace_broker_bytes_out_total", "Bytes of batches fetched")),
      connections(m.gauge("millrace_broker_connections", "Clients connected now")),
      closed_for_fault(m.counter("millrace_broker_closed_for_fault_total",
                                 "Connections closed because of what the client sent")),
      refused_logins(m.counter("millrace_broker_refused_logins_total",
                               "Connections closed because the client could not log in")),
      held_back(m.counter("millrace_broker_held_back_total",
                          "Answers to clients over their quota, who have to wait")),
      parked_fetches(m.gauge("millrace_broker_parked_fetches", "Fetches that wait for records")),
      groups(m.gauge("millrace_broker_groups", "Consumer groups known")),
      generations(m.counter("millrace_broker_group_generations_total",
                            "Generations that consumer groups began")),
      expired_members(m.counter("millrace_broker_expired_members_total",
                                "Members of groups removed for their silence")) {}

}  // namespace millrace::broker
