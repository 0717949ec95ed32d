#pragma once

// One consumer group whose partitions the broker shares out (KIP-848).
// https://cwiki.apache.org/confluence/display/KAFKA/KIP-848
//
// Three numbers chase each other. The group's epoch rises when members, subscriptions or topics
// change; then the target assignment is computed anew and has that epoch; each member comes to it
// by its own heartbeats: what it is to give up it gives up first, and gets what others have given
// up.
//
//   stable ──target changed──▶ revoking ──heartbeat without them──▶ waiting ──others gave up──▶
//   stable
//
// Invariant: no partition is in two members' `assigned` and `revoking` together.
//
// Members are kept in memory alone. After a restart of the broker each hears that it is not known,
// and enters again.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "broker/access/access.h"
#include "broker/groups/assignors.h"
#include "broker/groups/topic_pattern.h"
#include "io/event_loop.h"
#include "kafka/error_code.h"
#include "kafka/messages/consumer_group_heartbeat.h"

namespace millrace::broker {

class Broker;

class ConsumerGroup {
 public:
  using Request = kafka::ConsumerGroupHeartbeatRequest;
  using Response = kafka::ConsumerGroupHeartbeatResponse;
  // Epochs of members that say something else.
  static constexpr int32_t kEnters = 0;
  static constexpr int32_t kLeaves = -1;
  static constexpr int32_t kLeavesForAWhile = -2;  // a static member, which keeps its place

  enum class State : uint8_t { empty, assigning, reconciling, stable };

  struct Member {
    std::string id;
    std::optional<std::string> instance_id;
    std::optional<std::string> rack_id;
    std::string client_id;
    std::string host;
    int32_t epoch = 0;
    int32_t previous_epoch = -1;
    Duration rebalance_timeout;
    std::set<std::string> topics;                 // by name; perhaps not there yet
    std::shared_ptr<const TopicPattern> pattern;  // null: none
    std::optional<Access> access;                 // that of the last heartbeat
    std::set<kafka::Uuid> subscribed;             // what both come to, of what it may see
    std::optional<std::string> assignor;
    TopicPartitions assigned;
    TopicPartitions revoking;  // taken away, and not known to be let go
    std::unique_ptr<io::Timer> session;
    std::unique_ptr<io::Timer> revocation;

    std::optional<std::string> pattern_text() const;
  };

  // `broker` outlives it.
  ConsumerGroup(Broker& broker, std::string id);

  // What makes no sense in any group, and so does not make one.
  static kafka::ErrorCode fault_in(const Request& request);
  // Of a request without such a fault. A pattern stands for those topics that `access` lets the
  // member see. The names that the request lists have been asked for already.
  Response heartbeat(const Request& request, const Access& access, const std::string& client_id,
                     const std::string& host);
  // May this member commit offsets?
  kafka::ErrorCode fault_in_member(const std::string& member_id, int32_t epoch) const;

  const std::string& id() const { return id_; }
  State state() const;
  Timestamp since() const { return since_; }  // the last member left, or came
  int32_t epoch() const { return epoch_; }
  int32_t target_epoch() const { return target_epoch_; }
  std::string_view assignor() const { return preferred_assignor().name; }
  const std::map<std::string, Member>& members() const { return members_; }
  TopicPartitions target_of(const std::string& member_id) const;
  bool subscribes(std::string_view topic) const;

 private:
  Response enter(const Request& request, const Access& access, const std::string& client_id,
                 const std::string& host);
  Response leave(const Request& request);
  Response answer_to(Member& member, const TopicPartitions& before, bool wants_all) const;
  kafka::ErrorCode fault_in_epoch(const Member& member, const Request& request) const;
  Member* take_static_place(const Request& request);
  bool subscribe(Member& member, const Request& request);
  bool refresh_topics();
  void begin_epoch();
  void compute_target();
  void reconcile(Member& member, const Request& request);
  bool is_free(const kafka::Uuid& topic, int32_t partition, const Member& asking) const;
  std::set<kafka::Uuid> topics_of(const Member& member) const;
  const Assignor& preferred_assignor() const;
  void remove(const std::string& member_id, std::string_view why);
  void touch(Member& member);

  Broker& broker_;
  const std::string id_;
  Timestamp since_;
  int32_t epoch_ = 0;
  int32_t target_epoch_ = 0;
  Assignment target_;
  std::map<std::string, Member> members_;
  std::map<std::string, std::string> static_ids_;  // instance → member
  std::map<kafka::Uuid, int32_t> partition_counts_;
};

std::string_view name_of(ConsumerGroup::State state);  // "Stable", as Kafka's tools print it

}  // namespace millrace::broker
