// Settings of topics over the protocol: changed, refused, and deleted records.

#include <doctest/doctest.h>

#include "broker/changed_settings.h"
#include "broker/test_machine.h"
#include "kafka/messages/alter_configs.h"
#include "kafka/messages/consumer_group_heartbeat.h"
#include "kafka/messages/delete_records.h"
#include "kafka/messages/describe_configs.h"
#include "kafka/messages/incremental_alter_configs.h"
#include "kafka/messages/list_config_resources.h"
#include "kafka/records.h"

namespace millrace::broker {

namespace {

constexpr int8_t kTopic = 2;
constexpr int8_t kBroker = 4;
constexpr int8_t kGroup = 32;
constexpr int8_t kSet = 0;
constexpr int8_t kDelete = 1;
constexpr int8_t kAppend = 2;

ErrorCode change(Client& client, const std::string& name, int8_t operation,
                 const std::string& value) {
  kafka::IncrementalAlterConfigsRequest request;
  request.resources.push_back({kTopic, "orders", {{name, operation, value}}});
  return client.ask<kafka::IncrementalAlterConfigsResponse>(request).results.at(0).error_code;
}

ErrorCode change_broker(Client& client, const std::string& broker, const std::string& name,
                        int8_t operation, const std::string& value) {
  kafka::IncrementalAlterConfigsRequest request;
  request.resources.push_back({kBroker, broker, {{name, operation, value}}});
  return client.ask<kafka::IncrementalAlterConfigsResponse>(request).results.at(0).error_code;
}

std::string value_of(Client& client, const std::string& name) {
  kafka::DescribeConfigsRequest request;
  request.resources.push_back({kTopic, "orders", {{name}}});
  return client.ask<kafka::DescribeConfigsResponse>(request)
      .results.at(0)
      .configs.at(0)
      .value.value();
}

}  // namespace

TEST_CASE("settings are changed one by one or all at once, and survive a crash") {
  Machine machine;
  machine.start();
  REQUIRE(machine.store->create("orders", 1).ok());
  {
    Client client(machine);
    CHECK(change(client, "retention.ms", kSet, "1000") == ErrorCode::none);
    CHECK(change(client, "cleanup.policy", kAppend, "compact") == ErrorCode::none);
    CHECK(value_of(client, "cleanup.policy") == "delete,compact");
    CHECK(change(client, "retention.ms", kSet, "soon") == ErrorCode::invalid_config);
    CHECK(change(client, "retention.ms", kAppend, "1") == ErrorCode::invalid_config);
    CHECK(change(client, "no.such", kSet, "1") == ErrorCode::invalid_config);
    CHECK(change(client, "cleanup.policy", kDelete, "") == ErrorCode::none);
    CHECK(value_of(client, "cleanup.policy") == "delete");
  }
  machine.crash();
  machine.start();
  Client client(machine);
  CHECK(value_of(client, "retention.ms") == "1000");
  kafka::AlterConfigsRequest all;
  all.resources.push_back({kTopic, "orders", {{"segment.ms", "5000"}}});
  all.validate_only = true;
  CHECK(client.ask<kafka::AlterConfigsResponse>(all).results.at(0).error_code == ErrorCode::none);
  CHECK(value_of(client, "retention.ms") == "1000");
  all.validate_only = false;
  CHECK(client.ask<kafka::AlterConfigsResponse>(all).results.at(0).error_code == ErrorCode::none);
  CHECK(value_of(client, "retention.ms") == "604800000");
  CHECK(value_of(client, "segment.ms") == "5000");
}

TEST_CASE("settings are changed away from the loop") {
  Machine machine;
  machine.start();
  REQUIRE(machine.store->create("orders", 1).ok());
  Client client(machine);
  kafka::IncrementalAlterConfigsRequest one;
  one.resources.push_back({kTopic, "orders", {{"retention.ms", kSet, "1000"}}});
  kafka::AlterConfigsRequest all;
  all.resources.push_back({kTopic, "orders", {{"segment.ms", "5000"}}});
  client.send_only(one);
  client.send_only(all);
  const uint64_t steps = machine.files.steps();
  while (machine.loop->run_ready()) {
  }
  CHECK(machine.files.steps() == steps);
  CHECK(client.answered() == 0);
  CHECK(machine.store->find("orders")->settings.empty());
  machine.settle();
  CHECK(client.answered() == 2);
  CHECK(machine.store->find("orders")->settings == topic::Settings{{"segment.ms", "5000"}});
}

TEST_CASE("the broker's settings have the broker's names, and those of topics can be changed") {
  Machine machine;
  machine.options.default_partitions = 3;
  machine.start();
  Client client(machine);
  kafka::DescribeConfigsRequest request;
  request.include_synonyms = true;
  request.resources = {
      {kBroker, "1", std::nullopt}, {kBroker, "", std::nullopt}, {kBroker, "2", std::nullopt}};
  const auto answer = client.ask<kafka::DescribeConfigsResponse>(request);
  std::map<std::string, std::string> values;
  for (const auto& config : answer.results.at(0).configs) {
    CHECK(config.read_only == (find_changeable(config.name) == nullptr));
    values[config.name] = config.value.value();
  }
  CHECK(values.at("log.retention.ms") == "604800000");
  CHECK_FALSE(values.contains("retention.ms"));
  CHECK(values.at("num.partitions") == "3");
  CHECK(values.at("advertised.listeners") == "PLAINTEXT://127.0.0.1:9092");
  CHECK(answer.results.at(1).error_code == ErrorCode::none);
  REQUIRE(answer.results.at(1).configs.size() == 1);
  CHECK(answer.results.at(1).configs[0].name == "min.insync.replicas");
  CHECK(answer.results.at(2).error_code == ErrorCode::invalid_request);
  request.resources = {{kBroker, "1", std::vector<std::string>{}}};
  CHECK(client.ask<kafka::DescribeConfigsResponse>(request).results.at(0).configs.size() ==
        answer.results.at(0).configs.size());
}

TEST_CASE("defaults of topics are changed while the broker runs, for it before for all") {
  Machine machine;
  machine.start();
  REQUIRE(machine.store->create("orders", 1).ok());
  REQUIRE(machine.store->create("own", 1, {{"max.message.bytes", "500"}}).ok());
  const auto takes = [&machine](const std::string& topic, size_t bytes) {
    kafka::BatchBuilder batch;
    batch.add({1}, std::nullopt, std::string(bytes, 'v'));
    return machine.store->find(topic)->find(PartitionIndex(0))->append(batch.finish()).error_code ==
           ErrorCode::none;
  };
  {
    Client client(machine);
    CHECK(change_broker(client, "", "message.max.bytes", kSet, "2000") == ErrorCode::none);
    CHECK_FALSE(takes("orders", 3000));
    CHECK(takes("orders", 1000));
    CHECK_FALSE(takes("own", 1000));
    CHECK(change_broker(client, "1", "message.max.bytes", kSet, "4000") == ErrorCode::none);
    CHECK(takes("orders", 3000));
    CHECK(change_broker(client, "1", "log.cleaner.backoff.ms", kSet, "60000") == ErrorCode::none);
    CHECK(machine.store->rest_of_cleaner() == Duration::seconds(60));
  }
  machine.crash();
  machine.start();
  CHECK(machine.store->rest_of_cleaner() == Duration::seconds(60));
  CHECK(takes("orders", 3000));
  CHECK_FALSE(takes("orders", 5000));
  Client client(machine);
  kafka::DescribeConfigsRequest request;
  request.include_synonyms = true;
  request.resources = {{kTopic, "orders", {{"max.message.bytes"}}},
                       {kBroker, "1", {{"message.max.bytes"}}}};
  const auto answer = client.ask<kafka::DescribeConfigsResponse>(request);
  for (const auto& result : answer.results) {
    const auto& config = result.configs.at(0);
    CHECK(config.value == "4000");
    CHECK(config.config_source == 2);
    REQUIRE(config.synonyms.size() == 3);
    CHECK(config.synonyms[1].value == "2000");
    CHECK(config.synonyms[1].source == 3);
    CHECK(config.synonyms[2].source == 5);
  }
  CHECK(change_broker(client, "1", "message.max.bytes", kDelete, "") == ErrorCode::none);
  CHECK_FALSE(takes("orders", 3000));
  CHECK(change_broker(client, "", "message.max.bytes", kDelete, "") == ErrorCode::none);
  CHECK(takes("orders", 100'000));
}

TEST_CASE("settings that stand in millrace.toml, or are wrong, are not changed") {
  Machine machine;
  machine.start();
  Client client(machine);
  CHECK(change_broker(client, "1", "num.partitions", kSet, "3") == ErrorCode::invalid_request);
  CHECK(change_broker(client, "1", "num.partitions", kDelete, "") == ErrorCode::none);
  CHECK(change_broker(client, "1", "no.such", kSet, "3") == ErrorCode::invalid_request);
  CHECK(change_broker(client, "1", "max.connections", kSet, "3") == ErrorCode::invalid_request);
  CHECK(change_broker(client, "1", "num.io.threads", kSet, "0") == ErrorCode::invalid_request);
  CHECK(change_broker(client, "1", "num.io.threads", kSet, "9") == ErrorCode::none);
  CHECK(change_broker(client, "1", "log.retention.ms", kSet, "soon") == ErrorCode::invalid_request);
  CHECK(change_broker(client, "2", "log.retention.ms", kSet, "1") == ErrorCode::invalid_request);
  CHECK(change_broker(client, "1", "log.cleanup.policy", kAppend, "compact") == ErrorCode::none);
  kafka::AlterConfigsRequest all;
  all.resources.push_back({kBroker, "1", {{"log.retention.ms", "1000"}}});
  all.validate_only = true;
  CHECK(client.ask<kafka::AlterConfigsResponse>(all).results.at(0).error_code == ErrorCode::none);
  CHECK(machine.store->in_force({}).at("cleanup.policy") == "delete,compact");
  CHECK_FALSE(machine.store->in_force({}).contains("retention.ms"));
  machine.files.set_capacity(0);
  CHECK(change_broker(client, "1", "log.retention.ms", kSet, "1000") ==
        ErrorCode::kafka_storage_error);
  CHECK_FALSE(machine.store->in_force({}).contains("retention.ms"));
}

TEST_CASE("a group's settings count before the broker's, and survive a crash") {
  Machine machine;
  machine.start();
  const auto change_group = [](Client& client, const std::string& name, int8_t operation,
                               const std::string& value) {
    kafka::IncrementalAlterConfigsRequest request;
    request.resources.push_back({kGroup, "g", {{name, operation, value}}});
    return client.ask<kafka::IncrementalAlterConfigsResponse>(request).results.at(0).error_code;
  };
  const auto session = [](Client& client) {
    kafka::DescribeConfigsRequest request;
    request.include_synonyms = true;
    request.resources.push_back({kGroup, "g", {{"consumer.session.timeout.ms"}}});
    return client.ask<kafka::DescribeConfigsResponse>(request).results.at(0).configs.at(0);
  };
  {
    Client client(machine);
    CHECK(session(client).value == "45000");
    CHECK(change_group(client, "consumer.session.timeout.ms", kSet, "50000") == ErrorCode::none);
    CHECK(change_group(client, "consumer.heartbeat.interval.ms", kSet, "7000") == ErrorCode::none);
    CHECK(change_group(client, "consumer.session.timeout.ms", kSet, "1") ==
          ErrorCode::invalid_config);
    CHECK(change_group(client, "consumer.session.timeout.ms", kSet, "60001") ==
          ErrorCode::invalid_config);
    CHECK(change_group(client, "no.such", kSet, "1") == ErrorCode::invalid_config);
  }
  machine.crash();
  machine.start();
  Client client(machine);
  CHECK(session(client).value == "50000");
  CHECK(session(client).config_source == 8);
  REQUIRE(session(client).synonyms.size() == 2);
  CHECK(session(client).synonyms[1].name == "group.consumer.session.timeout.ms");
  kafka::ConsumerGroupHeartbeatRequest heartbeat;
  heartbeat.group_id = "g";
  heartbeat.member_id = "one";
  heartbeat.rebalance_timeout_ms = 60'000;
  heartbeat.subscribed_topic_names = {{"orders"}};
  heartbeat.topic_partitions.emplace();
  CHECK(client.ask<kafka::ConsumerGroupHeartbeatResponse>(heartbeat).heartbeat_interval_ms ==
        7'000);
  CHECK(change_group(client, "consumer.session.timeout.ms", kDelete, "") == ErrorCode::none);
  CHECK(session(client).value == "45000");
  kafka::ListConfigResourcesRequest all;
  all.resource_types = {kGroup};
  const auto listed = client.ask<kafka::ListConfigResourcesResponse>(all);
  REQUIRE(listed.config_resources.size() == 1);
  CHECK(listed.config_resources[0].resource_name == "g");
}

TEST_CASE("groups whose settings could not be read again get none") {
  Machine machine;
  machine.start();
  Client client(machine);
  const auto change_group = [&client](const std::string& group) {
    kafka::IncrementalAlterConfigsRequest request;
    request.validate_only = true;
    request.resources.push_back({kGroup, group, {{"consumer.session.timeout.ms", kSet, "50000"}}});
    return client.ask<kafka::IncrementalAlterConfigsResponse>(request).results.at(0).error_code;
  };
  CHECK(change_group("r\u00e9seau \"\n") == ErrorCode::none);
  CHECK(change_group("r\xE9seau") == ErrorCode::invalid_request);
  CHECK(change_group(std::string(1000, 'g')) == ErrorCode::none);
  CHECK(change_group(std::string(1001, 'g')) == ErrorCode::invalid_request);
}

TEST_CASE("settings that were written before groups had some are read") {
  Machine machine;
  machine.files.make_directories("data/broker");
  machine.files.replace(
      "data/broker/settings.json",
      R"({"format": 1, "this_broker": {"log.retention.ms": "1000"}, "all_brokers": {}})");
  machine.start();
  CHECK(machine.store->in_force({}).at("retention.ms") == "1000");
}

TEST_CASE("what a request names twice is not changed") {
  Machine machine;
  machine.start();
  REQUIRE(machine.store->create("orders", 1).ok());
  Client client(machine);
  kafka::IncrementalAlterConfigsRequest one;
  one.resources = {{kTopic, "orders", {{"retention.ms", kSet, "1000"}}},
                   {kBroker, "1", {{"log.retention.ms", kSet, "1000"}}},
                   {kTopic, "orders", {{"segment.ms", kSet, "5000"}}}};
  const auto changed = client.ask<kafka::IncrementalAlterConfigsResponse>(one);
  CHECK(changed.results.at(0).error_code == ErrorCode::invalid_request);
  CHECK(changed.results.at(1).error_code == ErrorCode::none);
  CHECK(changed.results.at(2).error_code == ErrorCode::invalid_request);
  kafka::AlterConfigsRequest all;
  all.resources.push_back({kTopic, "orders", {{"segment.ms", "5000"}, {"segment.ms", "6000"}}});
  CHECK(client.ask<kafka::AlterConfigsResponse>(all).results.at(0).error_code ==
        ErrorCode::invalid_request);
  CHECK(machine.store->find("orders")->settings.empty());
}

TEST_CASE("what is appended to a list and stands there already stays where it is") {
  Machine machine;
  machine.start();
  REQUIRE(machine.store->create("orders", 1).ok());
  Client client(machine);
  CHECK(change(client, "cleanup.policy", kAppend, "compact") == ErrorCode::none);
  CHECK(change(client, "cleanup.policy", kAppend, "delete") == ErrorCode::none);
  CHECK(value_of(client, "cleanup.policy") == "delete,compact");
}

TEST_CASE("records are deleted up to an offset, not behind the end, and not of compacted topics") {
  Machine machine;
  machine.start();
  REQUIRE(machine.store->create("orders", 1).ok());
  const auto partition = machine.store->find("orders")->find(PartitionIndex(0));
  for (int i = 0; i < 3; ++i) {
    kafka::BatchBuilder batch;
    batch.add({1}, std::nullopt, "v");
    partition->append(batch.finish());
  }
  Client client(machine);
  const auto remove = [&](int64_t offset) {
    return client
        .ask<kafka::DeleteRecordsResponse>(
            kafka::DeleteRecordsRequest{{{"orders", {{0, offset}}}}, 1000})
        .topics.at(0)
        .partitions.at(0);
  };
  CHECK(remove(2).low_watermark == 2);
  CHECK(remove(4).error_code == ErrorCode::offset_out_of_range);
  CHECK(remove(-1).low_watermark == 3);
  CHECK(change(client, "cleanup.policy", kSet, "compact") == ErrorCode::none);
  CHECK(remove(-1).error_code == ErrorCode::policy_violation);
}

}  // namespace millrace::broker
