// Groups of the classic protocol: static members, and what outlives the broker.

#include "broker/groups/group.h"

#include <doctest/doctest.h>

#include "broker/groups/group_records.h"
#include "broker/groups/groups.h"
#include "broker/groups/offset_records.h"
#include "broker/groups/offsets.h"
#include "broker/groups/subscription.h"
#include "broker/test_groups.h"
#include "broker/test_machine.h"
#include "kafka/messages/delete_groups.h"
#include "kafka/messages/describe_groups.h"
#include "kafka/messages/heartbeat.h"
#include "kafka/messages/join_group.h"
#include "kafka/messages/leave_group.h"
#include "kafka/messages/list_groups.h"
#include "kafka/messages/offset_commit.h"
#include "kafka/messages/offset_delete.h"
#include "kafka/messages/offset_fetch.h"
#include "kafka/messages/sync_group.h"

namespace millrace::broker {

namespace {

// What a consumer of the topic "orders" says as it joins.
const std::string kSubscription("\0\1\0\0\0\1\0\6orders\xff\xff\xff\xff", 18);

kafka::JoinGroupRequest join_of(const std::string& member_id,
                                const std::optional<std::string>& instance_id = std::nullopt) {
  kafka::JoinGroupRequest request;
  request.group_id = "g";
  request.session_timeout_ms = 10'000;
  request.rebalance_timeout_ms = 30'000;
  request.member_id = member_id;
  request.group_instance_id = instance_id;
  request.protocol_type = "consumer";
  request.protocols = {{"range", kSubscription}};
  return request;
}

kafka::JoinGroupResponse enter(Client& client) {
  const auto told = client.ask<kafka::JoinGroupResponse>(join_of(""));
  return client.ask<kafka::JoinGroupResponse>(join_of(told.member_id));
}

ErrorCode beat(Client& client, const kafka::JoinGroupResponse& joined) {
  return client.ask<kafka::HeartbeatResponse>(heartbeat_of(joined)).error_code;
}

kafka::OffsetCommitRequest commit_of(const std::string& group, int64_t offset) {
  kafka::OffsetCommitRequest request;
  request.group_id = group;
  request.topics = {{"orders", {}, {{0, offset, -1, ""}}}};
  return request;
}

ErrorCode commit(Machine& machine, Client& client, const kafka::OffsetCommitRequest& request,
                 int16_t version = 9) {
  client.send(request, version);
  machine.sync();
  return client.take<kafka::OffsetCommitResponse>(version).topics.at(0).partitions.at(0).error_code;
}

int64_t committed(Client& client, const std::string& group) {
  kafka::OffsetFetchRequest request;
  request.groups = {{group, std::nullopt, -1, {{{"orders", {}, {0}}}}}};
  const auto answer = client.ask<kafka::OffsetFetchResponse>(request);
  return answer.groups.at(0).topics.at(0).partitions.at(0).committed_offset;
}

ErrorCode remove(Client& client, const std::string& group) {
  kafka::DeleteGroupsRequest request;
  request.group_ids = {group};
  return client.ask<kafka::DeleteGroupsResponse>(request).results.at(0).error_code;
}

}  // namespace

TEST_CASE("members of a stable group find themselves known after the broker was killed") {
  Machine machine;
  machine.start();
  kafka::JoinGroupResponse joined;
  {
    Client client(machine);
    joined = enter(client);
    client.ask<kafka::SyncGroupResponse>(sync_of(joined));
  }
  machine.stop();
  machine.start();
  Client client(machine);
  CHECK(beat(client, joined) == ErrorCode::none);
  CHECK(client.ask<kafka::SyncGroupResponse>(sync_of(joined)).assignment ==
        "share of " + joined.member_id);
  kafka::DescribeGroupsRequest describe;
  describe.groups = {"g"};
  const auto described = client.ask<kafka::DescribeGroupsResponse>(describe).groups.at(0);
  CHECK(described.state == "Stable");
  CHECK(described.members.at(0).client_id == "test");
  machine.pass(Duration::seconds(11));
  CHECK(beat(client, joined) == ErrorCode::unknown_member_id);  // its silence was counted
}

TEST_CASE("a member that joins and never asks for its assignment is out after a while") {
  Machine machine;
  machine.start();
  Client client(machine);
  const auto joined = enter(client);
  for (int i = 0; i < 5; ++i) {
    machine.pass(Duration::seconds(5));
    CHECK(beat(client, joined) == ErrorCode::none);
  }
  machine.pass(Duration::seconds(6));
  CHECK(beat(client, joined) == ErrorCode::unknown_member_id);
}

TEST_CASE("a static member keeps its place under a new id, and the old id is fenced") {
  Machine machine;
  machine.start();
  Client client(machine);
  const auto first = client.ask<kafka::JoinGroupResponse>(join_of("", "one"));
  client.ask<kafka::SyncGroupResponse>(sync_of(first));
  const auto second = client.ask<kafka::JoinGroupResponse>(join_of("", "one"));
  CHECK(second.generation_id == first.generation_id);
  CHECK(second.member_id != first.member_id);
  auto old = heartbeat_of(first);
  old.group_instance_id = "one";
  CHECK(client.ask<kafka::HeartbeatResponse>(old).error_code == ErrorCode::fenced_instance_id);
  kafka::LeaveGroupRequest leave;
  leave.group_id = "g";
  leave.members = {{"", "one", std::nullopt}, {"", "two", std::nullopt}};
  const auto left = client.ask<kafka::LeaveGroupResponse>(leave);
  CHECK(left.members.at(0).error_code == ErrorCode::none);
  CHECK(left.members.at(1).error_code == ErrorCode::unknown_member_id);
}

TEST_CASE("a group goes when nobody is in it, and takes its offsets along, for ever") {
  Machine machine;
  machine.start();
  REQUIRE(machine.store->create("orders", 1).ok());
  Client client(machine);
  CHECK(remove(client, "g") == ErrorCode::group_id_not_found);
  const auto joined = enter(client);
  client.ask<kafka::SyncGroupResponse>(sync_of(joined));
  auto request = commit_of("g", 7);
  request.generation_id = joined.generation_id;
  request.member_id = joined.member_id;
  CHECK(commit(machine, client, request) == ErrorCode::none);
  CHECK(remove(client, "g") == ErrorCode::non_empty_group);
  kafka::OffsetDeleteRequest forget;
  forget.group_id = "g";
  forget.topics = {{"orders", {{0}}}};
  CHECK(client.ask<kafka::OffsetDeleteResponse>(forget).topics.at(0).partitions.at(0).error_code ==
        ErrorCode::group_subscribed_to_topic);
  kafka::LeaveGroupRequest leave;
  leave.group_id = "g";
  leave.members = {{joined.member_id, std::nullopt, std::nullopt}};
  client.ask<kafka::LeaveGroupResponse>(leave);
  CHECK(client.ask<kafka::OffsetDeleteResponse>(forget).topics.at(0).partitions.at(0).error_code ==
        ErrorCode::none);
  CHECK(committed(client, "g") == -1);
  CHECK(commit(machine, client, commit_of("g", 8)) == ErrorCode::none);
  CHECK(remove(client, "g") == ErrorCode::none);
  machine.stop();
  machine.start();
  Client again(machine);
  CHECK(committed(again, "g") == -1);
  CHECK(again.ask<kafka::ListGroupsResponse>(kafka::ListGroupsRequest{}).groups.empty());
}

TEST_CASE("offsets expire: from the commit without a group, from its end with one, or when told") {
  Machine machine;
  machine.start();
  REQUIRE(machine.store->create("orders", 1).ok());
  Client client(machine);
  CHECK(commit(machine, client, commit_of("alone", 1)) == ErrorCode::none);
  auto told = commit_of("told", 2);
  told.retention_time_ms = 3'600'000;
  CHECK(commit(machine, client, told, 4) == ErrorCode::none);
  auto ever = commit_of("ever", 4);
  ever.retention_time_ms = INT64_MAX;
  CHECK(commit(machine, client, ever, 4) == ErrorCode::none);
  CHECK(committed(client, "told") == 2);
  machine.pass(Duration::seconds(3'600 + 600));
  CHECK(committed(client, "told") == -1);
  CHECK(committed(client, "alone") == 1);

  const auto joined = enter(client);
  kafka::LeaveGroupRequest leave;
  leave.group_id = "g";
  leave.members = {{joined.member_id, std::nullopt, std::nullopt}};
  auto late = commit_of("g", 3);
  late.generation_id = joined.generation_id;
  late.member_id = joined.member_id;
  client.ask<kafka::SyncGroupResponse>(sync_of(joined));
  CHECK(commit(machine, client, late) == ErrorCode::none);
  client.ask<kafka::LeaveGroupResponse>(leave);
  constexpr int64_t kDays = 24 * 3600;
  for (int64_t passed = 0; passed < 7 * kDays - 3600; passed += 600) {
    machine.pass(Duration::seconds(600));
  }
  CHECK(committed(client, "alone") == -1);
  CHECK(committed(client, "g") == 3);
  for (int i = 0; i < 8; ++i) {
    machine.pass(Duration::seconds(600));
  }
  CHECK(committed(client, "g") == -1);
  CHECK(committed(client, "ever") == 4);
  CHECK(remove(client, "g") == ErrorCode::group_id_not_found);
}

TEST_CASE("offsets by the ids of topics") {
  Machine machine;
  machine.start();
  const auto topic = *machine.store->create("orders", 1);
  Client client(machine);
  kafka::OffsetCommitRequest request = commit_of("g", 5);
  request.topics[0].name = "";
  request.topics[0].topic_id = topic->id;
  CHECK(commit(machine, client, request, 10) == ErrorCode::none);
  request.topics[0].topic_id.bytes[0] ^= 1;
  CHECK(commit(machine, client, request, 10) == ErrorCode::unknown_topic_id);
  kafka::OffsetFetchRequest fetch;
  fetch.groups = {
      {"g", std::nullopt, -1, {{{"", topic->id, {0}}, {"", request.topics[0].topic_id, {0}}}}}};
  const auto found = client.ask<kafka::OffsetFetchResponse>(fetch, 10).groups.at(0).topics;
  CHECK(found.at(0).topic_id == topic->id);
  CHECK(found.at(0).partitions.at(0).committed_offset == 5);
  CHECK(found.at(1).partitions.at(0).error_code == ErrorCode::unknown_topic_id);
}

TEST_CASE("records of the coordinator's log are read as they were written") {
  const Generation generation{"consumer",
                              3,
                              "range",
                              "m-1",
                              {17},
                              {{"m-1", "static", "client", "/127.0.0.1", 1, 2, "in", "out"},
                               {"m-2", std::nullopt, "", "", 3, 4, "", ""}}};
  const std::string key = group_key("g");
  const std::string value = group_value(generation);
  kafka::Record record;
  record.key = key;
  record.value = value;
  const auto found = group_record(record);
  REQUIRE((found && found->generation));
  CHECK(found->group == "g");
  CHECK(group_value(*found->generation) == value);
  CHECK_FALSE(offset_record(record));
  CHECK(topics_of_subscription(kSubscription) == std::vector<std::string>{"orders"});
  CHECK_FALSE(topics_of_subscription("\1"));
}

}  // namespace millrace::broker
