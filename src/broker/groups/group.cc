#include "broker/groups/group.h"

#include <algorithm>

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "broker/broker.h"
#include "broker/groups/groups.h"
#include "broker/groups/subscription.h"
#include "broker/metrics.h"
#include "kafka/uuid.h"

namespace millrace::broker {

using JoinRequest = kafka::JoinGroupRequest;
using JoinResponse = kafka::JoinGroupResponse;
using SyncRequest = kafka::SyncGroupRequest;
using SyncResponse = kafka::SyncGroupResponse;

namespace {

constexpr size_t kMemberIdPrefixBytes = 255;

JoinResponse join_refused(ErrorCode code, const std::string& member_id) {
  JoinResponse response;
  response.error_code = code;
  response.member_id = member_id;
  response.protocol_name = "";
  return response;
}

SyncResponse sync_refused(ErrorCode code) {
  SyncResponse response;
  response.error_code = code;
  return response;
}

bool has_protocol(const Group::Protocols& protocols, const std::string& name) {
  return std::any_of(protocols.begin(), protocols.end(),
                     [&](const auto& protocol) { return protocol.name == name; });
}

bool same_protocols(const Group::Protocols& a, const Group::Protocols& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.name == y.name && x.metadata == y.metadata;
  });
}

Duration longest_rebalance(const std::map<std::string, Group::Member>& members) {
  Duration longest;
  for (const auto& [id, member] : members) {
    longest = std::max(longest, member.rebalance_timeout);
  }
  return longest;
}

}  // namespace

std::string_view name_of(Group::State state) {
  switch (state) {
    case Group::State::empty: return "Empty";
    case Group::State::preparing: return "PreparingRebalance";
    case Group::State::completing: return "CompletingRebalance";
    case Group::State::stable: return "Stable";
  }
  return "";
}

Group::Group(Broker& broker, std::string id)
    : broker_(broker), id_(std::move(id)), since_(broker.world().clock->now()) {}

void Group::restore(const Generation& generation) {
  members_.clear();
  static_ids_.clear();
  protocol_type_ = generation.protocol_type;
  generation_ = generation.number;
  protocol_ = generation.protocol.value_or("");
  leader_ = generation.leader.value_or("");
  since_ = generation.since;
  state_ = generation.members.empty() ? State::empty : State::stable;
  for (const Generation::Member& known : generation.members) {
    Member& member = members_[known.id];
    member.id = known.id;
    member.instance_id = known.instance_id;
    member.client_id = known.client_id;
    member.host = known.host;
    member.session_timeout = Duration::milliseconds(known.session_timeout_ms);
    member.rebalance_timeout = Duration::milliseconds(known.rebalance_timeout_ms);
    member.protocols = {{protocol_, known.subscription}};
    member.assignment = known.assignment;
    member.has_synced = true;
    if (member.instance_id) {
      static_ids_[*member.instance_id] = member.id;
    }
  }
}

void Group::resume() {
  for (auto& [id, member] : members_) {
    touch(member);
  }
}

Generation Group::generation() const {
  Generation generation;
  generation.protocol_type = protocol_type_;
  generation.number = generation_;
  generation.since = since_;
  if (!members_.empty()) {
    generation.protocol = protocol_;
    generation.leader = leader_;
  }
  for (const auto& [id, member] : members_) {
    generation.members.push_back({id, member.instance_id, member.client_id, member.host,
                                  static_cast<int32_t>(member.rebalance_timeout.ms()),
                                  static_cast<int32_t>(member.session_timeout.ms()),
                                  metadata_of(member), member.assignment});
  }
  return generation;
}

bool Group::is_forgotten_at(Timestamp time) const {
  return members_.empty() && expected_.empty() && since_ <= time;
}

bool Group::subscribes(std::string_view topic) const {
  return std::any_of(members_.begin(), members_.end(), [&](const auto& entry) {
    const auto topics = topics_of_subscription(metadata_of(entry.second));
    return !topics || std::find(topics->begin(), topics->end(), topic) != topics->end();
  });
}

void Group::enter(State state) {
  state_ = state;
  since_ = broker_.world().clock->now();
}

std::string Group::new_member_id(const std::string& prefix) const {
  // A client may call itself something as long as a string can be; with more behind it, it is none.
  return prefix.substr(0, kMemberIdPrefixBytes) + "-" +
         kafka::Uuid::make(*broker_.world().random).to_hex();
}

// Kafka's protocol of a group is one that every member offers.
bool Group::supports(const Protocols& protocols, const std::string& protocol_type,
                     const std::string& without_member) const {
  const size_t others = members_.size() - members_.count(without_member);
  if (others == 0) {
    return !protocols.empty() && !protocol_type.empty();
  }
  return protocol_type == protocol_type_ &&
         std::any_of(protocols.begin(), protocols.end(), [&](const auto& protocol) {
           return std::all_of(members_.begin(), members_.end(), [&](const auto& entry) {
             return entry.first == without_member ||
                    has_protocol(entry.second.protocols, protocol.name);
           });
         });
}

// Each member votes for the first of its protocols that all have; most votes win.
std::string Group::chosen_protocol() const {
  std::map<std::string, int> votes;
  for (const auto& [id, member] : members_) {
    const auto vote = std::find_if(
        member.protocols.begin(), member.protocols.end(), [this](const auto& protocol) {
          return std::all_of(members_.begin(), members_.end(), [&](const auto& entry) {
            return has_protocol(entry.second.protocols, protocol.name);
          });
        });
    check(vote != member.protocols.end(), "members of a group have a protocol in common");
    ++votes[vote->name];
  }
  return std::max_element(votes.begin(), votes.end(),
                          [](const auto& a, const auto& b) { return a.second < b.second; })
      ->first;
}

ErrorCode Group::check_member(const std::string& member_id,
                              const std::optional<std::string>& instance_id) const {
  if (instance_id) {
    const auto known = static_ids_.find(*instance_id);
    if (known == static_ids_.end()) {
      return ErrorCode::unknown_member_id;
    }
    if (known->second != member_id) {
      return ErrorCode::fenced_instance_id;
    }
  }
  return members_.contains(member_id) ? ErrorCode::none : ErrorCode::unknown_member_id;
}

void Group::join(const JoinRequest& request, const std::string& client_id, const std::string& host,
                 bool must_know_its_id, JoinDone done) {
  const bool is_new = request.member_id.empty();
  const auto& instance = request.group_instance_id;
  const bool is_known_static = instance && static_ids_.contains(*instance);
  const std::string replaces =
      is_new && is_known_static ? static_ids_[*instance] : request.member_id;
  if (!supports(request.protocols, request.protocol_type, replaces)) {
    done(join_refused(ErrorCode::inconsistent_group_protocol, request.member_id));
    return;
  }
  if (is_new && is_known_static) {
    replace_static(request, new_member_id(*instance), std::move(done));
    return;
  }
  if (is_new && members_.size() + expected_.size() >= broker_.options().most_group_members) {
    done(join_refused(ErrorCode::group_max_size_reached, request.member_id));
    return;
  }
  if (is_new) {
    std::string id = new_member_id(instance ? *instance : client_id);
    if (must_know_its_id && !instance) {
      // It comes again with the id; were its first answer lost, no ghost would stay (KIP-394).
      expected_[id] =
          broker_.loop().run_after(Duration::milliseconds(request.session_timeout_ms), [this, id] {
            expected_.erase(id);
            begin_generation_if_all_joined();
          });
      done(join_refused(ErrorCode::member_id_required, id));
      return;
    }
    Member& member = add_member(request, client_id, host, std::move(id));
    member.joining = std::move(done);
    prepare("a member came");
    return;
  }
  if (expected_.erase(request.member_id) != 0) {
    Member& member = add_member(request, client_id, host, request.member_id);
    member.joining = std::move(done);
    prepare("a member came");
    return;
  }
  const ErrorCode fault = check_member(request.member_id, instance);
  if (fault != ErrorCode::none) {
    done(join_refused(fault, request.member_id));
    return;
  }
  rejoin(members_.at(request.member_id), request, std::move(done));
}

Group::Member& Group::add_member(const JoinRequest& request, const std::string& client_id,
                                 const std::string& host, std::string member_id) {
  Member& member = members_[member_id];
  member.id = std::move(member_id);
  member.instance_id = request.group_instance_id;
  member.client_id = client_id;
  member.host = host;
  member.session_timeout = Duration::milliseconds(request.session_timeout_ms);
  member.rebalance_timeout = Duration::milliseconds(
      request.rebalance_timeout_ms < 0 ? request.session_timeout_ms : request.rebalance_timeout_ms);
  member.protocols = request.protocols;
  if (members_.size() == 1) {
    protocol_type_ = request.protocol_type;
  }
  if (member.instance_id) {
    static_ids_[*member.instance_id] = member.id;
  }
  touch(member);
  return member;
}

void Group::rejoin(Member& member, const JoinRequest& request, JoinDone done) {
  const bool changed = !same_protocols(member.protocols, request.protocols);
  const bool leads = member.id == leader_;
  member.protocols = request.protocols;
  member.session_timeout = Duration::milliseconds(request.session_timeout_ms);
  if (request.rebalance_timeout_ms >= 0) {
    member.rebalance_timeout = Duration::milliseconds(request.rebalance_timeout_ms);
  }
  touch(member);
  if (!changed && state_ == State::completing) {
    // The answer to its first Join was lost.
    done(joined(member, leads));
    return;
  }
  if (!changed && state_ == State::stable && !leads) {
    done(joined(member, false));
    return;
  }
  if (member.joining) {
    member.joining(join_refused(ErrorCode::unknown_member_id, member.id));
  }
  member.joining = std::move(done);
  prepare(leads ? "the leader asks for it" : "a member's subscription changed");
}

// A static member came back after a restart: it takes its old place under a new id, and whoever
// still uses the old id is fenced. Where nothing changed nobody else notices (KIP-345).
void Group::replace_static(const JoinRequest& request, std::string new_id, JoinDone done) {
  const std::string old_id = static_ids_.at(*request.group_instance_id);
  auto node = members_.extract(old_id);
  Member& member = node.mapped();
  const auto joining = std::move(member.joining);
  const auto syncing = std::move(member.syncing);
  const bool changed = !same_protocols(member.protocols, request.protocols);
  const bool led = leader_ == old_id;
  member.id = new_id;
  member.joining = nullptr;
  member.syncing = nullptr;
  member.protocols = request.protocols;
  member.session_timeout = Duration::milliseconds(request.session_timeout_ms);
  node.key() = new_id;
  members_.insert(std::move(node));
  static_ids_[*request.group_instance_id] = new_id;
  if (led) {
    leader_ = new_id;
  }
  Member& replaced = members_.at(new_id);
  touch(replaced);
  if (joining) {
    joining(join_refused(ErrorCode::fenced_instance_id, old_id));
  }
  if (syncing) {
    syncing(sync_refused(ErrorCode::fenced_instance_id));
  }
  if (state_ == State::stable && (!changed || chosen_protocol() == protocol_)) {
    JoinResponse response = joined(replaced, led);
    response.skip_assignment = led;
    if (led) {
      // Clients before version 9 know no skip_assignment; with the old leader's id they keep quiet.
      response.members.clear();
      response.leader = old_id;
    }
    broker_.groups().remember(*this);
    done(response);
    return;
  }
  replaced.joining = std::move(done);
  prepare("a static member came back");
}

std::string Group::metadata_of(const Member& member) const {
  for (const auto& protocol : member.protocols) {
    if (protocol.name == protocol_) {
      return protocol.metadata;
    }
  }
  return "";
}

JoinResponse Group::joined(const Member& member, bool with_members) const {
  JoinResponse response;
  response.generation_id = generation_;
  response.protocol_type = protocol_type_;
  response.protocol_name = protocol_;
  response.leader = leader_;
  response.member_id = member.id;
  if (with_members) {
    for (const auto& [id, each] : members_) {
      response.members.push_back({id, each.instance_id, metadata_of(each)});
    }
  }
  return response;
}

void Group::prepare(std::string_view why) {
  if (state_ != State::preparing) {
    for (auto& [id, member] : members_) {
      if (const auto syncing = std::exchange(member.syncing, nullptr)) {
        syncing(sync_refused(ErrorCode::rebalance_in_progress));
      }
    }
    enter(State::preparing);
    rebalance_ =
        broker_.loop().run_after(longest_rebalance(members_), [this] { begin_generation(); });
    broker_.world().log->info("broker", "group rebalances",
                              {{"group", id_}, {"generation", generation_}, {"why", why}});
  }
  begin_generation_if_all_joined();
}

void Group::begin_generation_if_all_joined() {
  const bool all_joined = std::all_of(members_.begin(), members_.end(),
                                      [](const auto& entry) { return entry.second.joining; });
  if (state_ == State::preparing && all_joined && expected_.empty()) {
    begin_generation();
  }
}

void Group::begin_generation() {
  rebalance_.reset();
  // Whoever did not come back in time is out; static members may come back later.
  std::vector<std::string> absent;
  for (const auto& [id, member] : members_) {
    if (!member.joining && !member.instance_id) {
      absent.push_back(id);
    }
  }
  for (const std::string& id : absent) {
    broker_.metrics().expired_members.add();
    members_.erase(id);
  }
  ++generation_;
  broker_.metrics().generations.add();
  if (members_.empty()) {
    enter(State::empty);
    protocol_.clear();
    leader_.clear();
    broker_.groups().remember(*this);
  } else {
    enter(State::completing);
    protocol_ = chosen_protocol();
    const auto led = members_.find(leader_);
    if (led == members_.end() || !led->second.joining) {
      const auto first = std::find_if(members_.begin(), members_.end(),
                                      [](const auto& entry) { return entry.second.joining; });
      leader_ = (first == members_.end() ? members_.begin() : first)->first;
    }
  }
  broker_.world().log->info("broker", "group generation",
                            {{"group", id_},
                             {"generation", generation_},
                             {"members", static_cast<int64_t>(members_.size())},
                             {"leader", leader_}});
  for (auto& [id, member] : members_) {
    member.assignment.clear();
    member.has_synced = false;
    touch(member);
    if (const auto joining = std::exchange(member.joining, nullptr)) {
      joining(joined(member, id == leader_));
    }
  }
  wait_for_syncs();
}

// Whoever joins and then only sends heartbeats would keep its partitions from everybody.
void Group::wait_for_syncs() {
  if (state_ == State::completing) {
    rebalance_ = broker_.loop().run_after(longest_rebalance(members_),
                                          [this] { remove_who_did_not_sync(); });
  }
}

void Group::remove_who_did_not_sync() {
  std::vector<std::string> silent;
  for (const auto& [id, member] : members_) {
    if (!member.has_synced) {
      silent.push_back(id);
    }
  }
  for (const std::string& id : silent) {
    broker_.metrics().expired_members.add();
    if (members_.contains(id)) {
      remove(id, "a member did not ask for its assignment");
    }
  }
}

void Group::sync(const SyncRequest& request, SyncDone done) {
  ErrorCode fault = check_member(request.member_id, request.group_instance_id);
  if (fault == ErrorCode::none && request.generation_id != generation_) {
    fault = ErrorCode::illegal_generation;
  }
  const bool other_protocol = (request.protocol_type && *request.protocol_type != protocol_type_) ||
                              (request.protocol_name && *request.protocol_name != protocol_);
  if (fault == ErrorCode::none && other_protocol) {
    fault = ErrorCode::inconsistent_group_protocol;
  }
  if (fault == ErrorCode::none && state_ == State::preparing) {
    fault = ErrorCode::rebalance_in_progress;
  }
  if (fault != ErrorCode::none) {
    done(sync_refused(fault));
    return;
  }
  check(state_ == State::completing || state_ == State::stable, "a group with members");
  Member& member = members_.at(request.member_id);
  touch(member);
  if (member.syncing) {
    member.syncing(sync_refused(ErrorCode::rebalance_in_progress));
  }
  member.syncing = std::move(done);
  member.has_synced = true;
  if (state_ == State::completing && member.id == leader_) {
    for (const auto& assignment : request.assignments) {
      if (const auto of = members_.find(assignment.member_id); of != members_.end()) {
        of->second.assignment = assignment.assignment;
      }
    }
    enter(State::stable);
    broker_.groups().remember(*this);
  }
  if (state_ == State::stable) {
    give_assignments();
  }
}

void Group::give_assignments() {
  for (auto& [id, member] : members_) {
    if (const auto syncing = std::exchange(member.syncing, nullptr)) {
      SyncResponse response;
      response.protocol_type = protocol_type_;
      response.protocol_name = protocol_;
      response.assignment = member.assignment;
      touch(member);
      syncing(response);
    }
  }
}

ErrorCode Group::heartbeat(const std::string& member_id,
                           const std::optional<std::string>& instance_id, int32_t generation) {
  const ErrorCode fault = check_member(member_id, instance_id);
  if (fault != ErrorCode::none) {
    return fault;
  }
  if (generation != generation_) {
    return ErrorCode::illegal_generation;
  }
  touch(members_.at(member_id));
  return state_ == State::preparing ? ErrorCode::rebalance_in_progress : ErrorCode::none;
}

ErrorCode Group::leave(const std::string& member_id,
                       const std::optional<std::string>& instance_id) {
  std::string id = member_id;
  if (instance_id && id.empty()) {
    // An administrator removes a static member by its instance alone.
    const auto known = static_ids_.find(*instance_id);
    id = known == static_ids_.end() ? "" : known->second;
  }
  if (expected_.erase(id) != 0) {
    begin_generation_if_all_joined();
    return ErrorCode::none;
  }
  const ErrorCode fault = check_member(id, instance_id);
  if (fault == ErrorCode::none) {
    remove(id, "a member left");
  }
  return fault;
}

ErrorCode Group::may_commit(const std::string& member_id,
                            const std::optional<std::string>& instance_id, int32_t generation) {
  if (generation < 0 && members_.empty()) {
    return ErrorCode::none;
  }
  const ErrorCode fault = check_member(member_id, instance_id);
  if (fault != ErrorCode::none) {
    return fault;
  }
  if (generation != generation_) {
    return ErrorCode::illegal_generation;
  }
  if (state_ == State::completing) {
    return ErrorCode::rebalance_in_progress;
  }
  touch(members_.at(member_id));
  return ErrorCode::none;
}

void Group::remove(const std::string& member_id, std::string_view why) {
  auto node = members_.extract(member_id);
  Member& member = node.mapped();
  if (member.instance_id) {
    static_ids_.erase(*member.instance_id);
  }
  if (member.joining) {
    member.joining(join_refused(ErrorCode::unknown_member_id, member_id));
  }
  if (member.syncing) {
    member.syncing(sync_refused(ErrorCode::unknown_member_id));
  }
  prepare(why);
}

// It was heard of: its silence is counted from now on.
void Group::touch(Member& member) {
  member.session =
      broker_.loop().run_after(member.session_timeout, [this, id = member.id] { expire(id); });
}

void Group::expire(const std::string& member_id) {
  Member& member = members_.at(member_id);
  if (member.joining || member.syncing) {
    touch(member);  // it waits for us, not we for it
    return;
  }
  broker_.metrics().expired_members.add();
  broker_.world().log->warning(
      "broker", "member of a group fell silent",
      {{"group", id_}, {"member", member_id}, {"session_timeout_ms", member.session_timeout.ms()}});
  remove(member_id, "a member fell silent");
}

}  // namespace millrace::broker
