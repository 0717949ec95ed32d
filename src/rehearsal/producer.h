#pragma once

// An idempotent Kafka producer without a network: it speaks the protocol to a broker's session, and
// after a crash sends again what was not acknowledged, as real clients do.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/shared_bytes.h"
#include "base/time.h"

namespace millrace::rehearsal {

// How a request reaches the broker of the day: a whole frame without its length; gives the answer's
// frame, likewise.
using Exchange = std::function<SharedBytes(SharedBytes request)>;

// Outlives crashes of the broker.
class Producer {
 public:
  // Sends the records to partition 0 in one batch, until it is acknowledged as durable. What
  // `exchange` throws passes through: calling again with the same `number` sends the same batch.
  void send(const Exchange& exchange, const std::string& topic, uint64_t number,
            const std::vector<std::string>& records, Timestamp now);
  // Sends them in a transaction that it then aborts. Calling again does it again.
  static void send_and_abort(const Exchange& exchange, const std::string& topic,
                             const std::vector<std::string>& records, Timestamp now);

 private:
  void ask_for_id(const Exchange& exchange);

  int64_t id_ = -1;
  int16_t epoch_ = -1;
  struct Sent {
    int32_t next_sequence = 0;
    std::map<uint64_t, int32_t> sequence_of;  // by number
  };
  std::map<std::string, Sent> topics_;
};

}  // namespace millrace::rehearsal
