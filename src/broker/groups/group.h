#pragma once

// One consumer group of the classic protocol: who is in it, which generation it is in, who has
// what. https://cwiki.apache.org/confluence/display/KAFKA/Kafka+Client-side+Assignment+Proposal
//
//   empty ──join──▶ preparing ──all joined──▶ completing ──leader's sync──▶ stable
//     ▲                 ▲  └─nobody left─▶ empty  │                            │
//     └──last one left──┴────a member comes, leaves, or falls silent───────────┘
//
// preparing: members come (back) with Join; the generation starts when all known ones have, or when
// the slowest's rebalance timeout is over. completing: Sync waits for the leader's assignments.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "broker/groups/group_records.h"
#include "io/event_loop.h"
#include "kafka/error_code.h"
#include "kafka/messages/join_group.h"
#include "kafka/messages/sync_group.h"

namespace millrace::broker {

class Broker;

// The protocol type of groups of consumers; Connect has others.
constexpr std::string_view kConsumerProtocol = "consumer";

class Group {
 public:
  enum class State : uint8_t { empty, preparing, completing, stable };

  using JoinDone = std::function<void(const kafka::JoinGroupResponse&)>;
  using SyncDone = std::function<void(const kafka::SyncGroupResponse&)>;
  using Protocols = std::vector<kafka::JoinGroupRequest::Protocol>;

  struct Member {
    std::string id;
    std::optional<std::string> instance_id;  // static members keep their place while away
    std::string client_id;
    std::string host;
    Duration session_timeout;
    Duration rebalance_timeout;
    Protocols protocols;
    std::string assignment;
    JoinDone joining;         // set while its Join waits
    SyncDone syncing;         // set while its Sync waits
    bool has_synced = false;  // asked for its assignment of this generation
    std::unique_ptr<io::Timer> session;
  };

  // `broker` outlives it.
  Group(Broker& broker, std::string id);

  // As it was before the broker's last end; then, when all is read, members are waited for.
  void restore(const Generation& generation);
  void resume();
  Generation generation() const;

  void join(const kafka::JoinGroupRequest& request, const std::string& client_id,
            const std::string& host, bool must_know_its_id, JoinDone done);
  void sync(const kafka::SyncGroupRequest& request, SyncDone done);
  kafka::ErrorCode heartbeat(const std::string& member_id,
                             const std::optional<std::string>& instance_id, int32_t generation);
  kafka::ErrorCode leave(const std::string& member_id,
                         const std::optional<std::string>& instance_id);
  // May this member commit offsets? generation -1: somebody outside of the group's protocol.
  kafka::ErrorCode may_commit(const std::string& member_id,
                              const std::optional<std::string>& instance_id, int32_t generation);

  const std::string& id() const { return id_; }
  State state() const { return state_; }
  const std::string& protocol_type() const { return protocol_type_; }
  const std::string& protocol() const { return protocol_; }
  Timestamp since() const { return since_; }  // in this state
  // Nobody is in it or about to enter, and was not since `time` either.
  bool is_forgotten_at(Timestamp time) const;
  // Does a member subscribe to the topic? True where that cannot be told.
  bool subscribes(std::string_view topic) const;
  const std::map<std::string, Member>& members() const { return members_; }
  std::string metadata_of(const Member& member) const;  // for the protocol that was chosen

 private:
  kafka::ErrorCode check_member(const std::string& member_id,
                                const std::optional<std::string>& instance_id) const;
  bool supports(const Protocols& protocols, const std::string& protocol_type,
                const std::string& without_member) const;
  std::string chosen_protocol() const;
  Member& add_member(const kafka::JoinGroupRequest& request, const std::string& client_id,
                     const std::string& host, std::string member_id);
  void rejoin(Member& member, const kafka::JoinGroupRequest& request, JoinDone done);
  void replace_static(const kafka::JoinGroupRequest& request, std::string new_id, JoinDone done);
  void prepare(std::string_view why);
  void begin_generation_if_all_joined();
  void begin_generation();
  void wait_for_syncs();
  void remove_who_did_not_sync();
  void enter(State state);
  void remove(const std::string& member_id, std::string_view why);
  void touch(Member& member);
  void expire(const std::string& member_id);
  kafka::JoinGroupResponse joined(const Member& member, bool with_members) const;
  void give_assignments();
  std::string new_member_id(const std::string& prefix) const;

  Broker& broker_;
  const std::string id_;
  State state_ = State::empty;
  Timestamp since_;
  int32_t generation_ = 0;
  std::string protocol_type_;
  std::string protocol_;
  std::string leader_;
  std::map<std::string, Member> members_;
  std::map<std::string, std::string> static_ids_;  // instance → member
  // Ids given out by "you must have an id first"; they keep nothing alive but a timer.
  std::map<std::string, std::unique_ptr<io::Timer>> expected_;
  std::unique_ptr<io::Timer> rebalance_;  // preparing: for Joins; then, for Syncs
};

std::string_view name_of(Group::State state);  // "PreparingRebalance", as Kafka's tools print it

}  // namespace millrace::broker
