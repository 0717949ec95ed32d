// What Kafka refuses, refused by the same codes: each of these was found by asking both the same
// (scripts/conformance/answers.py).

#include <doctest/doctest.h>

#include "broker/test_machine.h"
#include "kafka/messages/alter_user_scram_credentials.h"
#include "kafka/messages/api_versions.h"
#include "kafka/messages/create_partitions.h"
#include "kafka/messages/create_topics.h"
#include "kafka/messages/delete_topics.h"
#include "kafka/messages/describe_cluster.h"
#include "kafka/messages/describe_user_scram_credentials.h"
#include "kafka/messages/fetch.h"
#include "kafka/messages/heartbeat.h"
#include "kafka/messages/list_offsets.h"
#include "kafka/messages/sync_group.h"

namespace millrace::broker {

namespace {

struct Asked : Machine {
  Asked() {
    start();
    REQUIRE(store->create("orders", 2).ok());
    client.emplace(*this);
  }
  std::optional<Client> client;
};

}  // namespace

TEST_CASE("features that may be absent are told from version 4 of ApiVersions on") {
  Asked machine;
  for (const int16_t version : {int16_t{3}, int16_t{4}}) {
    const auto answer = machine.client->ask<kafka::ApiVersionsResponse>(
        kafka::ApiVersionsRequest{"test", "1"}, version);
    CHECK(answer.supported_features->empty() == (version == 3));
    CHECK_FALSE(answer.finalized_features->empty());
  }
}

TEST_CASE("topics are made of assignments or of numbers, and none too near another in name") {
  Asked machine;
  const auto refusal = [&](kafka::CreateTopicsRequest::Topic topic) {
    kafka::CreateTopicsRequest request;
    request.topics.push_back(std::move(topic));
    const auto result = machine.client->ask<kafka::CreateTopicsResponse>(request).topics.at(0);
    CHECK(result.configs.has_value());
    return result.error_code;
  };
  CHECK(refusal({"both", 1, 1, {{0, {1}}}, {}}) == ErrorCode::invalid_request);
  CHECK(refusal({"gap", -1, -1, {{0, {1}}, {2, {1}}}, {}}) ==
        ErrorCode::invalid_replica_assignment);
  CHECK(refusal({"well", -1, -1, {{1, {1}}, {0, {1}}}, {}}) == ErrorCode::none);
  CHECK(refusal({"a.b_c", 1, 1, {}, {}}) == ErrorCode::none);
  CHECK(refusal({"a_b.c", 1, 1, {}, {}}) == ErrorCode::invalid_topic);
  CHECK(refusal({"a.b_c", 1, 1, {}, {}}) == ErrorCode::topic_already_exists);
}

TEST_CASE("a name that no topic can have is said again, with what is wrong with it") {
  Asked machine;
  kafka::CreateTopicsRequest request;
  request.topics = {{"a/b", 1, 1, {}, {}}};
  const auto result = machine.client->ask<kafka::CreateTopicsResponse>(request).topics.at(0);
  CHECK(result.error_code == ErrorCode::invalid_topic);
  CHECK(result.error_message ==
        "Topic name is invalid: 'a/b' contains one or more characters other than ASCII "
        "alphanumerics, '.', '_' and '-'");
}

TEST_CASE("who names a topic twice to change or remove it is told so once, and it stays") {
  Asked machine;
  const auto deleted = machine.client->ask<kafka::DeleteTopicsResponse>(
      kafka::DeleteTopicsRequest{{}, {"orders", "orders", "no"}, 1000}, 5);
  REQUIRE(deleted.topics.size() == 2);
  CHECK(deleted.topics[0].error_code == ErrorCode::invalid_request);
  CHECK(deleted.topics[1].error_code == ErrorCode::unknown_topic_or_partition);
  kafka::CreatePartitionsRequest more;
  more.topics = {{"orders", 3, std::nullopt}, {"orders", 4, std::nullopt}};
  const auto grown = machine.client->ask<kafka::CreatePartitionsResponse>(more);
  REQUIRE(grown.results.size() == 1);
  CHECK(grown.results[0].error_code == ErrorCode::invalid_request);
  CHECK(machine.store->find("orders")->partitions.size() == 2);
}

TEST_CASE("a fetch session is of a broker that was here before") {
  Asked machine;
  kafka::FetchRequest request;
  request.session_id = 77;
  request.session_epoch = 3;
  request.max_wait_ms = 60'000;
  request.min_bytes = 1;
  CHECK(machine.client->ask<kafka::FetchResponse>(request).error_code ==
        ErrorCode::fetch_session_id_not_found);
  // kafka-go's way to say that it wants none.
  request.session_id = request.session_epoch = -1;
  request.max_wait_ms = 0;
  request.topics = {{"orders", {}, {{0, -1, 0, -1, -1, 100}}}};
  const auto without = machine.client->ask<kafka::FetchResponse>(request);
  CHECK(without.error_code == ErrorCode::none);
  CHECK(without.topics.at(0).partitions.at(0).error_code == ErrorCode::none);
}

TEST_CASE("times that are none are those of the version that asks") {
  Asked machine;
  const auto refusal = [&](int64_t timestamp, int16_t version, int32_t epoch = -1) {
    kafka::ListOffsetsRequest request;
    request.topics = {
        {"orders", {{.index = 0, .current_leader_epoch = epoch, .timestamp = timestamp}}}};
    return machine.client->ask<kafka::ListOffsetsResponse>(request, version)
        .topics.at(0)
        .partitions.at(0)
        .error_code;
  };
  CHECK(refusal(-2, 1) == ErrorCode::none);
  CHECK(refusal(-3, 6) == ErrorCode::unsupported_version);
  CHECK(refusal(-3, 7) == ErrorCode::none);
  CHECK(refusal(-4, 8) == ErrorCode::none);
  CHECK(refusal(-5, 8) == ErrorCode::unsupported_version);
  CHECK(refusal(-9, 11) == ErrorCode::unsupported_version);
  CHECK(refusal(-1, 11, 7) == ErrorCode::unknown_leader_epoch);
}

TEST_CASE("a user's credentials are changed and described once in a request") {
  Asked machine;
  const std::string salted(32, 'p');
  kafka::AlterUserScramCredentialsRequest change;
  change.upsertions = {{"alice", 1, 4096, "salt", salted}, {"bob", 1, 4096, "salt", salted}};
  for (const auto& result :
       machine.client->ask<kafka::AlterUserScramCredentialsResponse>(change).results) {
    CHECK(result.error_code == ErrorCode::none);
  }
  change.deletions = {{"bob", 1}};
  const auto twice = machine.client->ask<kafka::AlterUserScramCredentialsResponse>(change);
  CHECK(twice.results.at(0).error_code == ErrorCode::none);
  CHECK(twice.results.at(1).error_code == ErrorCode::duplicate_resource);
  kafka::DescribeUserScramCredentialsRequest about;
  about.users = {{"alice"}, {"alice"}, {"bob"}};
  const auto described = machine.client->ask<kafka::DescribeUserScramCredentialsResponse>(about);
  REQUIRE(described.results.size() == 2);
  CHECK(described.results[0].error_code == ErrorCode::duplicate_resource);
  CHECK(described.results[1].error_code == ErrorCode::none);
}

TEST_CASE("groups have names, and members say what they share since version 5") {
  Asked machine;
  CHECK(machine.client->ask<kafka::HeartbeatResponse>(kafka::HeartbeatRequest{}).error_code ==
        ErrorCode::invalid_group_id);
  kafka::SyncGroupRequest request;
  request.group_id = "g";
  CHECK(machine.client->ask<kafka::SyncGroupResponse>(request, 5).error_code ==
        ErrorCode::inconsistent_group_protocol);
  CHECK(machine.client->ask<kafka::SyncGroupResponse>(request, 4).error_code ==
        ErrorCode::unknown_member_id);
}

TEST_CASE("brokers do not answer for controllers") {
  Asked machine;
  kafka::DescribeClusterRequest request;
  request.endpoint_type = 2;
  CHECK(machine.client->ask<kafka::DescribeClusterResponse>(request).error_code ==
        ErrorCode::mismatched_endpoint_type);
  request.endpoint_type = 3;
  CHECK(machine.client->ask<kafka::DescribeClusterResponse>(request).error_code ==
        ErrorCode::unsupported_endpoint_type);
}

}  // namespace millrace::broker
