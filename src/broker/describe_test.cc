// What clients and tools ask about topics: epochs, sizes, pages of partitions.

#include <doctest/doctest.h>

#include "broker/test_machine.h"
#include "kafka/messages/describe_log_dirs.h"
#include "kafka/messages/describe_topic_partitions.h"
#include "kafka/messages/fetch.h"
#include "kafka/messages/offset_for_leader_epoch.h"
#include "kafka/records.h"

namespace millrace::broker {

namespace {

// One batch with these values; its size.
size_t append(Machine& machine, const std::string& topic,
              std::initializer_list<std::string> values) {
  kafka::BatchBuilder builder;
  for (const std::string& value : values) {
    builder.add({1}, std::nullopt, value);
  }
  const std::string batch = builder.finish();
  REQUIRE(machine.store->find(topic)->find(PartitionIndex(0))->append(batch).error_code ==
          ErrorCode::none);
  return batch.size();
}

}  // namespace

TEST_CASE("the only epoch ends where the log ends") {
  Machine machine;
  machine.start();
  REQUIRE(machine.store->create("orders", 1).ok());
  append(machine, "orders", {"a", "b"});
  Client client(machine);
  const auto ask = [&](int32_t partition, int32_t current, int32_t epoch) {
    kafka::OffsetForLeaderEpochRequest request;
    request.topics.push_back({"orders", {{partition, current, epoch}}});
    return client.ask<kafka::OffsetForLeaderEpochResponse>(request).topics.at(0).partitions.at(0);
  };
  CHECK(ask(0, 0, 0).end_offset == 2);
  CHECK(ask(0, 0, 0).leader_epoch == 0);
  CHECK(ask(0, -1, -1).end_offset == -1);
  CHECK(ask(0, 1, 0).error_code == ErrorCode::unknown_leader_epoch);
  CHECK(ask(1, 0, 0).error_code == ErrorCode::unknown_topic_or_partition);
}

TEST_CASE("logs have a directory and sizes") {
  Machine machine;
  machine.start();
  REQUIRE(machine.store->create("orders", 2).ok());
  const size_t size = append(machine, "orders", {"a", "b"});
  Client client(machine);
  for (const bool by_name : {false, true}) {
    kafka::DescribeLogDirsRequest request;
    if (by_name) {
      request.topics = {{"orders", {0, 1, 7}}, {"no such topic", {0}}};
    }
    const auto answer = client.ask<kafka::DescribeLogDirsResponse>(request).results.at(0);
    CHECK(answer.path == "data/topics");
    REQUIRE(answer.topics.size() == 1);
    REQUIRE(answer.topics[0].partitions.size() == 2);
    CHECK(answer.topics[0].partitions[0].size == static_cast<int64_t>(size));
    CHECK(answer.topics[0].partitions[1].size == 0);
  }
}

TEST_CASE("partitions come in pages, each saying where the next begins") {
  Machine machine;
  machine.start();
  REQUIRE(machine.store->create("a", 3).ok());
  REQUIRE(machine.store->create("b", 2).ok());
  Client client(machine);
  kafka::DescribeTopicPartitionsRequest request;
  request.most_partitions = 2;
  std::vector<std::string> pages;
  do {
    const auto answer = client.ask<kafka::DescribeTopicPartitionsResponse>(request);
    std::string& page = pages.emplace_back();
    for (const auto& topic : answer.topics) {
      for (const auto& partition : topic.partitions) {
        CHECK(partition.eligible_leader_replicas.has_value());  // Java's admin client takes no null
        page += *topic.name + std::to_string(partition.index) + " ";
        CHECK(partition.eligible_leader_replicas);  // Java's client takes no null
        CHECK(partition.last_known_elr);
      }
    }
    request.cursor.reset();
    if (answer.next_cursor) {
      request.cursor = {answer.next_cursor->topic, answer.next_cursor->partition};
    }
  } while (request.cursor && pages.size() < 10);
  CHECK(pages == std::vector<std::string>{"a0 a1 ", "a2 b0 ", "b1 "});
  request.topics = {{"b"}, {"no/name"}, {"none"}};
  const auto named = client.ask<kafka::DescribeTopicPartitionsResponse>(request);
  REQUIRE(named.topics.size() == 3);
  CHECK(named.topics[0].partitions.size() == 2);
  CHECK(named.topics[1].error_code == ErrorCode::invalid_topic);
  CHECK(named.topics[2].error_code == ErrorCode::unknown_topic_or_partition);
}

TEST_CASE("large records of a fetch are shared with the answer, and arrive whole") {
  Machine machine;
  machine.start();
  REQUIRE(machine.store->create("orders", 1).ok());
  const std::string large(100'000, 'x');
  append(machine, "orders", {"small"});
  append(machine, "orders", {large, "last"});
  Client client(machine);
  kafka::FetchRequest request;
  request.max_bytes = 1 << 20;
  auto& topic = request.topics.emplace_back();
  topic.name = "orders";
  topic.partitions.emplace_back().max_bytes = 1 << 20;
  const auto answer = client.ask<kafka::FetchResponse>(request).topics.at(0).partitions.at(0);
  const auto first = kafka::BatchView::front_of(answer.records->view());
  const auto second = kafka::BatchView::front_of(answer.records->view().substr(first->size()));
  kafka::Records records(*second);
  CHECK(second->crc_matches());
  CHECK(records.next()->value == large);
  CHECK(records.next()->value == "last");
}

}  // namespace millrace::broker
