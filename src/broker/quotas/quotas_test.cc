#include "broker/quotas/quotas.h"

#include <doctest/doctest.h>

#include "broker/test_machine.h"
#include "kafka/messages/alter_client_quotas.h"
#include "kafka/messages/describe_client_quotas.h"
#include "kafka/messages/fetch.h"
#include "kafka/messages/produce.h"
#include "kafka/records.h"

namespace millrace::broker {

namespace {

constexpr Quota kBytes = Quota::producer_bytes;

kafka::AlterClientQuotasRequest set(QuotaEntity entity, std::string key, double value) {
  kafka::AlterClientQuotasRequest request;
  auto& entry = request.entries.emplace_back();
  for (auto& [type, name] : entity) {
    entry.entity.push_back({type, name});
  }
  entry.ops = {{std::move(key), value, false}};
  return request;
}

kafka::ProduceRequest produce_of(size_t bytes) {
  kafka::BatchBuilder builder;
  builder.add({1}, std::nullopt, std::string(bytes, 'x'));
  kafka::ProduceRequest request;
  request.acks = 1;
  request.topics = {{"orders", {}, {{0, SharedBytes::copy_of(builder.finish())}}}};
  return request;
}

ErrorCode error_of(Client& client, const kafka::AlterClientQuotasRequest& request) {
  return client.ask<kafka::AlterClientQuotasResponse>(request).entries.at(0).error_code;
}

}  // namespace

TEST_CASE("ten seconds' worth may be used at once, and what is beyond is waited for") {
  Rate rate;
  const Instant start{100'000'000'000};
  rate.add(1'000, start);
  CHECK(rate.excess(100, start).ms() == 0);
  rate.add(200, start);
  CHECK(rate.excess(100, start).ms() == 2'000);
  CHECK(rate.excess(100, start + Duration::milliseconds(500)).ms() == 1'500);
  CHECK(rate.excess(100, start + Duration::seconds(11)).ms() == 0);
  CHECK(rate.is_over(start + Duration::seconds(11)));
  CHECK_FALSE(rate.is_over(start + Duration::seconds(10)));
}

TEST_CASE(
    "the quota that fits best holds: user and client, user, client, each before its default") {
  Machine machine;
  machine.files.make_directories("data");
  Quotas quotas(machine.world(), "data");
  CHECK(quotas.are_none());
  const auto limit = [&] { return quotas.limit(kBytes, {"ann", "app"}).value_or(0); };
  double value = 0;
  const std::vector<QuotaEntity> from_weakest = {
      {{"client-id", std::nullopt}},
      {{"client-id", "app"}},
      {{"user", std::nullopt}},
      {{"user", std::nullopt}, {"client-id", std::nullopt}},
      {{"user", std::nullopt}, {"client-id", "app"}},
      {{"user", "ann"}},
      {{"user", "ann"}, {"client-id", std::nullopt}},
      {{"user", "ann"}, {"client-id", "app"}}};
  for (const QuotaEntity& entity : from_weakest) {
    quotas.change({{entity, {{kBytes, ++value}}}});
    CHECK(limit() == value);
  }
  CHECK(Quotas(machine.world(), "data").limit(kBytes, {"ann", "app"}) == value);  // on disk
  for (const QuotaEntity& entity : from_weakest) {
    quotas.change({{entity, {{kBytes, std::nullopt}}}});
  }
  CHECK(quotas.are_none());
}

TEST_CASE("the clients of a user share the quota of the user, and others do not") {
  Machine machine;
  machine.files.make_directories("data");
  Quotas quotas(machine.world(), "data");
  quotas.change({{{{"user", std::nullopt}}, {{kBytes, 10}}}});
  CHECK(quotas.use(kBytes, {"ann", "one"}, 100).ms() == 0);
  CHECK(quotas.use(kBytes, {"ann", "two"}, 100).ms() > 0);
  CHECK(quotas.use(kBytes, {"bob", "one"}, 100).ms() == 0);
  CHECK(quotas.use(Quota::consumer_bytes, {"ann", "one"}, 1e9).ms() == 0);
}

TEST_CASE("names without end take no memory without end, and who is busy stays remembered") {
  Machine machine;
  machine.files.make_directories("data");
  Quotas quotas(machine.world(), "data");
  quotas.change({{{{"client-id", std::nullopt}}, {{kBytes, 10}}}});
  size_t most = 0;
  for (int n = 0; n < 50'000; ++n) {
    if (n % 1'000 == 0) {
      machine.clock.advance(Duration::milliseconds(100));
      quotas.use(kBytes, {"ann", "busy"}, 100);
    }
    quotas.use(kBytes, {"ann", std::to_string(n)}, 1);
    most = std::max(most, quotas.remembered());
  }
  CHECK(most <= 10'000);
  CHECK(quotas.use(kBytes, {"ann", "busy"}, 0).ms() > 0);
}

TEST_CASE("there is an end to the number of quotas") {
  Machine machine;
  machine.files.make_directories("data");
  Quotas quotas(machine.world(), "data");
  std::vector<Quotas::Change> changes;
  for (int n = 0; n < 10'000; ++n) {
    changes.push_back({{{"user", std::to_string(n)}}, {{kBytes, 10}}});
  }
  quotas.change(changes);
  const Quotas::Change one_more{{{"user", "ann"}}, {{kBytes, 10}}};
  CHECK_THROWS_AS(quotas.change({one_more}), Error);
  CHECK(quotas.all()->size() == 10'000);
  quotas.change({{{{"user", "7"}}, {{kBytes, std::nullopt}}}, one_more});
  CHECK(quotas.limit(kBytes, {"ann", ""}) == 10);
}

TEST_CASE("quotas are set and read over the protocol, and bad ones refused") {
  Machine machine;
  machine.start();
  Client client(machine);
  CHECK(error_of(client, set({{"user", "ann"}}, "producer_byte_rate", 1000)) == ErrorCode::none);
  CHECK(error_of(client, set({{"client-id", std::nullopt}}, "request_percentage", 12.5)) ==
        ErrorCode::none);
  for (const auto& bad :
       {set({{"user", "ann"}}, "producer_byte_rate", 0),
        set({{"user", "ann"}}, "producer_byte_rate", 1.5),
        set({{"user", "ann"}}, "no_such_rate", 1),
        set({{"user", "ann"}}, "controller_mutation_rate", 1),
        set({{"user", ""}}, "producer_byte_rate", 1),
        set({{"ip", "127.0.0.1"}}, "producer_byte_rate", 1), set({}, "producer_byte_rate", 1)}) {
    CHECK(error_of(client, bad) == ErrorCode::invalid_request);
  }
  const auto described = [&](kafka::DescribeClientQuotasRequest request) {
    std::string all;
    const auto answer = client.ask<kafka::DescribeClientQuotasResponse>(request);
    for (const auto& entry : answer.entries.value()) {
      for (const auto& part : entry.entity) {
        all += part.entity_type + "=" + part.entity_name.value_or("*") + " ";
      }
      all += entry.values.at(0).key + ";";
    }
    return all;
  };
  CHECK(described({}) == "client-id=* request_percentage;user=ann producer_byte_rate;");
  CHECK(described({{{"user", 0, "ann"}}, true}) == "user=ann producer_byte_rate;");
  CHECK(described({{{"user", 0, "bob"}}, true}).empty());
  CHECK(described({{{"client-id", 1, std::nullopt}}, false}) == "client-id=* request_percentage;");
  machine.crash();
  machine.start();
  CHECK(machine.broker->quotas().limit(kBytes, {"ann", "x"}) == 1000);
}

TEST_CASE("who is over a quota is told for how long, and so is held back") {
  Machine machine;
  machine.start();
  REQUIRE(machine.store->create("orders", 1).ok());
  Client client(machine, "greedy");
  CHECK(error_of(client, set({{"client-id", "greedy"}}, "producer_byte_rate", 1000)) ==
        ErrorCode::none);
  CHECK(error_of(client, set({{"client-id", "greedy"}}, "consumer_byte_rate", 1000)) ==
        ErrorCode::none);
  CHECK(client.ask<kafka::ProduceResponse>(produce_of(5'000)).throttle_time_ms == 0);
  const auto over = client.ask<kafka::ProduceResponse>(produce_of(10'000));
  CHECK(over.throttle_time_ms > 4'000);
  CHECK(over.throttle_time_ms < 6'000);
  Client other(machine, "modest");
  CHECK(other.ask<kafka::ProduceResponse>(produce_of(50'000)).throttle_time_ms == 0);

  kafka::FetchRequest fetch;
  fetch.max_bytes = 1 << 20;
  fetch.topics = {{"orders", {}, {{}}}};
  fetch.topics[0].partitions[0].max_bytes = 1 << 20;
  fetch.topics[0].partitions[0].fetch_offset = 0;
  const auto first = client.ask<kafka::FetchResponse>(fetch);
  CHECK(first.topics.at(0).partitions.at(0).records->size() < 11'000);  // ten seconds' worth
  CHECK(client.ask<kafka::FetchResponse>(fetch).throttle_time_ms > 0);
}

}  // namespace millrace::broker
