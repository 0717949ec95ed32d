#pragma once

// How far consumer groups have read: in memory, and in the topic __consumer_offsets, whose records
// are laid out in docs/formats/broker.md.
//
// Invariant: what was answered as committed is in the topic, durable as the policy says.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "kafka/end_marker.h"
#include "kafka/error_code.h"
#include "kafka/records.h"

namespace millrace::topic {
class Partition;
}

namespace millrace::broker {

class Broker;

class Offsets {
 public:
  struct Place {
    std::string topic;
    int32_t partition = 0;
    auto operator<=>(const Place&) const = default;
  };
  struct Committed {
    Offset offset;
    int32_t leader_epoch = -1;
    std::string metadata;
    Timestamp at;
  };
  using OfGroup = std::map<Place, Committed>;

  // Reads the topic where there is one. Throws what the disk throws.
  explicit Offsets(Broker& broker);

  // All of them or none. `done` is called once, on the loop, perhaps before this returns.
  void commit(const std::string& group, const std::vector<std::pair<Place, Committed>>& offsets,
              std::function<void(kafka::ErrorCode)> done);
  // The same within a producer's transaction: it counts once that is committed.
  void commit_in_transaction(const std::string& group, int64_t producer_id, int16_t producer_epoch,
                             const std::vector<std::pair<Place, Committed>>& offsets,
                             std::function<void(kafka::ErrorCode)> done);
  // The topic has the marker.
  void end_transaction(int64_t producer_id, kafka::TransactionResult result);
  // Does an undecided transaction commit this?
  bool is_undecided(std::string_view group, const Place& place) const;
  const Committed* find(std::string_view group, const Place& place) const;
  const OfGroup* find(std::string_view group) const;  // nullptr where it committed nothing
  std::vector<std::string> groups() const;
  void forget_topic(std::string_view topic);

 private:
  void load();
  using ByGroup = std::map<std::string, OfGroup, std::less<>>;

  static void apply(const kafka::Record& record, ByGroup& groups);
  std::shared_ptr<topic::Partition> log();
  void append_and_apply(const std::string& group,
                        const std::vector<std::pair<Place, Committed>>& offsets,
                        const kafka::BatchBuilder::Producer& producer, ByGroup& applied,
                        std::function<void(kafka::ErrorCode)> done);

  Broker& broker_;
  ByGroup groups_;
  std::map<int64_t, ByGroup> undecided_;  // by the producer whose transaction it is
};

}  // namespace millrace::broker
