#include "broker/access/acls.h"

#include <doctest/doctest.h>

#include "broker/test_machine.h"
#include "kafka/messages/consumer_group_heartbeat.h"
#include "kafka/messages/create_acls.h"
#include "kafka/messages/delete_acls.h"
#include "kafka/messages/describe_acls.h"
#include "kafka/messages/fetch.h"
#include "kafka/messages/find_coordinator.h"
#include "kafka/messages/init_producer_id.h"
#include "kafka/messages/join_group.h"
#include "kafka/messages/metadata.h"
#include "kafka/messages/produce.h"

namespace millrace::broker {

namespace {

Acl rule(ResourceType type, std::string name, Operation operation,
         Permission permission = Permission::allow, PatternType pattern = PatternType::literal) {
  return {type, std::move(name), pattern, "User:ann", std::string(kEvery), operation, permission};
}

struct Rules {
  Rules() {
    machine.files.make_directories("data");
    open();
  }
  void open() {
    acls.emplace(machine.world(), "data",
                 AuthorizationOptions{Authorization::acls, {"User:root"}, Unruled::refused});
  }
  bool may(Operation operation, std::string_view topic, std::string_view who = "User:ann",
           std::string_view host = "10.0.0.1") {
    return acls->allows(who, host, operation, ResourceType::topic, topic);
  }

  Machine machine;
  std::optional<Acls> acls;
};

}  // namespace

TEST_CASE("what no rule allows is refused, but not to super users, nor where rules are not asked") {
  Rules rules;
  CHECK_FALSE(rules.may(Operation::read, "orders"));
  CHECK(rules.may(Operation::read, "orders", "User:root"));
  Machine machine;
  CHECK(Acls(machine.world(), "data", {})
            .allows("User:ann", "h", Operation::alter, ResourceType::cluster, kCluster));
}

TEST_CASE("what no rule names can be open to everybody") {
  Machine machine;
  machine.files.make_directories("data");
  Acls acls(machine.world(), "data", {Authorization::acls, {}, Unruled::allowed});
  const auto may = [&acls](Operation operation, std::string_view topic) {
    return acls.allows("User:bob", "h", operation, ResourceType::topic, topic);
  };
  CHECK(may(Operation::write, "orders"));
  CHECK(acls.allows_somewhere("User:bob", "h", Operation::write, ResourceType::topic));
  acls.add({rule(ResourceType::topic, "orders", Operation::read)});  // ann's
  CHECK_FALSE(may(Operation::write, "orders"));
  CHECK_FALSE(may(Operation::read, "orders"));
  CHECK(may(Operation::read, "others"));
  acls.add({rule(ResourceType::topic, std::string(kEvery), Operation::read)});
  CHECK_FALSE(may(Operation::read, "others"));
  CHECK_FALSE(acls.allows_somewhere("User:bob", "h", Operation::write, ResourceType::topic));
}

TEST_CASE("a rule holds for its resource, principal, host and operation alone") {
  Rules rules;
  Acl acl = rule(ResourceType::topic, "orders", Operation::write);
  acl.host = "10.0.0.1";
  rules.acls->add({acl});
  CHECK(rules.may(Operation::write, "orders"));
  CHECK(rules.may(Operation::describe, "orders"));  // who may write may look
  CHECK_FALSE(rules.may(Operation::read, "orders"));
  CHECK_FALSE(rules.may(Operation::write, "orders2"));
  CHECK_FALSE(rules.may(Operation::write, "order"));
  CHECK_FALSE(rules.may(Operation::write, "orders", "User:bob"));
  CHECK_FALSE(rules.may(Operation::write, "orders", "User:ann", "10.0.0.2"));
  CHECK_FALSE(
      rules.acls->allows("User:ann", "10.0.0.1", Operation::write, ResourceType::group, "orders"));
}

TEST_CASE("prefixes and the name of every resource cover many; whoever denies has the last word") {
  Rules rules;
  rules.acls->add(
      {rule(ResourceType::topic, "tele", Operation::all, Permission::allow, PatternType::prefixed),
       rule(ResourceType::topic, "*", Operation::read),
       rule(ResourceType::topic, "telegraph", Operation::write, Permission::deny),
       rule(ResourceType::topic, "telex", Operation::all, Permission::deny,
            PatternType::prefixed)});
  CHECK(rules.may(Operation::write, "telecom"));
  CHECK(rules.may(Operation::write, "tele"));
  CHECK_FALSE(rules.may(Operation::write, "tel"));
  CHECK(rules.may(Operation::read, "tel"));
  CHECK_FALSE(rules.may(Operation::write, "telegraph"));
  CHECK(rules.may(Operation::describe, "telegraph"));  // only writing is denied
  CHECK_FALSE(rules.may(Operation::read, "telex-9"));
  // A literal rule is for its name alone, also where that begins another.
  rules.acls->add({rule(ResourceType::topic, "a", Operation::write)});
  CHECK_FALSE(rules.may(Operation::write, "ab"));
}

// With a look-up and a copy for each of a name's beginnings this is half an hour's work.
TEST_CASE("long names of nothing cost whom they are asked no time") {
  Rules rules;
  rules.acls->add(
      {rule(ResourceType::topic, "tele", Operation::all, Permission::allow, PatternType::prefixed),
       rule(ResourceType::group, "g", Operation::all, Permission::allow, PatternType::prefixed),
       rule(ResourceType::topic, std::string(300, 'x'), Operation::write, Permission::allow,
            PatternType::prefixed)});
  const std::string foreign(32'767, 'y');
  bool allowed = false;
  for (int i = 0; i < 50'000; ++i) {
    allowed |= rules.may(Operation::write, foreign);
  }
  CHECK_FALSE(allowed);
  CHECK_FALSE(rules.may(Operation::write, std::string(299, 'x')));
  CHECK(rules.may(Operation::write, std::string(300, 'x')));
  CHECK(rules.may(Operation::write, std::string(32'767, 'x')));
  CHECK_FALSE(rules.may(Operation::write, "g"));  // a group's
}

TEST_CASE("rules outlive the broker; a filter finds and removes them") {
  Rules rules;
  const Acl prefix =
      rule(ResourceType::topic, "or", Operation::read, Permission::allow, PatternType::prefixed);
  const Acl literal = rule(ResourceType::topic, "orders", Operation::read);
  const Acl other = rule(ResourceType::group, "orders", Operation::read, Permission::deny);
  rules.acls->add({prefix, literal, other});
  rules.machine.files.crash();
  rules.open();
  CHECK(rules.acls->find({}) == std::vector<Acl>{prefix, literal, other});

  AclFilter filter;
  filter.resource_name = "orders";
  CHECK(rules.acls->find(filter) == std::vector<Acl>{literal, other});
  filter.pattern_type = PatternType::match;
  filter.resource_type = ResourceType::topic;
  CHECK(rules.acls->remove({filter}) == std::vector<std::vector<Acl>>{{prefix, literal}});
  CHECK(rules.acls->find({}) == std::vector<Acl>{other});
  rules.open();
  CHECK(rules.acls->find({}) == std::vector<Acl>{other});
}

TEST_CASE("many filters cost one write, and say each rule once") {
  Rules rules;
  const Acl orders = rule(ResourceType::topic, "orders", Operation::read);
  const Acl trips = rule(ResourceType::topic, "trips", Operation::read);
  const Acl fares = rule(ResourceType::topic, "fares", Operation::read);
  rules.acls->add({orders, trips, fares});
  const auto named = [](const std::string& name) {
    AclFilter filter;
    filter.resource_name = name;
    return filter;
  };
  const uint64_t start = rules.machine.files.steps();
  CHECK(rules.acls->remove({named("fares")}) == std::vector<std::vector<Acl>>{{fares}});
  const uint64_t of_one = rules.machine.files.steps() - start;
  CHECK(of_one > 0);
  CHECK(rules.acls->remove({named("trips"), named("none"), AclFilter{}}) ==
        std::vector<std::vector<Acl>>{{trips}, {}, {orders}});
  CHECK(rules.machine.files.steps() == start + 2 * of_one);
  CHECK(rules.acls->remove({AclFilter{}}) == std::vector<std::vector<Acl>>{{}});
  CHECK(rules.machine.files.steps() == start + 2 * of_one);
}

TEST_CASE("there are rules that cannot be") {
  const Acl good = rule(ResourceType::topic, "orders", Operation::read);
  CHECK(fault_in(good).empty());
  for (const auto& change : std::vector<std::function<void(Acl&)>>{
           [](Acl& acl) { acl.resource_type = ResourceType::any; },
           [](Acl& acl) { acl.resource_name = ""; },
           [](Acl& acl) { acl.resource_type = ResourceType::cluster; },
           [](Acl& acl) { acl.pattern_type = PatternType::match; },
           [](Acl& acl) { acl.principal = "ann"; }, [](Acl& acl) { acl.principal = "User:"; },
           [](Acl& acl) { acl.host = ""; }, [](Acl& acl) { acl.operation = Operation::any; },
           [](Acl& acl) { acl.operation = static_cast<Operation>(77); },
           [](Acl& acl) { acl.permission = Permission::any; }}) {
    Acl bad = good;
    change(bad);
    CHECK_FALSE(fault_in(bad).empty());
  }
}

namespace {

// A broker that asks its rules, and one who did not log in.
struct Guarded {
  Guarded() {
    machine.options.authorization.authorization = Authorization::acls;
    machine.start();
    client.emplace(machine);
    REQUIRE(machine.store->create("orders", 1, {}).ok());
  }
  void allow(ResourceType type, const std::string& name, Operation operation) {
    Acl acl = rule(type, name, operation);
    acl.principal = kAnonymous;
    machine.broker->acls().add({acl});
  }
  ErrorCode produce() {
    kafka::ProduceRequest request;
    request.acks = 1;
    request.topics.push_back({"orders", {}, {{0, SharedBytes()}}});
    return client->ask<kafka::ProduceResponse>(request).topics[0].partitions[0].error_code;
  }
  ErrorCode fetch() {
    kafka::FetchRequest request;
    kafka::FetchRequest::Topic topic;
    topic.name = "orders";
    topic.partitions.push_back({.index = 0, .fetch_offset = 0, .max_bytes = 1000});
    request.topics.push_back(topic);
    return client->ask<kafka::FetchResponse>(request).topics[0].partitions[0].error_code;
  }
  ErrorCode join() {
    kafka::JoinGroupRequest request;
    request.group_id = "billing";
    request.session_timeout_ms = 10'000;
    request.protocol_type = "consumer";
    request.protocols.push_back({"range", ""});
    return client->ask<kafka::JoinGroupResponse>(request).error_code;
  }

  Machine machine;
  std::optional<Client> client;
};

}  // namespace

TEST_CASE("requests are refused by the error of what they may not touch") {
  Guarded guarded;
  CHECK(guarded.produce() == ErrorCode::topic_authorization_failed);
  CHECK(guarded.fetch() == ErrorCode::topic_authorization_failed);
  CHECK(guarded.join() == ErrorCode::group_authorization_failed);
  CHECK(guarded.client->ask<kafka::InitProducerIdResponse>(kafka::InitProducerIdRequest{})
            .error_code == ErrorCode::cluster_authorization_failed);
  kafka::InitProducerIdRequest transactional;
  transactional.transactional_id = "t";
  CHECK(guarded.client->ask<kafka::InitProducerIdResponse>(transactional).error_code ==
        ErrorCode::transactional_id_authorization_failed);

  guarded.allow(ResourceType::topic, "orders", Operation::write);
  CHECK(guarded.produce() != ErrorCode::topic_authorization_failed);
  CHECK(guarded.fetch() == ErrorCode::topic_authorization_failed);
  CHECK(guarded.client->ask<kafka::InitProducerIdResponse>(kafka::InitProducerIdRequest{})
            .error_code == ErrorCode::none);
  guarded.allow(ResourceType::topic, "orders", Operation::read);
  CHECK(guarded.fetch() == ErrorCode::none);
  guarded.allow(ResourceType::group, "billing", Operation::read);
  CHECK(guarded.join() == ErrorCode::member_id_required);
}

TEST_CASE("topics that one may not see are not there, and are not made") {
  Guarded guarded;
  CHECK(guarded.client->ask<kafka::MetadataResponse>(kafka::MetadataRequest{}).topics.empty());
  kafka::MetadataRequest by_name;
  by_name.topics.emplace().push_back({.topic_id = {}, .name = "new"});
  const auto ask = [&] {
    return guarded.client->ask<kafka::MetadataResponse>(by_name).topics[0].error_code;
  };
  CHECK(ask() == ErrorCode::topic_authorization_failed);
  guarded.allow(ResourceType::topic, "new", Operation::describe);
  CHECK(ask() == ErrorCode::topic_authorization_failed);  // it may be seen, not made
  CHECK(guarded.machine.store->find("new") == nullptr);
  guarded.allow(ResourceType::topic, "new", Operation::create);
  CHECK(ask() == ErrorCode::unknown_topic_or_partition);  // it is being made
  CHECK(ask() == ErrorCode::none);
  // By its id, a topic that one may not see is not known.
  kafka::MetadataRequest by_id;
  by_id.topics.emplace().push_back(
      {.topic_id = guarded.machine.store->find("orders")->id, .name = std::nullopt});
  CHECK(guarded.client->ask<kafka::MetadataResponse>(by_id).topics[0].error_code ==
        ErrorCode::unknown_topic_id);
}

TEST_CASE("a pattern stands for those topics that its member may see, as the rules are then") {
  Guarded guarded;
  guarded.allow(ResourceType::group, "g", Operation::read);
  kafka::ConsumerGroupHeartbeatRequest request;
  request.group_id = "g";
  request.member_id = "a";
  request.rebalance_timeout_ms = 60'000;
  request.subscribed_topic_regex = ".*";
  request.topic_partitions.emplace();
  const auto topics = [&] {
    const auto told = guarded.client->ask<kafka::ConsumerGroupHeartbeatResponse>(request);
    CHECK(told.error_code == ErrorCode::none);
    request.member_epoch = told.member_epoch;
    std::set<kafka::Uuid> ids;
    for (const auto& topic : told.assignment.value().topic_partitions) {
      ids.insert(topic.topic_id);
    }
    return ids;
  };
  CHECK(topics().empty());
  CHECK(topics().empty());
  REQUIRE(guarded.machine.store->create("hidden", 1, {}).ok());
  guarded.allow(ResourceType::topic, "orders", Operation::describe);
  CHECK(topics() == std::set<kafka::Uuid>{guarded.machine.store->find("orders")->id});
  AclFilter orders;
  orders.resource_name = "orders";
  guarded.machine.broker->acls().remove({orders});
  CHECK(topics().empty());
}

TEST_CASE("rules are made, found and removed over the protocol by those who may") {
  Guarded guarded;
  kafka::CreateAclsRequest create;
  create.creations.push_back({2, "orders", 3, "User:ann", "*", 3, 3});
  create.creations.push_back({2, "orders", 3, "ann", "*", 3, 3});
  const auto refused = guarded.client->ask<kafka::CreateAclsResponse>(create);
  CHECK(refused.results[0].error_code == ErrorCode::cluster_authorization_failed);
  CHECK(guarded.client->ask<kafka::DescribeAclsResponse>(kafka::DescribeAclsRequest{}).error_code ==
        ErrorCode::cluster_authorization_failed);

  guarded.allow(ResourceType::cluster, std::string(kCluster), Operation::alter);
  const auto created = guarded.client->ask<kafka::CreateAclsResponse>(create);
  CHECK(created.results[0].error_code == ErrorCode::none);
  CHECK(created.results[1].error_code == ErrorCode::invalid_request);
  kafka::DescribeAclsRequest describe{2, "orders", 2, std::nullopt, std::nullopt, 1, 1};
  const auto found = guarded.client->ask<kafka::DescribeAclsResponse>(describe);
  REQUIRE(found.resources.size() == 1);
  REQUIRE(found.resources[0].acls.size() == 1);
  CHECK(found.resources[0].acls[0].principal == "User:ann");
  kafka::DeleteAclsRequest remove;
  remove.filters.push_back({2, std::nullopt, 1, "User:ann", std::nullopt, 1, 1});
  const auto removed = guarded.client->ask<kafka::DeleteAclsResponse>(remove);
  CHECK(removed.filter_results[0].matching_acls.size() == 1);
  CHECK(guarded.client->ask<kafka::DescribeAclsResponse>(describe).resources.empty());
}

TEST_CASE("rules are made and removed away from the loop") {
  Guarded guarded;
  guarded.allow(ResourceType::cluster, std::string(kCluster), Operation::alter);
  const auto waits_for_the_disk = [&guarded](const auto& request) {
    const uint64_t steps = guarded.machine.files.steps();
    const size_t answered = guarded.client->answered();
    guarded.client->send_only(request);
    while (guarded.machine.loop->run_ready()) {
    }
    CHECK(guarded.machine.files.steps() == steps);
    CHECK(guarded.client->answered() == answered);
    guarded.machine.settle();
    CHECK(guarded.machine.files.steps() > steps);
    CHECK(guarded.client->answered() == answered + 1);
  };
  kafka::CreateAclsRequest create;
  create.creations.push_back({2, "orders", 3, "User:ann", "*", 3, 3});
  waits_for_the_disk(create);
  kafka::DeleteAclsRequest remove;
  remove.filters.push_back({2, "orders", 3, std::nullopt, std::nullopt, 1, 1});
  waits_for_the_disk(remove);
}

TEST_CASE("where rules are not asked, there are none to make") {
  Machine machine;
  machine.start();
  Client client(machine);
  kafka::CreateAclsRequest create;
  create.creations.push_back({2, "orders", 3, "User:ann", "*", 3, 3});
  CHECK(client.ask<kafka::CreateAclsResponse>(create).results[0].error_code ==
        ErrorCode::security_disabled);
  CHECK(client.ask<kafka::DescribeAclsResponse>(kafka::DescribeAclsRequest{}).error_code ==
        ErrorCode::security_disabled);
}

}  // namespace millrace::broker
