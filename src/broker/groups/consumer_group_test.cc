#include "broker/groups/consumer_group.h"

#include <doctest/doctest.h>

#include "broker/groups/groups.h"
#include "broker/test_machine.h"
#include "kafka/messages/consumer_group_describe.h"
#include "kafka/messages/consumer_group_heartbeat.h"
#include "kafka/messages/describe_groups.h"
#include "kafka/messages/join_group.h"
#include "kafka/messages/offset_commit.h"

namespace millrace::broker {

namespace {

using Request = kafka::ConsumerGroupHeartbeatRequest;
using Response = kafka::ConsumerGroupHeartbeatResponse;

// A consumer that does as it is told: gives up at once what is not its any more.
struct Member {
  explicit Member(Machine& machine, std::string id) : id(std::move(id)), client(machine) {}

  Request request() const {
    Request request;
    request.group_id = "g";
    request.member_id = id;
    request.member_epoch = epoch;
    request.instance_id = instance;
    return request;
  }
  Response enter(const std::vector<std::string>& topics) {
    epoch = 0;
    owned.clear();
    Request entering = request();
    entering.rebalance_timeout_ms = 60'000;
    entering.subscribed_topic_names = topics;
    entering.topic_partitions.emplace();
    return send(entering);
  }
  Response heartbeat() {
    Request request = this->request();
    request.topic_partitions.emplace();
    for (const auto& [topic, partitions] : owned) {
      request.topic_partitions->push_back({topic, {partitions.begin(), partitions.end()}});
    }
    return send(request);
  }
  Response leave(int32_t how = ConsumerGroup::kLeaves) {
    Request leaving = request();
    leaving.member_epoch = how;
    return client.ask<Response>(leaving);
  }
  Response send(const Request& request) {
    Response response = client.ask<Response>(request);
    if (response.error_code == ErrorCode::none) {
      epoch = response.member_epoch;
      if (response.assignment) {
        owned.clear();
        for (const auto& topic : response.assignment->topic_partitions) {
          owned[topic.topic_id].insert(topic.partitions.begin(), topic.partitions.end());
        }
      }
    }
    return response;
  }
  size_t count() const { return count_of(owned); }

  std::string id;
  std::optional<std::string> instance;
  int32_t epoch = 0;
  TopicPartitions owned;
  Client client;
};

struct Fixture {
  Fixture() {
    machine.start();
    make_topic("t", 4);
  }
  void make_topic(const std::string& name, int32_t partitions) {
    CHECK(machine.broker->store().find_or_create(name, partitions).ok());
  }
  ConsumerGroup& group() { return *machine.broker->groups().find_consumer_group("g"); }

  Machine machine;
};

}  // namespace

TEST_CASE_FIXTURE(Fixture,
                  "one member has everything; a second gets its half once it is given up") {
  Member a(machine, "a");
  CHECK(a.enter({"t"}).error_code == ErrorCode::none);
  CHECK(a.count() == 4);
  CHECK(group().state() == ConsumerGroup::State::stable);

  Member b(machine, "b");
  b.enter({"t"});
  CHECK(b.count() == 0);  // all is still with the first
  CHECK(group().state() == ConsumerGroup::State::reconciling);
  a.heartbeat();
  CHECK(a.count() == 2);
  b.heartbeat();
  CHECK(b.count() == 0);  // told to give up is not given up
  a.heartbeat();
  b.heartbeat();
  CHECK(b.count() == 2);
  CHECK(a.epoch == b.epoch);
  CHECK(group().state() == ConsumerGroup::State::stable);

  CHECK(a.leave().error_code == ErrorCode::none);
  b.heartbeat();
  CHECK(b.count() == 4);
}

TEST_CASE_FIXTURE(Fixture, "a member that falls silent loses its share, and hears that it did") {
  Member a(machine, "a");
  Member b(machine, "b");
  a.enter({"t"});
  b.enter({"t"});
  for (int i = 0; i < 8; ++i) {
    machine.pass(Duration::seconds(6));
    a.heartbeat();
  }
  CHECK(a.count() == 4);
  CHECK(b.heartbeat().error_code == ErrorCode::unknown_member_id);
  CHECK(b.enter({"t"}).error_code == ErrorCode::none);
}

TEST_CASE_FIXTURE(Fixture, "a member that does not give up in time is out") {
  Member a(machine, "a");
  Member b(machine, "b");
  a.enter({"t"});
  b.enter({"t"});
  a.heartbeat();
  Request stubborn = a.request();  // says nothing of what it has
  for (int i = 0; i < 11; ++i) {
    machine.pass(Duration::seconds(6));
    a.client.ask<Response>(stubborn);
    b.heartbeat();
  }
  CHECK(b.count() == 4);
  CHECK(a.heartbeat().error_code == ErrorCode::unknown_member_id);
}

TEST_CASE_FIXTURE(Fixture, "epochs fence: an old one is refused, except where an answer was lost") {
  Member a(machine, "a");
  a.enter({"t"});
  Member b(machine, "b");
  b.enter({"t"});
  Request before = a.request();
  before.topic_partitions.emplace();
  a.heartbeat();
  a.heartbeat();
  CHECK(a.epoch > before.member_epoch);
  CHECK(a.client.ask<Response>(before).error_code == ErrorCode::none);
  before.member_epoch = 99;
  CHECK(a.client.ask<Response>(before).error_code == ErrorCode::fenced_member_epoch);
}

TEST_CASE_FIXTURE(Fixture, "a static member that is away for a while comes back to what it had") {
  Member a(machine, "a");
  Member b(machine, "b");
  a.instance = "one";
  a.enter({"t"});
  b.enter({"t"});
  for (int i = 0; i < 2; ++i) {
    a.heartbeat();
    b.heartbeat();
  }
  const TopicPartitions before = a.owned;
  Member again(machine, "again");
  again.instance = "one";
  CHECK(again.enter({"t"}).error_code == ErrorCode::unreleased_instance_id);
  CHECK(a.leave(ConsumerGroup::kLeavesForAWhile).error_code == ErrorCode::none);
  b.heartbeat();
  CHECK(b.count() == 2);
  again.enter({"t"});
  CHECK(again.owned == before);
}

TEST_CASE_FIXTURE(Fixture,
                  "topics that come, grow or fit a pattern are shared out at the next heartbeat") {
  Member a(machine, "a");
  a.enter({"later"});
  CHECK(a.count() == 0);
  make_topic("later", 3);
  a.heartbeat();
  CHECK(a.count() == 3);

  Request pattern = a.request();
  pattern.subscribed_topic_names.emplace();
  pattern.subscribed_topic_regex = "t|la.*";
  a.send(pattern);
  a.heartbeat();
  CHECK(a.count() == 7);
  pattern = a.request();
  pattern.subscribed_topic_regex = "(";
  CHECK(a.send(pattern).error_code == ErrorCode::invalid_regular_expression);
}

TEST_CASE_FIXTURE(Fixture, "heartbeats that make no sense are refused") {
  Member a(machine, "a");
  Request request = a.request();
  CHECK(a.send(request).error_code == ErrorCode::invalid_request);
  request.subscribed_topic_names = {"t"};
  request.topic_partitions.emplace();
  request.server_assignor = "sticky";
  CHECK(a.send(request).error_code == ErrorCode::unsupported_assignor);
  CHECK(a.leave(ConsumerGroup::kLeavesForAWhile).error_code != ErrorCode::none);
  request.group_id = "";
  CHECK(a.send(request).error_code == ErrorCode::invalid_request);
  CHECK(machine.broker->groups().list_consumer_groups().empty());
}

TEST_CASE_FIXTURE(Fixture, "offsets are committed by members of the right epoch") {
  Member a(machine, "a");
  a.enter({"t"});
  kafka::OffsetCommitRequest commit;
  commit.group_id = "g";
  commit.member_id = "a";
  commit.topics = {{"t", {}, {{0, 5, -1, std::nullopt}}}};
  const auto fault_at = [&](int32_t epoch) {
    commit.generation_id = epoch;
    a.client.send(commit);
    machine.sync();
    return a.client.take<kafka::OffsetCommitResponse>().topics.at(0).partitions.at(0).error_code;
  };
  CHECK(fault_at(a.epoch) == ErrorCode::none);
  CHECK(fault_at(a.epoch - 1) == ErrorCode::stale_member_epoch);
  commit.member_id = "stranger";
  CHECK(fault_at(a.epoch) == ErrorCode::unknown_member_id);
  CHECK(fault_at(-1) == ErrorCode::unknown_member_id);
}

TEST_CASE_FIXTURE(Fixture, "a group is of one kind at a time") {
  Member a(machine, "a");
  a.enter({"t"});
  kafka::JoinGroupRequest join;
  join.group_id = "g";
  join.session_timeout_ms = 10'000;
  join.protocol_type = "consumer";
  join.protocols = {{"range", ""}};
  CHECK(a.client.ask<kafka::JoinGroupResponse>(join).error_code ==
        ErrorCode::inconsistent_group_protocol);
  a.leave();
  Client classic(machine);
  const auto told = classic.ask<kafka::JoinGroupResponse>(join);
  CHECK(told.error_code == ErrorCode::member_id_required);
  join.member_id = told.member_id;
  classic.send(join);
  CHECK(a.enter({"t"}).error_code == ErrorCode::group_id_not_found);
}

TEST_CASE_FIXTURE(Fixture, "the group is described with shares and targets") {
  Member a(machine, "a");
  a.enter({"t"});
  const auto described = a.client.ask<kafka::ConsumerGroupDescribeResponse>(
      kafka::ConsumerGroupDescribeRequest{{"g", "nobody"}, false});
  const auto& found = described.groups.at(0);
  CHECK(found.group_state == "Stable");
  CHECK(found.assignor_name == "uniform");
  CHECK(found.members.at(0).assignment.topic_partitions.at(0).topic_name == "t");
  CHECK(found.members.at(0).target_assignment.topic_partitions.at(0).partitions.size() == 4);
  CHECK(described.groups.at(1).error_code == ErrorCode::group_id_not_found);
  const auto classic =
      a.client.ask<kafka::DescribeGroupsResponse>(kafka::DescribeGroupsRequest{{"g"}, false});
  CHECK(classic.groups.at(0).error_code == ErrorCode::group_id_not_found);
}

TEST_CASE_FIXTURE(Fixture, "after a restart members are unknown, and enter again") {
  int32_t epoch = 0;
  {
    Member a(machine, "a");
    a.enter({"t"});
    epoch = a.epoch;
  }
  machine.crash();
  machine.start();
  Member again(machine, "a");
  again.epoch = epoch;
  CHECK(again.heartbeat().error_code == ErrorCode::unknown_member_id);
  again.enter({"t"});
  CHECK(again.count() == 4);
}

}  // namespace millrace::broker
