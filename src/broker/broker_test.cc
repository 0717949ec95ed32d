// Requests of every kind that has no file of its own.

#include "broker/broker.h"

#include <doctest/doctest.h>

#include <thread>

#include "broker/test_groups.h"
#include "broker/test_machine.h"
#include "kafka/messages/create_topics.h"
#include "kafka/messages/fetch.h"
#include "kafka/messages/heartbeat.h"
#include "kafka/messages/init_producer_id.h"
#include "kafka/messages/join_group.h"
#include "kafka/messages/leave_group.h"
#include "kafka/messages/list_offsets.h"
#include "kafka/messages/metadata.h"
#include "kafka/messages/offset_commit.h"
#include "kafka/messages/offset_fetch.h"
#include "kafka/messages/produce.h"
#include "kafka/messages/sync_group.h"
#include "kafka/records.h"

namespace millrace::broker {

namespace {

void make_topic(Machine& machine, const std::string& name) {
  REQUIRE(machine.store->create(name, 1).ok());
}

kafka::ProduceRequest produce_of(const std::string& value, int16_t acks) {
  kafka::BatchBuilder builder;
  builder.add({1}, std::nullopt, value);
  kafka::ProduceRequest request;
  request.acks = acks;
  request.topics = {{"orders", {}, {{0, SharedBytes::copy_of(builder.finish())}}}};
  return request;
}

kafka::FetchRequest fetch_from(int64_t offset, int32_t max_wait_ms) {
  kafka::FetchRequest request;
  request.max_wait_ms = max_wait_ms;
  request.min_bytes = 1;
  request.max_bytes = 1 << 20;
  auto& partition = request.topics.emplace_back(kafka::FetchRequest::Topic{"orders", {}, {}})
                        .partitions.emplace_back();
  partition.fetch_offset = offset;
  partition.max_bytes = 1 << 20;
  return request;
}

size_t bytes_in(const kafka::FetchResponse& response) {
  return response.topics.at(0).partitions.at(0).records.value().size();
}

ErrorCode error_of(const kafka::ProduceResponse& response) {
  return response.topics.at(0).partitions.at(0).error_code;
}

kafka::JoinGroupRequest join_of(const std::string& member_id) {
  kafka::JoinGroupRequest request;
  request.group_id = "g";
  request.session_timeout_ms = 10'000;
  request.rebalance_timeout_ms = 60'000;
  request.member_id = member_id;
  request.protocol_type = "consumer";
  request.protocols = {{"range", "subscription of " + member_id}};
  return request;
}

// The id that a newcomer is told to come again with.
std::string new_member(Client& client) {
  const auto told = client.ask<kafka::JoinGroupResponse>(join_of(""));
  CHECK(told.error_code == ErrorCode::member_id_required);
  return told.member_id;
}

}  // namespace

TEST_CASE("acks=1 is answered when written, acks=all when synced, acks=0 never, all in order") {
  Machine machine;
  machine.start();
  make_topic(machine, "orders");
  Client client(machine);
  client.send(produce_of("a", -1));
  client.send(produce_of("b", 0));
  client.send(produce_of("c", 1));
  CHECK(client.answered() == 0);  // the third is ready, and waits for the first
  machine.sync();
  CHECK(client.answered() == 2);
  CHECK(client.take<kafka::ProduceResponse>().topics.at(0).partitions.at(0).base_offset == 0);
}

TEST_CASE("what acks=all was told survives the machine, and its fetch the broker") {
  Machine machine;
  machine.start();
  make_topic(machine, "orders");
  {
    Client client(machine);
    client.send(produce_of("durable", -1));
    machine.sync();
    CHECK(error_of(client.take<kafka::ProduceResponse>()) == ErrorCode::none);
  }
  machine.crash();
  machine.start();
  Client client(machine);
  const auto fetched = client.ask<kafka::FetchResponse>(fetch_from(0, 0));
  CHECK(bytes_in(fetched) > 0);
  CHECK(fetched.topics[0].partitions[0].high_watermark == 1);
}

TEST_CASE(
    "no record of a fetch lies behind the end that it tells, though others append meanwhile") {
  Machine machine;
  machine.start();
  make_topic(machine, "orders");
  Client client(machine);
  const std::jthread others([log = machine.store->find("orders")->find(PartitionIndex(0))](
                                const std::stop_token& enough) {
    while (!enough.stop_requested()) {
      kafka::BatchBuilder batch;
      batch.add({1}, std::nullopt, "value");
      log->append(batch.finish());
    }
  });
  int64_t next = 0;
  int64_t too_early = 0;
  while (next < 20'000) {
    const auto fetched = client.ask<kafka::FetchResponse>(fetch_from(next, 0)).topics[0];
    const auto& partition = fetched.partitions[0];
    std::string_view rest = partition.records->view();
    while (const auto batch = kafka::BatchView::front_of(rest)) {
      next = batch->next_offset().value;
      rest.remove_prefix(batch->size());
    }
    too_early += next > partition.high_watermark ? 1 : 0;
    too_early += partition.last_stable_offset > partition.high_watermark ? 1 : 0;
  }
  CHECK(too_early == 0);
}

TEST_CASE("offsets are found by time, and by the names of times") {
  Machine machine;
  machine.start();
  make_topic(machine, "orders");
  Client client(machine);
  client.send(produce_of("a", 1));
  client.send(produce_of("b", 1));
  client.take<kafka::ProduceResponse>();
  client.take<kafka::ProduceResponse>();
  const auto offset_at = [&](int64_t time) {
    kafka::ListOffsetsRequest request;
    request.topics = {{"orders", {{.index = 0, .timestamp = time}}}};
    return client.ask<kafka::ListOffsetsResponse>(request).topics.at(0).partitions.at(0).offset;
  };
  CHECK(offset_at(1) == 0);
  CHECK(offset_at(2) == -1);   // none as late
  CHECK(offset_at(-1) == 2);   // the end
  CHECK(offset_at(-2) == 0);   // the start
  CHECK(offset_at(-3) == 0);   // the greatest time
  CHECK(offset_at(-4) == 0);   // the start of what is local: all is
  CHECK(offset_at(-5) == -1);  // the end of what lies in another tier: nothing does
  CHECK(offset_at(-6) == -1);  // the start of what waits to go there
}

TEST_CASE("topics are produced to by their ids; one that is gone is not known") {
  Machine machine;
  machine.start();
  make_topic(machine, "orders");
  const kafka::Uuid id = machine.store->find("orders")->id;
  Client client(machine);
  kafka::ProduceRequest request = produce_of("by id", 1);
  request.topics[0].name = "";
  request.topics[0].topic_id = id;
  constexpr int16_t kHasIds = 13;
  const auto answer = client.ask<kafka::ProduceResponse>(request, kHasIds);
  CHECK(error_of(answer) == ErrorCode::none);
  CHECK(answer.topics[0].topic_id == id);
  CHECK(machine.store->find("orders")->partitions[0]->end_offset() == Offset(1));
  REQUIRE(machine.store->remove("orders").ok());
  make_topic(machine, "orders");
  CHECK(error_of(client.ask<kafka::ProduceResponse>(request, kHasIds)) ==
        ErrorCode::unknown_topic_id);
  request.topics[0].topic_id = {};
  CHECK(error_of(client.ask<kafka::ProduceResponse>(request, kHasIds)) ==
        ErrorCode::unknown_topic_id);
}

TEST_CASE("every record is named that a batch is refused for") {
  Machine machine;
  machine.start();
  REQUIRE(machine.store->create("orders", 1, {{"cleanup.policy", "compact"}}).ok());
  Client client(machine);
  kafka::BatchBuilder builder;
  for (const auto& key :
       {std::optional<std::string>("a"), {}, std::optional<std::string>("b"), {}}) {
    builder.add({1}, key, "value");
  }
  kafka::ProduceRequest request = produce_of("", -1);
  request.topics[0].partitions[0].records = SharedBytes::copy_of(builder.finish());
  const auto answer = client.ask<kafka::ProduceResponse>(request).topics.at(0).partitions.at(0);
  CHECK(answer.error_code == ErrorCode::invalid_record);
  REQUIRE(answer.record_errors.size() == 2);
  CHECK(answer.record_errors[0].batch_index == 1);
  CHECK(answer.record_errors[1].batch_index == 3);
}

TEST_CASE("a full disk is told to the producer, and others are served") {
  Machine machine;
  machine.start();
  make_topic(machine, "orders");
  Client client(machine);
  machine.files.set_capacity(0);
  CHECK(error_of(client.ask<kafka::ProduceResponse>(produce_of("a", 1))) ==
        ErrorCode::kafka_storage_error);
  CHECK(bytes_in(client.ask<kafka::FetchResponse>(fetch_from(0, 0))) == 0);
  CHECK(client.ask<kafka::InitProducerIdResponse>(kafka::InitProducerIdRequest{}).error_code ==
        ErrorCode::coordinator_not_available);
  machine.files.set_capacity(UINT64_MAX);
  CHECK(error_of(client.ask<kafka::ProduceResponse>(produce_of("a", 1))) == ErrorCode::none);
}

TEST_CASE("a fetch waits for records, for its time, or for nothing when its client is gone") {
  Machine machine;
  machine.start();
  make_topic(machine, "orders");
  Client consumer(machine);
  Client producer(machine);
  consumer.send(fetch_from(0, 500));
  CHECK(consumer.answered() == 0);
  producer.send(produce_of("a", 1));
  CHECK(bytes_in(consumer.take<kafka::FetchResponse>()) > 0);

  consumer.send(fetch_from(1, 500));
  machine.pass(Duration::milliseconds(499));
  CHECK(consumer.answered() == 0);
  machine.pass(Duration::milliseconds(1));
  CHECK(bytes_in(consumer.take<kafka::FetchResponse>()) == 0);

  Gauge& parked = machine.metrics.gauge("millrace_broker_parked_fetches", "");
  {
    Client gone(machine);
    gone.send(fetch_from(1, 500));
    CHECK(parked.value() == 1);
  }
  CHECK(parked.value() == 0);
  CHECK(
      consumer.ask<kafka::FetchResponse>(fetch_from(99, 500)).topics[0].partitions[0].error_code ==
      ErrorCode::offset_out_of_range);
}

TEST_CASE("two members share a generation; one that falls silent starts the next") {
  Machine machine;
  machine.start();
  Client one(machine);
  Client two(machine);
  const std::string first = new_member(one);
  const auto alone = one.ask<kafka::JoinGroupResponse>(join_of(first));
  CHECK(alone.leader == first);
  CHECK(alone.members.size() == 1);
  CHECK(one.ask<kafka::SyncGroupResponse>(sync_of(alone)).assignment == "share of " + first);

  const std::string second = new_member(two);
  two.send(join_of(second));
  CHECK(two.answered() == 0);  // until the first comes back
  CHECK(one.ask<kafka::HeartbeatResponse>(heartbeat_of(alone)).error_code ==
        ErrorCode::rebalance_in_progress);
  const auto leader = one.ask<kafka::JoinGroupResponse>(join_of(first));
  const auto follower = two.take<kafka::JoinGroupResponse>();
  CHECK(leader.generation_id == alone.generation_id + 1);
  CHECK(leader.members.size() == 2);
  CHECK(follower.leader == first);
  CHECK(follower.members.empty());
  two.send(sync_of(follower));
  CHECK(two.answered() == 0);  // until the leader has decided
  CHECK(one.ask<kafka::SyncGroupResponse>(sync_of(leader)).assignment == "share of " + first);
  CHECK(two.take<kafka::SyncGroupResponse>().assignment == "share of " + second);

  CHECK(one.ask<kafka::HeartbeatResponse>(heartbeat_of(alone)).error_code ==
        ErrorCode::illegal_generation);
  machine.pass(Duration::seconds(9));
  CHECK(two.ask<kafka::HeartbeatResponse>(heartbeat_of(follower)).error_code == ErrorCode::none);
  machine.pass(Duration::seconds(2));
  CHECK(one.ask<kafka::HeartbeatResponse>(heartbeat_of(leader)).error_code ==
        ErrorCode::unknown_member_id);
  const auto taken_over = two.ask<kafka::JoinGroupResponse>(join_of(second));
  CHECK(taken_over.leader == second);
  CHECK(taken_over.members.size() == 1);
}

TEST_CASE("a member that does not come back in time is left out of the generation") {
  Machine machine;
  machine.start();
  Client one(machine);
  Client two(machine);
  const std::string first = new_member(one);
  const auto alone = one.ask<kafka::JoinGroupResponse>(join_of(first));
  one.ask<kafka::SyncGroupResponse>(sync_of(alone));
  two.send(join_of(new_member(two)));
  for (int i = 0; i < 12; ++i) {  // it beats, and does not join
    machine.pass(Duration::seconds(5));
    one.ask<kafka::HeartbeatResponse>(heartbeat_of(alone));
  }
  CHECK(two.take<kafka::JoinGroupResponse>().members.size() == 1);
}

TEST_CASE("offsets are committed when durable, by members of the generation alone") {
  Machine machine;
  machine.start();
  make_topic(machine, "orders");
  {
    Client client(machine);
    const auto joined = client.ask<kafka::JoinGroupResponse>(join_of(new_member(client)));
    client.ask<kafka::SyncGroupResponse>(sync_of(joined));
    kafka::OffsetCommitRequest commit;
    commit.group_id = "g";
    commit.generation_id = joined.generation_id;
    commit.member_id = joined.member_id;
    commit.topics = {{"orders", {}, {{0, 42, 0, "half way"}}}};
    client.send(commit);
    CHECK(client.answered() == 0);
    machine.sync();
    CHECK(client.take<kafka::OffsetCommitResponse>().topics.at(0).partitions.at(0).error_code ==
          ErrorCode::none);
    commit.generation_id += 1;
    commit.topics[0].partitions[0].committed_offset = 43;
    CHECK(
        client.ask<kafka::OffsetCommitResponse>(commit).topics.at(0).partitions.at(0).error_code ==
        ErrorCode::illegal_generation);
  }
  machine.crash();
  machine.start();
  Client client(machine);
  kafka::OffsetFetchRequest fetch;
  fetch.groups = {{"g", std::nullopt, -1, std::nullopt}};
  const auto fetched = client.ask<kafka::OffsetFetchResponse>(fetch);
  const auto& partition = fetched.groups.at(0).topics.at(0).partitions.at(0);
  CHECK(partition.committed_offset == 42);
  CHECK(partition.metadata == "half way");
}

TEST_CASE("producer ids are never given twice") {
  Machine machine;
  int64_t last = -1;
  for (int life = 0; life < 3; ++life) {
    machine.start();
    for (int i = 0; i < 1500; ++i) {
      Client client(machine);
      const auto given = client.ask<kafka::InitProducerIdResponse>(kafka::InitProducerIdRequest{});
      REQUIRE(given.producer_id > last);
      last = given.producer_id;
    }
    machine.crash();
  }
}

TEST_CASE("metadata makes topics, when asked to") {
  Machine machine;
  machine.start();
  Client client(machine);
  kafka::MetadataRequest request;
  request.topics.emplace().push_back({kafka::Uuid{}, "orders"});
  request.allow_auto_topic_creation = false;
  CHECK(client.ask<kafka::MetadataResponse>(request).topics.at(0).error_code ==
        ErrorCode::unknown_topic_or_partition);
  request.allow_auto_topic_creation = true;
  CHECK(client.ask<kafka::MetadataResponse>(request).topics.at(0).error_code ==
        ErrorCode::unknown_topic_or_partition);  // it is being made
  const auto made = client.ask<kafka::MetadataResponse>(request);
  CHECK(made.topics.at(0).partitions.size() == 1);
  CHECK(made.brokers.at(0).port == 9092);
  request.topics->at(0).name = "not/a/topic";
  CHECK(client.ask<kafka::MetadataResponse>(request).topics.at(0).error_code ==
        ErrorCode::invalid_topic);
}

TEST_CASE("metadata makes no topic too near another in name") {
  Machine machine;
  machine.start();
  REQUIRE(machine.store->create("a.b_c", 1).ok());
  Client client(machine);
  kafka::MetadataRequest request;
  request.topics.emplace().push_back({kafka::Uuid{}, "a_b.c"});
  request.allow_auto_topic_creation = true;
  for (int i = 0; i < 2; ++i) {
    CHECK(client.ask<kafka::MetadataResponse>(request).topics.at(0).error_code ==
          ErrorCode::unknown_topic_or_partition);
  }
  CHECK(machine.store->find("a_b.c") == nullptr);
}

TEST_CASE("a topic that one request names twice is not made, and answered once") {
  Machine machine;
  machine.start();
  Client client(machine);
  kafka::CreateTopicsRequest request;
  for (const char* name : {"once", "twice", "twice"}) {
    auto& topic = request.topics.emplace_back();
    topic.name = name;
    topic.partition_count = 1;
    topic.replication_factor = 1;
  }
  const auto answer = client.ask<kafka::CreateTopicsResponse>(request);
  REQUIRE(answer.topics.size() == 2);
  CHECK(answer.topics[0].error_code == ErrorCode::none);
  CHECK(answer.topics[1].error_code == ErrorCode::invalid_request);
  CHECK(machine.store->find("twice") == nullptr);
}

TEST_CASE("who was never in a group is told so when leaving it, in the oldest version too") {
  Machine machine;
  machine.start();
  Client client(machine);
  kafka::LeaveGroupRequest leave;
  leave.group_id = "nobody's";
  CHECK(client.ask<kafka::LeaveGroupResponse>(leave, 0).error_code == ErrorCode::unknown_member_id);
}

TEST_CASE("topics are made away from the loop, which serves others meanwhile") {
  Machine machine;
  machine.start();
  Client client(machine);
  kafka::CreateTopicsRequest request;
  request.topics.resize(1);
  request.topics[0].name = "many";
  request.topics[0].partition_count = 100;
  request.topics[0].replication_factor = 1;
  client.send_only(request);
  const uint64_t steps = machine.files.steps();
  while (machine.loop->run_ready()) {
  }
  CHECK(machine.files.steps() == steps);
  CHECK(client.answered() == 0);
  Client other(machine);
  other.send_only(kafka::MetadataRequest{});
  CHECK(other.take<kafka::MetadataResponse>().topics.empty());
  machine.settle();
  CHECK(client.take<kafka::CreateTopicsResponse>().topics.at(0).error_code == ErrorCode::none);
  CHECK(machine.store->find("many")->partitions.size() == 100);
}

namespace {

kafka::CreateTopicsRequest creation_of(const std::string& name) {
  kafka::CreateTopicsRequest request;
  request.topics.push_back({name, 1, 1, {}, {}});
  return request;
}

}  // namespace

TEST_CASE("what waits away from the loop is bounded in number and bytes, over all clients") {
  Machine machine;
  SUBCASE("number") { machine.options.most_off_loop = 2; }
  SUBCASE("bytes") { machine.options.most_off_loop_bytes = 300; }
  machine.start();
  const std::string name(100, 'n');
  Client first(machine);
  Client second(machine);
  Client third(machine);
  first.send_only(creation_of(name + "1"));
  second.send_only(creation_of(name + "2"));
  CHECK_FALSE(second.closed());
  third.send_only(creation_of(name + "3"));
  CHECK(third.closed());
  CHECK(machine.logged.find("too many requests wait for the disk: 2") != std::string::npos);
  machine.settle();
  CHECK(first.answered() == 1);
  CHECK(second.answered() == 1);
  CHECK(machine.store->find(name + "3") == nullptr);
  // There is room again, and for one however large.
  Client fourth(machine);
  const auto large = creation_of(std::string(1'000, 'n'));
  CHECK(fourth.ask<kafka::CreateTopicsResponse>(large).topics.at(0).error_code ==
        ErrorCode::invalid_topic);
}

TEST_CASE("what fails away from the loop, or after it, ends its connection and no more") {
  Machine machine;
  machine.start();
  const Endpoint endpoint;
  bool closed = false;
  const auto session = std::make_shared<Session>(
      *machine.broker, endpoint, "127.0.0.1:1",
      Session::Events{[](const kafka::Frame&) {}, [&closed] { closed = true; }});
  const Answer answer(session, 0, {});
  const auto fails = [] { throw std::bad_alloc(); };
  bool finished = false;
  SUBCASE("away") {
    machine.broker->off_loop(answer, fails, [&] { finished = true; });
  }
  SUBCASE("after") {
    machine.broker->off_loop(answer, [] {}, fails);
  }
  machine.settle();
  CHECK(closed);
  CHECK_FALSE(finished);
  CHECK(machine.logged.find("bad_alloc") != std::string::npos);
  Client client(machine);
  CHECK(client.ask<kafka::CreateTopicsResponse>(creation_of("t")).topics.at(0).error_code ==
        ErrorCode::none);
}

TEST_CASE("a request that makes no sense ends its connection, and is logged") {
  Machine machine;
  machine.start();
  Client client(machine);
  client.receive_raw("nonsense");
  CHECK(client.closed());
  CHECK(machine.logged.find("request refused") != std::string::npos);
  CHECK(machine.logged.find("API 28271 version 28275") != std::string::npos);
  Client other(machine);
  other.receive_raw("non");
  CHECK(other.closed());
  CHECK(machine.logged.find("without a header") != std::string::npos);
}

TEST_CASE("of a request that breaks off the log says which it was") {
  Machine machine;
  machine.start();
  Client client(machine, "billing");
  kafka::Writer out;
  kafka::RequestHeader{kafka::ApiKey::create_topics, 4, 7, "billing"}.encode(out);
  client.receive_raw(out.take() + "\x7f");
  CHECK(client.closed());
  CHECK(machine.logged.find("CreateTopics version 4, client id 'billing'") != std::string::npos);
}

TEST_CASE("names as long as the protocol can say do not end the server") {
  Machine machine;
  machine.start();
  const std::string longest(INT16_MAX, 'x');
  {
    // Quoted in a message, the name makes a string that is none; its client alone is shown out.
    Client client(machine);
    kafka::CreateTopicsRequest request;
    request.topics.push_back({"orders", 1, 1, {}, {{longest, "1"}}});
    client.send(request);
    CHECK(client.closed());
    CHECK(machine.logged.find("cannot write a string of 32") != std::string::npos);
  }
  Client client(machine, longest);
  const auto told = client.ask<kafka::JoinGroupResponse>(join_of(""));
  CHECK(told.error_code == ErrorCode::member_id_required);
  CHECK(told.member_id.starts_with("xxx"));
  CHECK_FALSE(client.closed());
}

}  // namespace millrace::broker
