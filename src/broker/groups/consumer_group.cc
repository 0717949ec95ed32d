#include "broker/groups/consumer_group.h"

#include <algorithm>

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "broker/broker.h"
#include "broker/changed_settings.h"
#include "broker/groups/topic_pattern.h"
#include "broker/metrics.h"

namespace millrace::broker {

namespace {

constexpr Duration kDefaultRebalanceTimeout = Duration::seconds(300);

ConsumerGroup::Response refused(ErrorCode code, std::string message) {
  ConsumerGroup::Response response;
  response.error_code = code;
  response.error_message = std::move(message);
  return response;
}

TopicPartitions owned_in(const ConsumerGroup::Request& request) {
  TopicPartitions owned;
  for (const auto& topic :
       request.topic_partitions.value_or(std::vector<ConsumerGroup::Request::TopicPartitions>{})) {
    owned[topic.topic_id].insert(topic.partitions.begin(), topic.partitions.end());
  }
  return owned;
}

bool contains(const TopicPartitions& partitions, const kafka::Uuid& topic, int32_t partition) {
  const auto found = partitions.find(topic);
  return found != partitions.end() && found->second.contains(partition);
}

// Of `a`, those in `b`, or those that are not.
enum class Which : uint8_t { common, others };
TopicPartitions pick(const TopicPartitions& a, Which which, const TopicPartitions& b) {
  TopicPartitions picked;
  for (const auto& [topic, partitions] : a) {
    for (const int32_t partition : partitions) {
      if (contains(b, topic, partition) == (which == Which::common)) {
        picked[topic].insert(partition);
      }
    }
  }
  return picked;
}

}  // namespace

std::string_view name_of(ConsumerGroup::State state) {
  switch (state) {
    case ConsumerGroup::State::empty: return "Empty";
    case ConsumerGroup::State::assigning: return "Assigning";
    case ConsumerGroup::State::reconciling: return "Reconciling";
    case ConsumerGroup::State::stable: return "Stable";
  }
  return "";
}

ConsumerGroup::ConsumerGroup(Broker& broker, std::string id)
    : broker_(broker), id_(std::move(id)), since_(broker.world().clock->now()) {}

ConsumerGroup::State ConsumerGroup::state() const {
  if (members_.empty()) {
    return State::empty;
  }
  if (target_epoch_ < epoch_) {
    return State::assigning;
  }
  const bool all_there = std::all_of(members_.begin(), members_.end(), [this](const auto& entry) {
    const Member& member = entry.second;
    return member.epoch == target_epoch_ && member.revoking.empty() &&
           member.assigned == target_of(entry.first);
  });
  return all_there ? State::stable : State::reconciling;
}

TopicPartitions ConsumerGroup::target_of(const std::string& member_id) const {
  const auto found = target_.find(member_id);
  return found == target_.end() ? TopicPartitions() : found->second;
}

bool ConsumerGroup::subscribes(std::string_view topic) const {
  return std::any_of(members_.begin(), members_.end(), [topic](const auto& entry) {
    const Member& member = entry.second;
    return member.topics.contains(std::string(topic)) ||
           (member.pattern && member.pattern->matches(topic));
  });
}

std::optional<std::string> ConsumerGroup::Member::pattern_text() const {
  return pattern == nullptr ? std::nullopt : std::optional(pattern->text());
}

ErrorCode ConsumerGroup::fault_in_member(const std::string& member_id, int32_t epoch) const {
  const auto found = members_.find(member_id);
  if (found == members_.end()) {
    // An administrator may, while nobody is in it.
    return epoch < 0 && members_.empty() ? ErrorCode::none : ErrorCode::unknown_member_id;
  }
  return epoch == found->second.epoch ? ErrorCode::none : ErrorCode::stale_member_epoch;
}

ErrorCode ConsumerGroup::fault_in(const Request& request) {
  if (request.group_id.empty() || request.member_epoch < kLeavesForAWhile) {
    return ErrorCode::invalid_request;
  }
  if (request.member_epoch == kLeavesForAWhile && !request.instance_id) {
    return ErrorCode::invalid_request;
  }
  if (request.member_epoch == kEnters &&
      (!request.topic_partitions || !request.topic_partitions->empty() ||
       (!request.subscribed_topic_names && !request.subscribed_topic_regex))) {
    return ErrorCode::invalid_request;
  }
  if (request.server_assignor && find_assignor(*request.server_assignor) == nullptr) {
    return ErrorCode::unsupported_assignor;
  }
  const auto& pattern = request.subscribed_topic_regex;
  if (pattern && !pattern->empty() && !TopicPattern(*pattern).fault().empty()) {
    return ErrorCode::invalid_regular_expression;
  }
  return ErrorCode::none;
}

ConsumerGroup::Response ConsumerGroup::heartbeat(const Request& request, const Access& access,
                                                 const std::string& client_id,
                                                 const std::string& host) {
  if (request.member_epoch == kEnters) {
    return enter(request, access, client_id, host);
  }
  const auto found = members_.find(request.member_id);
  if (found == members_.end()) {
    return refused(ErrorCode::unknown_member_id,
                   "Member " + request.member_id + " is not a member of group " + id_ + ".");
  }
  Member& member = found->second;
  if (member.instance_id != request.instance_id && request.instance_id) {
    return refused(ErrorCode::fenced_instance_id, "another member has this instance id");
  }
  if (request.member_epoch < 0) {
    return leave(request);
  }
  if (const ErrorCode fault = fault_in_epoch(member, request); fault != ErrorCode::none) {
    return refused(fault, "The consumer group member has a stale member epoch (" +
                              std::to_string(request.member_epoch) + ").");
  }
  touch(member);
  member.access = access;
  if (subscribe(member, request) || refresh_topics()) {
    begin_epoch();
  }
  const TopicPartitions before = member.assigned;
  reconcile(member, request);
  // A request that says everything wants to hear everything: an answer may have been lost.
  return answer_to(member, before,
                   request.topic_partitions &&
                       (request.subscribed_topic_names || request.subscribed_topic_regex));
}

// Its answer to the last heartbeat may have been lost: then it comes with the epoch of before, and
// has nothing that it was not given then.
ErrorCode ConsumerGroup::fault_in_epoch(const Member& member, const Request& request) const {
  if (request.member_epoch == member.epoch) {
    return ErrorCode::none;
  }
  const bool lost_an_answer = request.member_epoch == member.previous_epoch &&
                              pick(owned_in(request), Which::others, member.assigned).empty();
  return lost_an_answer ? ErrorCode::none : ErrorCode::fenced_member_epoch;
}

// A static member that was away comes back under a new id, to what it had.
ConsumerGroup::Member* ConsumerGroup::take_static_place(const Request& request) {
  const std::string old_id = static_ids_.at(*request.instance_id);
  auto node = members_.extract(old_id);
  node.key() = request.member_id;
  Member& member = node.mapped();
  member.id = request.member_id;
  member.epoch = target_epoch_;
  static_ids_[*request.instance_id] = request.member_id;
  target_[request.member_id] = std::move(target_[old_id]);
  if (request.member_id != old_id) {
    target_.erase(old_id);
  }
  return &members_.insert(std::move(node)).position->second;
}

ConsumerGroup::Response ConsumerGroup::enter(const Request& request, const Access& access,
                                             const std::string& client_id,
                                             const std::string& host) {
  Request entering = request;
  if (entering.member_id.empty()) {
    entering.member_id = kafka::Uuid::make(*broker_.world().random).to_hex();
  }
  Member* member = nullptr;
  if (const auto known = members_.find(entering.member_id); known != members_.end()) {
    member = &known->second;  // it lost track of itself
  } else if (entering.instance_id && static_ids_.contains(*entering.instance_id)) {
    if (members_.at(static_ids_.at(*entering.instance_id)).epoch != kLeavesForAWhile) {
      return refused(ErrorCode::unreleased_instance_id,
                     "Static member " + *entering.instance_id + " is still in the group.");
    }
    member = take_static_place(entering);
  } else if (members_.size() >= broker_.options().most_group_members) {
    return refused(ErrorCode::group_max_size_reached, "the group is full");
  } else {
    member = &members_[entering.member_id];
    member->id = entering.member_id;
    member->instance_id = entering.instance_id;
    if (member->instance_id) {
      static_ids_[*member->instance_id] = member->id;
    }
    since_ = broker_.world().clock->now();
  }
  const bool is_new = member->epoch == 0;
  member->access = access;
  member->client_id = client_id;
  member->host = host;
  touch(*member);
  const bool changed = subscribe(*member, entering);
  if (refresh_topics() || changed || is_new) {
    begin_epoch();
  }
  member->epoch = std::max(member->epoch, 0);
  reconcile(*member, entering);
  return answer_to(*member, member->assigned, true);
}

ConsumerGroup::Response ConsumerGroup::leave(const Request& request) {
  Response response;
  response.member_id = request.member_id;
  response.member_epoch = request.member_epoch;
  if (request.member_epoch == kLeavesForAWhile) {
    Member& member = members_.at(request.member_id);
    member.epoch = kLeavesForAWhile;
    touch(member);
  } else {
    remove(request.member_id, "a member left");
  }
  return response;
}

ConsumerGroup::Response ConsumerGroup::answer_to(Member& member, const TopicPartitions& before,
                                                 bool wants_all) const {
  Response response;
  response.member_id = member.id;
  response.member_epoch = member.epoch;
  response.heartbeat_interval_ms =
      static_cast<int32_t>(broker_.changed_settings()
                               .of_group(id_, kGroupHeartbeat, broker_.options().group_heartbeat)
                               .ms());
  if (wants_all || member.assigned != before) {
    auto& assignment = response.assignment.emplace();
    for (const auto& [topic, partitions] : member.assigned) {
      assignment.topic_partitions.push_back({topic, {partitions.begin(), partitions.end()}});
    }
  }
  return response;
}

// Takes over what the request says anew. True where the group's shares may change for it.
bool ConsumerGroup::subscribe(Member& member, const Request& request) {
  bool changed = false;
  if (request.rebalance_timeout_ms >= 0) {
    member.rebalance_timeout = Duration::milliseconds(request.rebalance_timeout_ms);
  } else if (member.rebalance_timeout == Duration()) {
    member.rebalance_timeout = kDefaultRebalanceTimeout;
  }
  if (request.rack_id) {
    member.rack_id = request.rack_id;
  }
  if (request.subscribed_topic_names) {
    std::set<std::string> topics(request.subscribed_topic_names->begin(),
                                 request.subscribed_topic_names->end());
    changed |= topics != member.topics;
    member.topics = std::move(topics);
  }
  if (request.subscribed_topic_regex) {
    const std::string& pattern = *request.subscribed_topic_regex;
    if (pattern != member.pattern_text().value_or("")) {
      member.pattern = pattern.empty() ? nullptr : std::make_shared<TopicPattern>(pattern);
      changed = true;
    }
  }
  if (request.server_assignor && request.server_assignor != member.assignor) {
    member.assignor = request.server_assignor;
    changed = true;
  }
  return changed;
}

std::set<kafka::Uuid> ConsumerGroup::topics_of(const Member& member) const {
  std::set<kafka::Uuid> ids;
  for (const std::string& name : member.topics) {
    if (const auto topic = broker_.store().find(name)) {
      ids.insert(topic->id);
    }
  }
  if (member.pattern) {
    for (const auto& topic : broker_.store().list()) {
      if (!is_internal(topic->name) && member.pattern->matches(topic->name) &&
          member.access->may(Operation::describe, ResourceType::topic, topic->name)) {
        ids.insert(topic->id);
      }
    }
  }
  return ids;
}

// True where a topic of the group's came, went or got partitions, or a member may see others than
// before.
bool ConsumerGroup::refresh_topics() {
  std::map<kafka::Uuid, int32_t> counts;
  bool changed = false;
  for (auto& [id, member] : members_) {
    std::set<kafka::Uuid> subscribed = topics_of(member);
    for (const kafka::Uuid& topic : subscribed) {
      if (const auto found = broker_.store().find(topic)) {
        counts[topic] = static_cast<int32_t>(found->partitions.size());
      }
    }
    changed |= subscribed != member.subscribed;
    member.subscribed = std::move(subscribed);
  }
  changed |= counts != partition_counts_;
  partition_counts_ = std::move(counts);
  return changed;
}

// What most members ask for.
const Assignor& ConsumerGroup::preferred_assignor() const {
  std::map<std::string, int> votes;
  for (const auto& [id, member] : members_) {
    if (member.assignor) {
      ++votes[*member.assignor];
    }
  }
  const auto most = std::max_element(
      votes.begin(), votes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  const Assignor* wanted = most == votes.end() ? nullptr : find_assignor(most->first);
  return wanted == nullptr ? default_assignor() : *wanted;
}

void ConsumerGroup::begin_epoch() {
  ++epoch_;
  broker_.metrics().generations.add();
  refresh_topics();
  compute_target();
  broker_.world().log->info(
      "broker", "group epoch",
      {{"group", id_}, {"epoch", epoch_}, {"members", static_cast<int64_t>(members_.size())}});
}

void ConsumerGroup::compute_target() {
  AssignorInput input;
  input.partition_counts = partition_counts_;
  for (const auto& [id, member] : members_) {
    input.members[id] = {member.instance_id, member.subscribed, target_of(id)};
  }
  target_ = preferred_assignor().assign(input);
  target_epoch_ = epoch_;
}

bool ConsumerGroup::is_free(const kafka::Uuid& topic, int32_t partition,
                            const Member& asking) const {
  return std::none_of(members_.begin(), members_.end(), [&](const auto& entry) {
    const Member& member = entry.second;
    return &member != &asking && (contains(member.assigned, topic, partition) ||
                                  contains(member.revoking, topic, partition));
  });
}

void ConsumerGroup::reconcile(Member& member, const Request& request) {
  if (request.topic_partitions) {
    // What it no longer has it has let go.
    member.revoking = pick(member.revoking, Which::common, owned_in(request));
    if (member.revoking.empty()) {
      member.revocation.reset();
    }
  }
  if (!member.revoking.empty()) {
    return;
  }
  const TopicPartitions target = target_of(member.id);
  TopicPartitions surplus = pick(member.assigned, Which::others, target);
  if (!surplus.empty() && request.member_epoch != kEnters) {
    member.assigned = pick(member.assigned, Which::common, target);
    member.revoking = std::move(surplus);
    member.revocation = broker_.loop().run_after(member.rebalance_timeout, [this, id = member.id] {
      remove(id, "a member did not give up its partitions in time");
    });
    return;
  }
  TopicPartitions share = pick(member.assigned, Which::common, target);
  for (const auto& [topic, partitions] : pick(target, Which::others, share)) {
    for (const int32_t partition : partitions) {
      if (is_free(topic, partition, member)) {
        share[topic].insert(partition);
      }
    }
  }
  member.assigned = std::move(share);
  if (member.epoch != target_epoch_) {
    member.previous_epoch = member.epoch;
    member.epoch = target_epoch_;
  }
}

void ConsumerGroup::remove(const std::string& member_id, std::string_view why) {
  const auto found = members_.find(member_id);
  check(found != members_.end(), "a member is removed once");
  broker_.world().log->info("broker", "group member gone",
                            {{"group", id_}, {"member", member_id}, {"why", why}});
  if (found->second.instance_id) {
    static_ids_.erase(*found->second.instance_id);
  }
  // The timer whose time this is may be the member's own.
  const auto gone = members_.extract(found);
  target_.erase(member_id);
  since_ = broker_.world().clock->now();
  begin_epoch();
}

void ConsumerGroup::touch(Member& member) {
  member.session = broker_.loop().run_after(
      broker_.changed_settings().of_group(id_, kGroupSession, broker_.options().group_session),
      [this, id = member.id] {
        broker_.metrics().expired_members.add();
        remove(id, "a member fell silent");
      });
}

}  // namespace millrace::broker
