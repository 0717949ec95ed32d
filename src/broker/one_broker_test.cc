// What tools ask of a cluster's partitions and brokers, answered by the one broker that there is.

#include <doctest/doctest.h>

#include "broker/test_machine.h"
#include "kafka/messages/alter_partition_reassignments.h"
#include "kafka/messages/alter_replica_log_dirs.h"
#include "kafka/messages/create_partitions.h"
#include "kafka/messages/create_topics.h"
#include "kafka/messages/describe_quorum.h"
#include "kafka/messages/elect_leaders.h"
#include "kafka/messages/list_config_resources.h"
#include "kafka/messages/list_partition_reassignments.h"
#include "kafka/messages/update_features.h"

namespace millrace::broker {

namespace {

struct OneBroker : Machine {
  OneBroker() {
    start();
    REQUIRE(store->create("orders", 2).ok());
    client.emplace(*this);
  }
  std::optional<Client> client;
};

}  // namespace

TEST_CASE("the leader that there is needs no election") {
  OneBroker machine;
  kafka::ElectLeadersRequest request;
  CHECK(machine.client->ask<kafka::ElectLeadersResponse>(request).replica_election_results.empty());
  request.topic_partitions = {{"orders", {0, 7}}};
  const auto answer = machine.client->ask<kafka::ElectLeadersResponse>(request);
  CHECK(answer.error_code == ErrorCode::none);
  const auto& results = answer.replica_election_results.at(0).partition_results;
  CHECK(results.at(0).error_code == ErrorCode::election_not_needed);
  CHECK(results.at(1).error_code == ErrorCode::unknown_topic_or_partition);
  request.election_type = 2;
  CHECK(machine.client->ask<kafka::ElectLeadersResponse>(request).error_code ==
        ErrorCode::invalid_request);
}

TEST_CASE("a partition may be moved to where it is, and nowhere else") {
  OneBroker machine;
  kafka::AlterPartitionReassignmentsRequest request;
  const int32_t here = machine.options.node_id;
  request.topics = {{"orders",
                     {{0, std::vector{here}},
                      {0, std::vector{here + 1}},
                      {0, std::vector{here, here}},
                      {0, std::vector<int32_t>{}},
                      {0, std::nullopt},
                      {7, std::vector{here}}}}};
  const auto answer = machine.client->ask<kafka::AlterPartitionReassignmentsResponse>(request);
  std::vector<ErrorCode> errors;
  for (const auto& partition : answer.responses.at(0).partitions) {
    errors.push_back(partition.error_code);
  }
  constexpr auto kRefused = ErrorCode::invalid_replica_assignment;
  CHECK(errors == std::vector{ErrorCode::none, kRefused, kRefused, kRefused,
                              ErrorCode::no_reassignment_in_progress,
                              ErrorCode::unknown_topic_or_partition});
  const auto under_way = machine.client->ask<kafka::ListPartitionReassignmentsResponse>(
      kafka::ListPartitionReassignmentsRequest());
  CHECK(under_way.error_code == ErrorCode::none);
  CHECK(under_way.topics.empty());
}

TEST_CASE("a log may be moved to the directory in which it is, and to no other") {
  OneBroker machine;
  kafka::AlterReplicaLogDirsRequest request;
  request.dirs = {{"data/topics", {{"orders", {0, 7}}}}, {"/elsewhere", {{"orders", {1}}}}};
  const auto answer = machine.client->ask<kafka::AlterReplicaLogDirsResponse>(request);
  REQUIRE(answer.results.size() == 2);
  CHECK(answer.results[0].partitions.at(0).error_code == ErrorCode::none);
  CHECK(answer.results[0].partitions.at(1).error_code == ErrorCode::unknown_topic_or_partition);
  CHECK(answer.results[1].partitions.at(0).error_code == ErrorCode::log_dir_not_found);
}

TEST_CASE("the one broker is the quorum") {
  OneBroker machine;
  kafka::DescribeQuorumRequest request;
  request.topics = {{"__cluster_metadata", {{0}, {1}}}};
  for (int16_t version = 0; version <= 2; ++version) {
    const auto answer = machine.client->ask<kafka::DescribeQuorumResponse>(request, version);
    const auto& partitions = answer.topics.at(0).partitions;
    CHECK(partitions.at(0).leader_id == machine.options.node_id);
    REQUIRE(partitions.at(0).current_voters.size() == 1);
    CHECK(partitions.at(0).current_voters[0].replica_id == machine.options.node_id);
    CHECK(partitions.at(1).error_code == ErrorCode::unknown_topic_or_partition);
    CHECK(answer.nodes.size() == (version == 2 ? 1 : 0));
  }
}

TEST_CASE("levels of features come with the program") {
  OneBroker machine;
  const auto update = [&machine](const std::string& feature, int16_t level) {
    kafka::UpdateFeaturesRequest request;
    request.feature_updates.emplace_back();
    request.feature_updates[0].feature = feature;
    request.feature_updates[0].max_version_level = level;
    return machine.client->ask<kafka::UpdateFeaturesResponse>(request, 1);
  };
  CHECK(update("transaction.version", 2).results.at(0).error_code == ErrorCode::none);
  CHECK(update("transaction.version", 1).error_code == ErrorCode::invalid_update_version);
  CHECK(update("no.such", 1).error_code == ErrorCode::invalid_update_version);
}

TEST_CASE("who makes a topic is told what settings it has") {
  OneBroker machine;
  kafka::CreateTopicsRequest request;
  auto& topic = request.topics.emplace_back();
  topic.name = "made";
  topic.partition_count = 1;
  topic.replication_factor = 1;
  topic.configs = {{"cleanup.policy", "compact"}};
  const auto answer = machine.client->ask<kafka::CreateTopicsResponse>(request).topics.at(0);
  std::map<std::string, std::string> values;
  for (const auto& config : answer.configs.value()) {
    values[config.name] = config.value.value() + " " + std::to_string(config.config_source);
  }
  CHECK(values.at("cleanup.policy") == "compact 1");
  CHECK(values.at("retention.ms") == "604800000 5");
  CHECK(values.at("min.insync.replicas") == "1 3");
}

TEST_CASE("new partitions are assigned to the one broker, or not at all") {
  OneBroker machine;
  const int32_t here = machine.options.node_id;
  const auto add = [&](std::vector<std::vector<int32_t>> brokers) {
    kafka::CreatePartitionsRequest request;
    auto& topic = request.topics.emplace_back();
    topic.name = "orders";
    topic.count = 4;
    topic.assignments.emplace();
    for (auto& each : brokers) {
      topic.assignments->push_back({std::move(each)});
    }
    return machine.client->ask<kafka::CreatePartitionsResponse>(request).results.at(0).error_code;
  };
  CHECK(add({{here}}) == ErrorCode::invalid_replica_assignment);
  CHECK(add({{here}, {here + 9}}) == ErrorCode::invalid_replica_assignment);
  CHECK(add({{here}, {here, here}}) == ErrorCode::invalid_replica_assignment);
  CHECK(machine.store->find("orders")->partitions.size() == 2);
  CHECK(add({{here}, {here}}) == ErrorCode::none);
  CHECK(machine.store->find("orders")->partitions.size() == 4);
}

TEST_CASE("topics and the broker have settings") {
  OneBroker machine;
  const auto named = [&](std::vector<int8_t> types, int16_t version = 1) {
    std::vector<std::string> names;
    const auto answer = machine.client->ask<kafka::ListConfigResourcesResponse>(
        kafka::ListConfigResourcesRequest{std::move(types)}, version);
    for (const auto& resource : answer.config_resources) {
      names.push_back(resource.resource_name);
    }
    return names;
  };
  CHECK(named({}) == std::vector<std::string>{"orders", "1"});
  CHECK(named({2}) == std::vector<std::string>{"orders"});
  CHECK(named({16}).empty());
  CHECK(named({}, 0).empty());
}

}  // namespace millrace::broker
