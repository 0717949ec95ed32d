// Transactions as a client sees them: over frames, through crashes, and when nobody ends them.

#include "broker/transactions/transactions.h"

#include <doctest/doctest.h>

#include "broker/test_machine.h"
#include "kafka/messages/add_offsets_to_txn.h"
#include "kafka/messages/add_partitions_to_txn.h"
#include "kafka/messages/api_versions.h"
#include "kafka/messages/describe_producers.h"
#include "kafka/messages/describe_transactions.h"
#include "kafka/messages/end_txn.h"
#include "kafka/messages/fetch.h"
#include "kafka/messages/init_producer_id.h"
#include "kafka/messages/join_group.h"
#include "kafka/messages/list_offsets.h"
#include "kafka/messages/list_transactions.h"
#include "kafka/messages/offset_fetch.h"
#include "kafka/messages/produce.h"
#include "kafka/messages/txn_offset_commit.h"
#include "kafka/messages/write_txn_markers.h"
#include "kafka/records.h"

namespace millrace::broker {

namespace {

constexpr int16_t kExplicit = 11;  // versions before a transaction's partitions were implicit
constexpr int16_t kExplicitEnd = 4;

// A transactional producer over one connection; version 2 of transactions unless told otherwise.
class Producer {
 public:
  Producer(Machine& machine, std::string id, int16_t produce_version = 12, int16_t end_version = 5)
      : machine_(machine),
        client_(machine),
        id_(std::move(id)),
        produce_version_(produce_version),
        end_version_(end_version) {}

  ErrorCode begin(int32_t timeout_ms = 60'000) {
    kafka::InitProducerIdRequest request;
    request.transactional_id = id_;
    request.transaction_timeout_ms = timeout_ms;
    client_.send(request);
    machine_.sync();
    const auto response = client_.take<kafka::InitProducerIdResponse>();
    if (response.error_code == ErrorCode::none) {
      producer_id = response.producer_id;
      epoch = response.producer_epoch;
      sequence_ = 0;
    }
    return response.error_code;
  }
  ErrorCode add(const std::string& topic) {
    kafka::AddPartitionsToTxnRequest request;
    request.transactional_id = id_;
    request.producer_id = producer_id;
    request.producer_epoch = epoch;
    request.topics = {{topic, {0}}};
    client_.send(request, 3);
    machine_.sync();
    return client_.take<kafka::AddPartitionsToTxnResponse>(3)
        .topics.at(0)
        .partitions.at(0)
        .error_code;
  }
  ErrorCode send(const std::string& topic, const std::string& value) {
    kafka::BatchBuilder batch;
    batch.add({1}, std::nullopt, value);
    kafka::ProduceRequest request;
    request.transactional_id = id_;
    request.acks = -1;
    request.topics = {
        {topic,
         {},
         {{0, SharedBytes::copy_of(batch.finish({.id = producer_id,
                                                 .epoch = epoch,
                                                 .base_sequence = sequence_,
                                                 .attributes = kafka::kTransactionalBit}))}}}};
    client_.send(request, produce_version_);
    machine_.sync();
    const auto error = client_.take<kafka::ProduceResponse>(produce_version_)
                           .topics.at(0)
                           .partitions.at(0)
                           .error_code;
    sequence_ += error == ErrorCode::none ? 1 : 0;
    return error;
  }
  void send_end(kafka::TransactionResult result) {
    client_.send(
        kafka::EndTxnRequest{id_, producer_id, epoch, result == kafka::TransactionResult::commit},
        end_version_);
  }
  ErrorCode take_end() {
    const auto response = client_.take<kafka::EndTxnResponse>(end_version_);
    if (response.error_code == ErrorCode::none && end_version_ >= 5) {
      producer_id = response.producer_id;
      epoch = response.producer_epoch;
      sequence_ = 0;
    }
    return response.error_code;
  }
  ErrorCode end(kafka::TransactionResult result) {
    send_end(result);
    machine_.sync();
    machine_.sync();
    return take_end();
  }
  ErrorCode commit() { return end(kafka::TransactionResult::commit); }
  ErrorCode abort() { return end(kafka::TransactionResult::abort); }
  ErrorCode commit_offset(const std::string& group, int64_t offset) {
    kafka::TxnOffsetCommitRequest request;
    request.transactional_id = id_;
    request.group_id = group;
    request.producer_id = producer_id;
    request.producer_epoch = epoch;
    request.topics = {{"orders", {{0, offset, -1, "m"}}}};
    client_.send(request);
    machine_.sync();
    return client_.take<kafka::TxnOffsetCommitResponse>().topics.at(0).partitions.at(0).error_code;
  }
  Client& client() { return client_; }

  int64_t producer_id = -1;
  int16_t epoch = -1;

 private:
  Machine& machine_;
  Client client_;
  std::string id_;
  int16_t produce_version_;
  int16_t end_version_;
  int32_t sequence_ = 0;
};

struct Seen {
  std::vector<std::string> values;
  int64_t stable = -1;
};

// What a consumer of committed records makes of a whole partition, as Kafka's clients do it.
Seen committed(Machine& machine, const std::string& topic) {
  Client client(machine);
  kafka::FetchRequest request;
  request.min_bytes = 0;
  request.max_bytes = 1 << 20;
  request.isolation_level = 1;
  request.topics = {{topic, {}, {{}}}};
  request.topics[0].partitions[0].max_bytes = 1 << 20;
  const auto response = client.ask<kafka::FetchResponse>(request);
  const auto& partition = response.topics.at(0).partitions.at(0);
  Seen seen{{}, partition.last_stable_offset};
  auto aborted = partition.aborted_transactions.value();
  std::map<int64_t, bool> skipped;
  for (std::string_view rest = partition.records->view(); !rest.empty();) {
    const auto batch = kafka::BatchView::front_of(rest);
    rest.remove_prefix(batch->size());
    std::erase_if(aborted, [&](const auto& transaction) {
      const bool begins = transaction.first_offset <= batch->last_offset().value;
      skipped[transaction.producer_id] |= begins;
      return begins;
    });
    if (const auto marker = kafka::end_marker_in(*batch)) {
      skipped.erase(marker->producer_id);
    } else if (!batch->is_transactional() || !skipped[batch->producer_id()]) {
      kafka::Records records(*batch);
      while (const kafka::Record* record = records.next()) {
        seen.values.emplace_back(*record->value);
      }
    }
  }
  return seen;
}

using Values = std::vector<std::string>;

Machine& started(Machine& machine) {
  machine.start();
  REQUIRE(machine.store->create("orders", 1).ok());
  REQUIRE(machine.store->create("sums", 1).ok());
  return machine;
}

int64_t committed_offset(Machine& machine, const std::string& group, bool stable,
                         ErrorCode& error) {
  Client client(machine);
  kafka::OffsetFetchRequest request;
  request.groups.push_back({group, std::nullopt, -1, {{{"orders", {}, {0}}}}});
  request.require_stable = stable;
  const auto response = client.ask<kafka::OffsetFetchResponse>(request);
  const auto& partition = response.groups.at(0).topics.at(0).partitions.at(0);
  error = partition.error_code;
  return partition.committed_offset;
}

}  // namespace

TEST_CASE("committed records are seen once decided, aborted ones never, and epochs move on") {
  Machine machine;
  started(machine);
  Producer producer(machine, "t");
  REQUIRE(producer.begin() == ErrorCode::none);
  CHECK(producer.epoch == 0);
  CHECK(producer.send("orders", "a") == ErrorCode::none);
  CHECK(producer.send("sums", "b") == ErrorCode::none);
  CHECK(committed(machine, "orders").values.empty());
  CHECK(committed(machine, "orders").stable == 0);
  CHECK(producer.commit() == ErrorCode::none);
  CHECK(producer.epoch == 1);
  CHECK(committed(machine, "orders").values == Values{"a"});
  CHECK(committed(machine, "sums").values == Values{"b"});
  CHECK(producer.send("orders", "c") == ErrorCode::none);
  CHECK(producer.abort() == ErrorCode::none);
  CHECK(producer.epoch == 2);
  CHECK(producer.send("orders", "d") == ErrorCode::none);
  CHECK(producer.commit() == ErrorCode::none);
  CHECK(committed(machine, "orders").values == Values{"a", "d"});
  CHECK(committed(machine, "orders").stable == 6);  // with three markers
}

TEST_CASE("a producer of one epoch adds partitions itself, and writes nowhere else") {
  Machine machine;
  started(machine);
  Producer producer(machine, "t", kExplicit, kExplicitEnd);
  REQUIRE(producer.begin() == ErrorCode::none);
  CHECK(producer.send("orders", "early") == ErrorCode::transaction_abortable);
  CHECK(producer.add("orders") == ErrorCode::none);
  CHECK(producer.add("nowhere") == ErrorCode::unknown_topic_or_partition);
  for (const auto* value : {"a", "b"}) {
    CHECK(producer.add("orders") == ErrorCode::none);
    CHECK(producer.send("orders", value) == ErrorCode::none);
    CHECK(producer.send("sums", value) == ErrorCode::transaction_abortable);
    CHECK(producer.commit() == ErrorCode::none);
    CHECK(producer.commit() == ErrorCode::none);  // the same request again
    CHECK(producer.abort() == ErrorCode::invalid_txn_state);
    CHECK(producer.epoch == 0);
  }
  CHECK(producer.send("orders", "late") == ErrorCode::transaction_abortable);
  CHECK(committed(machine, "orders").values == Values{"a", "b"});
}

TEST_CASE("who asks whether a partition is of a transaction is told, and adds nothing by it") {
  Machine machine;
  started(machine);
  Producer producer(machine, "t", kExplicit, kExplicitEnd);
  REQUIRE(producer.begin() == ErrorCode::none);
  REQUIRE(producer.add("orders") == ErrorCode::none);
  const auto verify = [&](const std::string& id, int64_t producer_id, int16_t epoch,
                          const std::string& topic) {
    kafka::AddPartitionsToTxnRequest request;
    request.transactions = {{id, producer_id, epoch, true, {{topic, {0}}}}};
    producer.client().send(request, 5);
    machine.sync();
    const auto response = producer.client().take<kafka::AddPartitionsToTxnResponse>(5);
    return response.transactions.at(0).topics.at(0).partitions.at(0).error_code;
  };
  const int64_t producer_id = producer.producer_id;
  const int16_t epoch = producer.epoch;
  CHECK(verify("t", producer_id, epoch, "orders") == ErrorCode::none);
  for (int i = 0; i < 2; ++i) {
    CHECK(verify("t", producer_id, epoch, "sums") == ErrorCode::transaction_abortable);
  }
  CHECK(producer.send("sums", "a") == ErrorCode::transaction_abortable);
  CHECK(verify("t", producer_id, 7, "orders") == ErrorCode::producer_fenced);
  CHECK(verify("t", 4711, epoch, "orders") == ErrorCode::invalid_producer_id_mapping);
  CHECK(verify("u", producer_id, epoch, "orders") == ErrorCode::invalid_producer_id_mapping);
  CHECK(verify("t", producer_id, epoch, "nowhere") == ErrorCode::unknown_topic_or_partition);
  CHECK(producer.commit() == ErrorCode::none);
  CHECK(verify("t", producer_id, epoch, "orders") == ErrorCode::transaction_abortable);
}

TEST_CASE("whoever takes over a transactional id shuts out the one before, and aborts its work") {
  Machine machine;
  started(machine);
  Producer before(machine, "t");
  Producer after(machine, "t");
  REQUIRE(before.begin() == ErrorCode::none);
  CHECK(before.send("orders", "lost") == ErrorCode::none);
  CHECK(after.begin() == ErrorCode::concurrent_transactions);  // the abort is under way
  machine.sync();
  machine.sync();
  CHECK(after.begin() == ErrorCode::none);
  CHECK(after.producer_id == before.producer_id);
  CHECK(after.epoch == before.epoch + 2);
  CHECK(before.send("orders", "zombie") == ErrorCode::invalid_producer_epoch);
  CHECK(before.commit() == ErrorCode::producer_fenced);
  CHECK(after.send("orders", "kept") == ErrorCode::none);
  CHECK(after.commit() == ErrorCode::none);
  CHECK(committed(machine, "orders").values == Values{"kept"});
}

TEST_CASE("a transaction that nobody ends is aborted after its timeout") {
  Machine machine;
  started(machine);
  Producer producer(machine, "t");
  REQUIRE(producer.begin(5'000) == ErrorCode::none);
  CHECK(producer.send("orders", "a") == ErrorCode::none);
  for (int second = 0; second < 7; ++second) {
    machine.pass(Duration::seconds(1));
    machine.sync();
  }
  CHECK(committed(machine, "orders").values.empty());
  CHECK(committed(machine, "orders").stable == 2);
  CHECK(producer.commit() == ErrorCode::invalid_txn_state);
  CHECK(producer.send("orders", "b") == ErrorCode::invalid_producer_epoch);
  CHECK(producer.begin() == ErrorCode::none);
  CHECK(producer.begin(0) == ErrorCode::invalid_transaction_timeout);
  CHECK(producer.begin(900'001) == ErrorCode::invalid_transaction_timeout);
}

TEST_CASE("offsets of a transaction count once it is committed, and are known to be undecided") {
  Machine machine;
  started(machine);
  Producer producer(machine, "t");
  REQUIRE(producer.begin() == ErrorCode::none);
  ErrorCode error = ErrorCode::none;
  CHECK(producer.commit_offset("g", 5) == ErrorCode::none);
  CHECK(committed_offset(machine, "g", false, error) == -1);
  CHECK(error == ErrorCode::none);
  CHECK(committed_offset(machine, "g", true, error) == -1);
  CHECK(error == ErrorCode::unstable_offset_commit);
  CHECK(producer.commit() == ErrorCode::none);
  CHECK(committed_offset(machine, "g", true, error) == 5);
  CHECK(producer.commit_offset("g", 9) == ErrorCode::none);
  CHECK(producer.abort() == ErrorCode::none);
  CHECK(committed_offset(machine, "g", true, error) == 5);
  machine.crash();
  machine.start();
  CHECK(committed_offset(machine, "g", true, error) == 5);
  CHECK(error == ErrorCode::none);
}

TEST_CASE("a transaction that names no member commits for a group that has some") {
  Machine machine;
  started(machine);
  Client member(machine);
  kafka::JoinGroupRequest join;
  join.group_id = "g";
  join.session_timeout_ms = 10'000;
  join.rebalance_timeout_ms = 60'000;
  join.protocol_type = "consumer";
  join.protocols = {{"range", "subscription"}};
  REQUIRE(member.ask<kafka::JoinGroupResponse>(join, 2).error_code == ErrorCode::none);
  Producer producer(machine, "t");
  REQUIRE(producer.begin() == ErrorCode::none);
  CHECK(producer.commit_offset("g", 5) == ErrorCode::none);
  CHECK(producer.commit() == ErrorCode::none);
  ErrorCode error = ErrorCode::none;
  CHECK(committed_offset(machine, "g", true, error) == 5);
}

TEST_CASE("what was prepared is completed after a crash; what was not is aborted by its timeout") {
  for (const bool is_prepared : {false, true}) {
    CAPTURE(is_prepared);
    Machine machine;
    started(machine);
    {
      Producer producer(machine, "t");
      REQUIRE(producer.begin(5'000) == ErrorCode::none);
      REQUIRE(producer.send("orders", "a") == ErrorCode::none);
      REQUIRE(producer.send("sums", "b") == ErrorCode::none);
      REQUIRE(producer.commit_offset("g", 7) == ErrorCode::none);
      if (is_prepared) {
        producer.send_end(kafka::TransactionResult::commit);
        machine.syncer->step();  // durable, and nobody told
      }
    }
    machine.crash();
    machine.start();
    for (int second = 0; second < 7; ++second) {
      machine.pass(Duration::seconds(1));
      machine.sync();
    }
    CHECK(committed(machine, "orders").values == (is_prepared ? Values{"a"} : Values{}));
    CHECK(committed(machine, "sums").values == (is_prepared ? Values{"b"} : Values{}));
    CHECK(committed(machine, "orders").stable == 2);
    ErrorCode error = ErrorCode::none;
    CHECK(committed_offset(machine, "g", true, error) == (is_prepared ? 7 : -1));
    CHECK(error == ErrorCode::none);
    Producer again(machine, "t");
    CHECK(again.begin() == ErrorCode::none);
  }
}

TEST_CASE("a transaction whose beginning the crash took is aborted at start") {
  Machine machine;
  started(machine);
  {
    // Durable data of a producer of whom the coordinator knows nothing.
    kafka::BatchBuilder batch;
    batch.add({1}, std::nullopt, "orphan");
    const auto partition = machine.store->find("orders")->find(PartitionIndex(0));
    partition->append(batch.finish(
        {.id = 77, .epoch = 3, .base_sequence = 0, .attributes = kafka::kTransactionalBit}));
    partition->sync();
    CHECK(partition->stable_offset() == Offset(0));
  }
  machine.crash();
  machine.start();
  CHECK(committed(machine, "orders").values.empty());
  CHECK(committed(machine, "orders").stable == 2);
  CHECK(machine.logged.find("cut off is aborted") != std::string::npos);
}

TEST_CASE("a full disk keeps a decided transaction decided, and completes it later") {
  Machine machine;
  started(machine);
  Producer producer(machine, "t");
  REQUIRE(producer.begin() == ErrorCode::none);
  REQUIRE(producer.send("orders", "a") == ErrorCode::none);
  producer.send_end(kafka::TransactionResult::commit);
  machine.files.set_capacity(0);
  machine.sync();
  CHECK(producer.take_end() == ErrorCode::coordinator_not_available);
  CHECK(producer.begin() == ErrorCode::concurrent_transactions);
  machine.files.set_capacity(UINT64_MAX);
  machine.pass(Duration::seconds(1));
  machine.sync();  // the decision once more, before anybody is told
  machine.sync();  // what they were told
  CHECK(committed(machine, "orders").values == Values{"a"});
  CHECK(producer.commit() == ErrorCode::none);
}

TEST_CASE("an exhausted epoch is followed by a new producer id") {
  Machine machine;
  started(machine);
  Producer producer(machine, "t");
  REQUIRE(producer.begin() == ErrorCode::none);
  const int64_t first = producer.producer_id;
  for (int i = 0; producer.producer_id == first; ++i) {
    REQUIRE(i <= INT16_MAX);
    REQUIRE(producer.abort() == ErrorCode::none);
  }
  CHECK(producer.epoch == 0);
  CHECK(producer.send("orders", "a") == ErrorCode::none);
  CHECK(producer.commit() == ErrorCode::none);
  CHECK(committed(machine, "orders").values == Values{"a"});
}

TEST_CASE("tools see transactions and producers, and may end what hangs") {
  Machine machine;
  started(machine);
  Producer producer(machine, "t");
  REQUIRE(producer.begin() == ErrorCode::none);
  REQUIRE(producer.send("orders", "a") == ErrorCode::none);
  Client tool(machine);
  kafka::ListTransactionsRequest list;
  CHECK(tool.ask<kafka::ListTransactionsResponse>(list).transactions.at(0).state == "Ongoing");
  list.states = {"Empty", "Nonsense"};
  const auto none = tool.ask<kafka::ListTransactionsResponse>(list);
  CHECK(none.transactions.empty());
  CHECK(none.unknown_states == Values{"Nonsense"});
  list.states.clear();
  list.id_pattern = "x.*";
  CHECK(tool.ask<kafka::ListTransactionsResponse>(list).transactions.empty());
  const auto described = tool.ask<kafka::DescribeTransactionsResponse>(
      kafka::DescribeTransactionsRequest{{"t", "unknown"}});
  CHECK(described.transactions.at(0).topics.at(0).name == "orders");
  CHECK(described.transactions.at(1).error_code == ErrorCode::transactional_id_not_found);
  const kafka::DescribeProducersRequest producers{{{"orders", {0}}}};
  const auto active =
      tool.ask<kafka::DescribeProducersResponse>(producers).topics.at(0).partitions.at(0);
  CHECK(active.producers.at(0).transaction_start == 0);
  kafka::WriteTxnMarkersRequest end;
  end.markers.push_back({producer.producer_id, producer.epoch, false, {{"orders", {0}}}, 0, 0});
  CHECK(tool.ask<kafka::WriteTxnMarkersResponse>(end)
            .markers.at(0)
            .topics.at(0)
            .partitions.at(0)
            .error_code == ErrorCode::none);
  CHECK(committed(machine, "orders").stable == 2);
  CHECK(committed(machine, "orders").values.empty());
}

TEST_CASE("clients are told that an epoch lasts one transaction") {
  Machine machine;
  machine.start();
  Client client(machine);
  const auto features =
      client.ask<kafka::ApiVersionsResponse>(kafka::ApiVersionsRequest{}).finalized_features;
  REQUIRE(features.has_value());
  CHECK(features->at(0).name == "transaction.version");
  CHECK(features->at(0).max_version == 2);
}

TEST_CASE("what the log says after a restart is what the coordinator knew") {
  Machine machine;
  started(machine);
  {
    Producer one(machine, "one");
    Producer two(machine, "two", kExplicit, kExplicitEnd);
    REQUIRE(one.begin() == ErrorCode::none);
    REQUIRE(two.begin(7'000) == ErrorCode::none);
    REQUIRE(one.send("orders", "a") == ErrorCode::none);
    REQUIRE(one.commit() == ErrorCode::none);
    REQUIRE(one.send("sums", "b") == ErrorCode::none);
    REQUIRE(two.add("orders") == ErrorCode::none);
  }
  std::vector<Transaction> before;
  for (const Transaction* transaction : machine.broker->transactions().list()) {
    before.push_back(*transaction);
    before.back().last_epoch = Transaction::kNoEpoch;  // kept for a producer that asks again
  }
  machine.stop();
  machine.start();
  std::vector<Transaction> after;
  for (const Transaction* transaction : machine.broker->transactions().list()) {
    after.push_back(*transaction);
  }
  CHECK(before == after);
}

}  // namespace millrace::broker
