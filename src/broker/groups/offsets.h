#pragma once

// How far consumer groups have read: in memory, and in the coordinator's log.
//
// Invariant: what was answered as committed is in the log, durable as the policy says.
//
// Changed on the loop thread alone; committed() is for every thread, all else for the loop.

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "kafka/end_marker.h"
#include "kafka/error_code.h"
#include "kafka/records.h"

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
    std::optional<Timestamp> expires = std::nullopt;  // where the client said so (before version 5)
  };
  using OfGroup = std::map<Place, Committed>;

  explicit Offsets(Broker& broker) : broker_(broker) {}

  // A record of the log, at the start; of a producer's transaction where there is one. False where
  // it is of another kind.
  bool apply(const kafka::Record& record, std::optional<int64_t> in_transaction_of);

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
  std::optional<Committed> committed(std::string_view group, const Place& place) const;
  std::vector<std::string> groups() const;

  // Forgets those of a group that `where` says. none, or why they stay.
  kafka::ErrorCode remove(const std::string& group, const std::function<bool(const Place&)>& where);
  void forget_topic(std::string_view topic);
  // Forgets what is older than the retention, of groups that nobody is in. `empty_since` gives
  // the time from which a group's age counts: nothing where it has members.
  void expire(Timestamp now, Duration retention,
              const std::function<std::optional<Timestamp>(
                  const std::string& group, const Committed& committed)>& empty_since);

 private:
  using ByGroup = std::map<std::string, OfGroup, std::less<>>;

  void append_and_apply(const std::string& group,
                        const std::vector<std::pair<Place, Committed>>& offsets,
                        const kafka::BatchBuilder::Producer& producer, ByGroup& applied,
                        std::function<void(kafka::ErrorCode)> done);

  Broker& broker_;
  mutable std::mutex mutex_;  // what changes groups_, and what reads it off the loop
  ByGroup groups_;
  std::map<int64_t, ByGroup> undecided_;  // by the producer whose transaction it is
};

}  // namespace millrace::broker
