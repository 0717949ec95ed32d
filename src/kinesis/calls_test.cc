// Calls as they come in, on a disk and a clock that the test owns.

#include "kinesis/calls.h"

#include <doctest/doctest.h>

#include "broker/test_machine.h"
#include "kafka/end_marker.h"
#include "kafka/records.h"
#include "kinesis/endpoint.h"
#include "kinesis/shard.h"

namespace millrace::kinesis {

namespace {

struct Machine : broker::Machine {
  Machine() { begin(); }

  void begin() {
    start();
    service.emplace(*broker, ServiceOptions{.directory = "data", .limits = limits});
  }
  void restart() {
    service.reset();
    crash();
    begin();
  }

  // Sent, and nothing is synced yet.
  std::shared_ptr<std::optional<io::http::Response>> send(const std::string& call,
                                                          std::string body) {
    auto answer = std::make_shared<std::optional<io::http::Response>>();
    const auto reply = std::make_shared<Reply>(
        Encoding::json, [answer](io::http::Response response) { *answer = std::move(response); });
    carry_out(*service,
              {find_call(call), Encoding::json, std::move(body), "us-east-1", "127.0.0.1"}, reply);
    settle();
    return answer;
  }
  // "ResourceNotFoundException" for a refused one.
  Json ask(const std::string& call, const std::string& body) {
    const auto answer = send(call, body);
    while (!*answer) {
      REQUIRE(syncer->step());
      settle();
    }
    const Json json = (*answer)->body.empty() ? Json() : Json::parse((*answer)->body);
    if ((*answer)->status != 200) {
      return json.at("__type");
    }
    return json;
  }
  std::string fault(const std::string& call, const std::string& body) {
    const Json answer = ask(call, body);
    return answer.is_string() ? answer.as_string() : "none";
  }

  std::string iterator(const std::string& members) {
    return ask("GetShardIterator",
               R"({"StreamName":"s","ShardId":"shardId-000000000000",)" + members + "}")
        .at("ShardIterator")
        .as_string();
  }
  Json read(const std::string& from, const std::string& more = "") {
    return ask("GetRecords", R"({"ShardIterator":")" + from + "\"" + more + "}");
  }
  // The data of the records from there on.
  std::string data(const std::string& from, const std::string& more = "") {
    const Json answer = read(from, more);
    std::string all;
    for (const Json& record : answer.at("Records").as_array()) {
      all += record.at("Data").as_string() + " ";
    }
    return all;
  }
  void put(const std::string& data) {
    REQUIRE(fault("PutRecord", R"({"StreamName":"s","PartitionKey":"k","Data":")" + data + "\"}") ==
            "none");
  }

  ShardLimitOptions limits;
  std::optional<Service> service;
};

const std::string kMakeStream = R"({"StreamName":"s","ShardCount":1})";
const std::string kFromStart = R"("ShardIteratorType":"TRIM_HORIZON")";

}  // namespace

TEST_CASE("a put record is answered when it is durable, and survives a crash then") {
  Machine machine;
  REQUIRE(machine.fault("CreateStream", kMakeStream) == "none");
  const auto answer =
      machine.send("PutRecord", R"({"StreamName":"s","PartitionKey":"k","Data":"YQ=="})");
  CHECK_FALSE(*answer);
  machine.sync();
  REQUIRE(*answer);
  CHECK((*answer)->status == 200);
  machine.restart();
  CHECK(machine.data(machine.iterator(kFromStart)) == "YQ== ");
  CHECK(machine.ask("DescribeStreamSummary", R"({"StreamName":"s"})")
            .at("StreamDescriptionSummary")
            .at("StreamModeDetails")
            .at("StreamMode")
            .as_string() == "PROVISIONED");
}

TEST_CASE("iterators begin where they are told") {
  Machine machine;
  REQUIRE(machine.fault("CreateStream", kMakeStream) == "none");
  const std::string latest = machine.iterator(R"("ShardIteratorType":"LATEST")");
  for (const char* data : {"YQ==", "Yg==", "Yw=="}) {
    machine.put(data);
    machine.pass(Duration::seconds(1));
  }
  const std::string second = sequence_number({0, Offset(1)});
  CHECK(machine.data(machine.iterator(kFromStart)) == "YQ== Yg== Yw== ");
  CHECK(machine.data(latest) == "YQ== Yg== Yw== ");
  CHECK(machine.data(machine.iterator(
            R"("ShardIteratorType":"AT_SEQUENCE_NUMBER","StartingSequenceNumber":")" + second +
            "\"")) == "Yg== Yw== ");
  CHECK(machine.data(machine.iterator(
            R"("ShardIteratorType":"AFTER_SEQUENCE_NUMBER","StartingSequenceNumber":")" + second +
            "\"")) == "Yw== ");
  machine.pass(Duration::seconds(2));
  CHECK(machine.data(machine.iterator(
            R"("ShardIteratorType":"AT_TIMESTAMP","Timestamp":1700000001)")) == "Yg== Yw== ");
  CHECK(machine.data(machine.iterator(
            R"("ShardIteratorType":"AT_TIMESTAMP","Timestamp":1700000004.5)")) == "");
}

TEST_CASE("reading goes on where it stopped, and says how far it is behind") {
  Machine machine;
  REQUIRE(machine.fault("CreateStream", kMakeStream) == "none");
  for (const char* data : {"YQ==", "Yg==", "Yw=="}) {
    machine.put(data);
  }
  machine.pass(Duration::seconds(7));
  const Json first = machine.read(machine.iterator(kFromStart), R"(,"Limit":2)");
  CHECK(first.at("Records").as_array().size() == 2);
  CHECK(first.at("MillisBehindLatest").as_int() == 7000);
  const Json second = machine.read(first.at("NextShardIterator").as_string());
  CHECK(second.at("Records").as_array().size() == 1);
  CHECK(second.at("MillisBehindLatest").as_int() == 0);
}

TEST_CASE("an iterator lives five minutes, and no longer than its stream") {
  Machine machine;
  REQUIRE(machine.fault("CreateStream", kMakeStream) == "none");
  const std::string old = machine.iterator(kFromStart);
  machine.pass(Duration::seconds(300));
  CHECK_FALSE(machine.read(old).is_string());
  machine.pass(Duration::seconds(1));
  CHECK(machine.read(old).as_string() == "ExpiredIteratorException");
  const std::string present = machine.iterator(kFromStart);
  std::string damaged = present;
  damaged[10] = damaged[10] == 'A' ? 'B' : 'A';
  CHECK(machine.read(damaged).as_string() == "InvalidArgumentException");
  REQUIRE(machine.fault("DeleteStream", R"({"StreamName":"s"})") == "none");
  REQUIRE(machine.fault("CreateStream", kMakeStream) == "none");
  CHECK(machine.read(present).as_string() == "ResourceNotFoundException");
}

TEST_CASE("records of a transaction show once it is committed") {
  Machine machine;
  REQUIRE(machine.fault("CreateStream", kMakeStream) == "none");
  const auto log = machine.store->find("s")->find(PartitionIndex(0));
  const auto write = [&](const char* value, int64_t producer) {
    kafka::BatchBuilder batch;
    batch.add(machine.clock.now(), "k", value);
    const auto appended = log->append(batch.finish(
        {.id = producer, .epoch = 0, .base_sequence = 0, .attributes = kafka::kTransactionalBit}));
    REQUIRE(appended.error_code == kafka::ErrorCode::none);
  };
  write("a", 1);
  const std::string start = machine.iterator(kFromStart);
  CHECK(machine.data(start) == "");
  write("b", 2);
  REQUIRE(log->append({1, 0, 0, kafka::TransactionResult::abort}).error_code ==
          kafka::ErrorCode::none);
  CHECK(machine.data(start) == "");
  REQUIRE(log->append({2, 0, 0, kafka::TransactionResult::commit}).error_code ==
          kafka::ErrorCode::none);
  CHECK(machine.data(start) == "Yg== ");
}

TEST_CASE("what exceeds a shard's limits fails by itself, unless the stream is on demand") {
  Machine machine;
  machine.limits.write_records = 2;
  machine.restart();
  REQUIRE(machine.fault("CreateStream", kMakeStream) == "none");
  const std::string three =
      R"({"StreamName":"s","Records":[{"PartitionKey":"k","Data":"YQ=="},)"
      R"({"PartitionKey":"k","Data":"Yg=="},{"PartitionKey":"k","Data":"Yw=="}]})";
  const Json answer = machine.ask("PutRecords", three);
  CHECK(answer.at("FailedRecordCount").as_int() == 1);
  CHECK(answer.at("Records").as_array()[2].at("ErrorCode").as_string() ==
        "ProvisionedThroughputExceededException");
  CHECK(machine.fault("PutRecord", R"({"StreamName":"s","PartitionKey":"k","Data":""})") ==
        "ProvisionedThroughputExceededException");
  CHECK(machine.data(machine.iterator(kFromStart)) == "YQ== Yg== ");
  REQUIRE(machine.fault("UpdateStreamMode",
                        R"({"StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/s",)"
                        R"("StreamModeDetails":{"StreamMode":"ON_DEMAND"}})") == "none");
  CHECK(machine.ask("PutRecords", three).at("FailedRecordCount").as_int() == 0);
}

TEST_CASE("faults have AWS's names") {
  Machine machine;
  REQUIRE(machine.fault("CreateStream", kMakeStream) == "none");
  const std::string names[][3] = {
      {"CreateStream", kMakeStream, "ResourceInUseException"},
      {"CreateStream", R"({"StreamName":"t"})", "ValidationException"},
      {"CreateStream", R"({"StreamName":"t","ShardCount":0})", "ValidationException"},
      {"CreateStream", R"({"StreamName":"t","ShardCount":"1"})", "SerializationException"},
      {"CreateStream", R"({"StreamName":"t","ShardCount":10001})", "LimitExceededException"},
      {"CreateStream", R"({"StreamName":"__consumer_offsets","ShardCount":1})",
       "InvalidArgumentException"},
      {"CreateStream", R"({"StreamName":"t","ShardCount":1,"WarmThroughputMiBps":5})",
       "InvalidArgumentException"},
      {"CreateStream", R"([])", "SerializationException"},
      {"CreateStream", R"({)", "SerializationException"},
      {"DescribeStream", R"({"StreamName":"t"})", "ResourceNotFoundException"},
      {"DescribeStream", R"({"StreamName":"__consumer_offsets"})", "ResourceNotFoundException"},
      {"DescribeStream", R"({})", "InvalidArgumentException"},
      {"DescribeStream", R"({"StreamName":"t t"})", "ValidationException"},
      {"DescribeStream",
       R"({"StreamName":"s","StreamARN":"arn:aws:kinesis:x:000000000000:stream/t"})",
       "InvalidArgumentException"},
      {"PutRecord", R"({"StreamName":"s","PartitionKey":"k","Data":"Y"})",
       "SerializationException"},
      {"PutRecord", R"({"StreamName":"s","PartitionKey":"","Data":""})", "ValidationException"},
      {"PutRecord", R"({"StreamName":"s","Data":""})", "ValidationException"},
      {"PutRecord",
       R"({"StreamName":"s","PartitionKey":"k","Data":"","ExplicitHashKey":"340282366920938463463374607431768211456"})",
       "InvalidArgumentException"},
      {"PutRecord", R"({"StreamName":"s","PartitionKey":"k","Data":"","ExplicitHashKey":"x"})",
       "ValidationException"},
      {"PutRecord",
       R"({"StreamName":"s","PartitionKey":"k","Data":"","SequenceNumberForOrdering":"7"})",
       "InvalidArgumentException"},
      {"PutRecords", R"({"StreamName":"s","Records":[]})", "ValidationException"},
      {"GetShardIterator",
       R"({"StreamName":"s","ShardId":"shardId-000000000001","ShardIteratorType":"LATEST"})",
       "ResourceNotFoundException"},
      {"GetShardIterator",
       R"({"StreamName":"s","ShardId":"shardId-000000000000","ShardIteratorType":"FIRST"})",
       "ValidationException"},
      {"GetShardIterator",
       R"({"StreamName":"s","ShardId":"shardId-000000000000","ShardIteratorType":"AT_SEQUENCE_NUMBER"})",
       "InvalidArgumentException"},
      {"GetShardIterator",
       R"({"StreamName":"s","ShardId":"shardId-000000000000","ShardIteratorType":"AT_SEQUENCE_NUMBER","StartingSequenceNumber":"40000000000000000000000009"})",
       "InvalidArgumentException"},
      {"GetShardIterator",
       R"({"StreamName":"s","ShardId":"shardId-000000000000","ShardIteratorType":"AT_TIMESTAMP","Timestamp":1800000000})",
       "InvalidArgumentException"},
      {"GetRecords", R"({"ShardIterator":"AAAA"})", "InvalidArgumentException"},
      {"GetRecords", R"({"ShardIterator":"AAAA","Limit":10001})", "ValidationException"},
      {"IncreaseStreamRetentionPeriod", R"({"StreamName":"s","RetentionPeriodHours":23})",
       "InvalidArgumentException"},
      {"DecreaseStreamRetentionPeriod", R"({"StreamName":"s","RetentionPeriodHours":48})",
       "InvalidArgumentException"},
      {"ListShards", R"({})", "InvalidArgumentException"},
      {"ListShards", R"({"NextToken":"AAAA"})", "InvalidArgumentException"},
      {"ListStreams", R"({"Limit":0})", "ValidationException"},
  };
  for (const auto& [call, body, name] : names) {
    CHECK_MESSAGE(machine.fault(call, body) == name, call, " ", body);
  }
  CHECK(find_call("PutEverything") == nullptr);
}

TEST_CASE("where rules are asked, calls may do what everybody may") {
  Machine machine;
  machine.options.authorization.authorization = broker::Authorization::acls;
  machine.restart();
  CHECK(machine.fault("CreateStream", kMakeStream) == "AccessDeniedException");
  REQUIRE(machine.store->create("s", 1).ok());
  CHECK(machine.fault("DescribeStream", R"({"StreamName":"s"})") == "AccessDeniedException");
  CHECK(machine.ask("ListStreams", "{}").at("StreamNames").as_array().empty());
  machine.broker->acls().add(
      {{broker::ResourceType::topic, "s", broker::PatternType::literal, "User:ANONYMOUS",
        "127.0.0.1", broker::Operation::read, broker::Permission::allow}});
  CHECK(machine.data(machine.iterator(kFromStart)) == "");
  CHECK(machine.fault("PutRecord", R"({"StreamName":"s","PartitionKey":"k","Data":""})") ==
        "AccessDeniedException");
  CHECK(machine.ask("ListStreams", "{}").at("StreamNames").as_array().size() == 1);
}

}  // namespace millrace::kinesis
