#include "broker/access/login.h"

#include <doctest/doctest.h>

#include "broker/access/credentials.h"
#include "broker/test_machine.h"
#include "kafka/messages/alter_user_scram_credentials.h"
#include "kafka/messages/api_versions.h"
#include "kafka/messages/describe_user_scram_credentials.h"
#include "kafka/messages/metadata.h"

namespace millrace::broker {

namespace {

// The client's side of SCRAM, RFC 5802.
class ScramClient {
 public:
  ScramClient(ScramMechanism mechanism, std::string user, std::string password)
      : digest_(digest_of(mechanism)), user_(std::move(user)), password_(std::move(password)) {}

  std::string opening = "n,,";

  std::string first() const { return opening + bare_first(); }
  std::string last(const std::string& server_first) {
    const size_t salt_at = server_first.find(",s=");
    const size_t count_at = server_first.find(",i=");
    const std::string nonce = server_first.substr(2, salt_at - 2);
    const std::string salt =
        io::from_base64(server_first.substr(salt_at + 3, count_at - salt_at - 3)).value();
    const std::string salted =
        io::stretched(digest_, password_, salt, std::stoi(server_first.substr(count_at + 3)));
    const std::string without_proof = "c=" + io::to_base64(opening) + ",r=" + nonce_before + nonce;
    const std::string said = bare_first() + "," + server_first + "," + without_proof;
    std::string proof = io::keyed_hash(digest_, salted, "Client Key");
    const std::string signature = io::keyed_hash(digest_, io::hash(digest_, proof), said);
    for (size_t i = 0; i < proof.size(); ++i) {
      proof[i] = static_cast<char>(proof[i] ^ signature[i]);
    }
    expected = "v=" + io::to_base64(io::keyed_hash(
                          digest_, io::keyed_hash(digest_, salted, "Server Key"), said));
    return without_proof + ",p=" + io::to_base64(proof);
  }

  std::string nonce_before;  // what old clients put before the nonce
  std::string expected;      // how a server that knows the password answers

 private:
  std::string bare_first() const { return "n=" + user_ + ",r=fyko+d2lbbFgONRv9qkxdawL"; }

  io::Digest digest_;
  std::string user_;
  std::string password_;
};

struct Fixture {
  Fixture() {
    machine.start();
    machine.broker->credentials().set_password("alice", "alice-secret");
  }

  kafka::SaslHandshakeResponse shake_hands(Client& client, const std::string& mechanism) {
    return client.ask<kafka::SaslHandshakeResponse>(kafka::SaslHandshakeRequest{mechanism});
  }
  kafka::SaslAuthenticateResponse step(Client& client, const std::string& bytes) {
    return client.ask<kafka::SaslAuthenticateResponse>(kafka::SaslAuthenticateRequest{bytes});
  }
  // What the server says to the last step.
  kafka::SaslAuthenticateResponse log_in(Client& client, ScramMechanism mechanism,
                                         ScramClient& scram) {
    CHECK(shake_hands(client, std::string(name_of(mechanism))).error_code == ErrorCode::none);
    const auto first = step(client, scram.first());
    CHECK(first.error_code == ErrorCode::none);
    return step(client, scram.last(first.auth_bytes));
  }
  bool may_ask(Client& client) {
    client.send(kafka::MetadataRequest{});
    return !client.closed() && client.answered() == 1;
  }

  Machine machine;
};

std::string plain(std::string_view user, std::string_view password) {
  return '\0' + std::string(user) + '\0' + std::string(password);
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a port for users answers nothing else before they log in") {
  Client client(machine, "test", LoginPolicy::users_only);
  CHECK(client.ask<kafka::ApiVersionsResponse>(kafka::ApiVersionsRequest{}).error_code ==
        ErrorCode::none);
  CHECK_FALSE(may_ask(client));
  CHECK(client.closed());
}

TEST_CASE_FIXTURE(Fixture,
                  "PLAIN takes the right password, and the wrong one ends the connection") {
  Client client(machine, "test", LoginPolicy::users_only);
  shake_hands(client, "PLAIN");
  CHECK(step(client, plain("alice", "alice-secret")).error_code == ErrorCode::none);
  CHECK(may_ask(client));

  const std::string wrong[] = {plain("alice", "alice"),
                               plain("bob", "alice-secret"),
                               plain("alice", ""),
                               "alice",
                               "",
                               "bob" + plain("alice", "alice-secret")};
  for (const std::string& bytes : wrong) {
    Client stranger(machine, "test", LoginPolicy::users_only);
    shake_hands(stranger, "PLAIN");
    CHECK(step(stranger, bytes).error_code == ErrorCode::sasl_authentication_failed);
    CHECK(stranger.closed());
  }
}

TEST_CASE_FIXTURE(Fixture,
                  "a password is checked away from the loop, and nothing served meanwhile") {
  Client client(machine, "test", LoginPolicy::users_only);
  shake_hands(client, "PLAIN");
  client.send_only(kafka::SaslAuthenticateRequest{plain("alice", "alice-secret")});
  CHECK(client.answered() == 0);
  Client hasty(machine, "test", LoginPolicy::users_only);
  shake_hands(hasty, "PLAIN");
  hasty.send_only(kafka::SaslAuthenticateRequest{plain("alice", "alice-secret")});
  hasty.send_only(kafka::MetadataRequest{});
  CHECK(hasty.closed());
  machine.settle();
  CHECK(client.take<kafka::SaslAuthenticateResponse>().error_code == ErrorCode::none);
  CHECK(may_ask(client));
  Client gone(machine, "test", LoginPolicy::users_only);
  shake_hands(gone, "PLAIN");
  gone.send_only(kafka::SaslAuthenticateRequest{plain("alice", "wrong")});
}

TEST_CASE_FIXTURE(Fixture, "SCRAM: both sides prove that they know the password") {
  for (const auto mechanism : {ScramMechanism::sha256, ScramMechanism::sha512}) {
    Client client(machine, "test", LoginPolicy::users_only);
    ScramClient scram(mechanism, "alice", "alice-secret");
    const auto answer = log_in(client, mechanism, scram);
    CHECK(answer.error_code == ErrorCode::none);
    CHECK(answer.auth_bytes == scram.expected);
    CHECK(may_ask(client));
  }
}

TEST_CASE_FIXTURE(Fixture, "SCRAM: strangers are asked like users, and learn nothing") {
  for (const auto& [user, password] : {std::pair("alice", "wrong"), std::pair("nobody", "x")}) {
    Client client(machine, "test", LoginPolicy::users_only);
    ScramClient scram(ScramMechanism::sha256, user, password);
    const auto answer = log_in(client, ScramMechanism::sha256, scram);
    CHECK(answer.error_code == ErrorCode::sasl_authentication_failed);
    CHECK(answer.auth_bytes.empty());
    CHECK(client.closed());
  }
}

TEST_CASE_FIXTURE(Fixture,
                  "SCRAM: the nonce is ours, though old librdkafka puts its own before it") {
  Client client(machine, "test", LoginPolicy::users_only);
  ScramClient old(ScramMechanism::sha256, "alice", "alice-secret");
  old.nonce_before = "fyko+d2lbbFgONRv9qkxdawL";
  CHECK(log_in(client, ScramMechanism::sha256, old).error_code == ErrorCode::none);

  Client other(machine, "test", LoginPolicy::users_only);
  ScramClient wrong(ScramMechanism::sha256, "alice", "alice-secret");
  wrong.nonce_before = "x";
  CHECK(log_in(other, ScramMechanism::sha256, wrong).error_code ==
        ErrorCode::sasl_authentication_failed);
}

TEST_CASE_FIXTURE(Fixture, "SCRAM: acting as somebody else, and channel binding, are refused") {
  Client client(machine, "test", LoginPolicy::users_only);
  ScramClient scram(ScramMechanism::sha256, "alice", "alice-secret");
  scram.opening = "n,a=root,";
  CHECK(log_in(client, ScramMechanism::sha256, scram).error_code ==
        ErrorCode::sasl_authentication_failed);

  Client bound(machine, "test", LoginPolicy::users_only);
  shake_hands(bound, "SCRAM-SHA-256");
  CHECK(step(bound, "p=tls-unique,,n=alice,r=x").error_code ==
        ErrorCode::sasl_authentication_failed);
}

TEST_CASE_FIXTURE(Fixture, "mechanisms that there are not are named beside those that there are") {
  Client client(machine, "test", LoginPolicy::users_only);
  const auto answer = shake_hands(client, "GSSAPI");
  CHECK(answer.error_code == ErrorCode::unsupported_sasl_mechanism);
  CHECK(answer.mechanisms == all_mechanisms());
  CHECK(client.closed());
}

TEST_CASE_FIXTURE(Fixture, "logging in has its time and place") {
  Client anywhere(machine);
  CHECK(shake_hands(anywhere, "PLAIN").error_code == ErrorCode::illegal_sasl_state);
  Client early(machine, "test", LoginPolicy::users_only);
  CHECK(step(early, plain("alice", "alice-secret")).error_code == ErrorCode::illegal_sasl_state);
  CHECK_FALSE(may_ask(early));
}

TEST_CASE_FIXTURE(Fixture,
                  "after the first version of the handshake, steps are frames of their own") {
  Client client(machine, "test", LoginPolicy::users_only);
  client.ask<kafka::SaslHandshakeResponse>(kafka::SaslHandshakeRequest{"PLAIN"}, 0);
  client.receive_raw(plain("alice", "alice-secret"));
  machine.settle();
  CHECK(client.take_raw() == std::string(4, '\0'));
  CHECK(may_ask(client));

  Client stranger(machine, "test", LoginPolicy::users_only);
  stranger.ask<kafka::SaslHandshakeResponse>(kafka::SaslHandshakeRequest{"PLAIN"}, 0);
  stranger.receive_raw(plain("alice", "wrong"));
  machine.settle();
  CHECK(stranger.answered() == 0);
  CHECK(stranger.closed());
}

TEST_CASE_FIXTURE(Fixture, "users outlive the broker; their passwords are written nowhere") {
  const std::string written = machine.files.read_all("data/broker/credentials.json");
  CHECK(written.find("alice-secret") == std::string::npos);
  machine.crash();
  machine.start();
  CHECK(machine.broker->credentials().accepts("alice", "alice-secret"));
  machine.broker->credentials().remove("alice");
  machine.crash();
  machine.start();
  CHECK_FALSE(machine.broker->credentials().accepts("alice", "alice-secret"));
}

TEST_CASE_FIXTURE(Fixture, "credentials are set, described and deleted over the protocol") {
  Client client(machine);
  const std::string salted = io::stretched(io::Digest::sha512, "bob-secret", "salt", 4096);
  kafka::AlterUserScramCredentialsRequest request;
  request.upsertions = {{"bob", 2, 4096, "salt", salted}, {"carol", 2, 100, "salt", salted}};
  request.deletions = {{"dave", 1}, {"alice", 1}, {"alice", 3}, {"erin", 3}, {"erin", 1}};
  const auto altered = client.ask<kafka::AlterUserScramCredentialsResponse>(request);
  std::map<std::string, ErrorCode> results;
  for (const auto& result : altered.results) {
    results[result.user] = result.error_code;
  }
  CHECK(results ==
        std::map<std::string, ErrorCode>{{"alice", ErrorCode::duplicate_resource},
                                         {"bob", ErrorCode::none},
                                         {"carol", ErrorCode::unacceptable_credential},
                                         {"dave", ErrorCode::resource_not_found},
                                         {"erin", ErrorCode::unsupported_sasl_mechanism}});
  CHECK(machine.broker->credentials().accepts("bob", "bob-secret"));

  kafka::DescribeUserScramCredentialsRequest question;
  question.users = {{{"bob"}, {"carol"}}};
  const auto described = client.ask<kafka::DescribeUserScramCredentialsResponse>(question);
  REQUIRE(described.results.size() == 2);
  CHECK(described.results[0].credential_infos.at(0).mechanism == 2);
  CHECK(described.results[0].credential_infos.at(0).iterations == 4096);
  CHECK(described.results[1].error_code == ErrorCode::resource_not_found);
  question.users.reset();
  CHECK(client.ask<kafka::DescribeUserScramCredentialsResponse>(question).results.size() == 2);
}

TEST_CASE("a login that lasts is told so, renewed on its connection, and ends it otherwise") {
  Fixture fixture;
  Machine& machine = fixture.machine;
  machine.stop();
  machine.options.login_lifetime = Duration::seconds(60);
  machine.start();
  Client client(machine, "test", LoginPolicy::users_only);
  fixture.shake_hands(client, "PLAIN");
  CHECK(fixture.step(client, plain("alice", "alice-secret")).session_lifetime_ms == 60'000);
  machine.clock.advance(Duration::seconds(50));
  fixture.shake_hands(client, "PLAIN");
  CHECK(fixture.may_ask(client));  // the login before still counts
  client.take<kafka::MetadataResponse>();
  CHECK(fixture.step(client, plain("alice", "alice-secret")).session_lifetime_ms == 60'000);
  CHECK(fixture.shake_hands(client, "PLAIN").error_code == ErrorCode::illegal_sasl_state);
  machine.clock.advance(Duration::seconds(59));
  CHECK(fixture.may_ask(client));
  client.take<kafka::MetadataResponse>();
  machine.clock.advance(Duration::seconds(2));
  CHECK_FALSE(fixture.may_ask(client));
  CHECK(client.closed());
}

TEST_CASE("a login in an old form, which is told no lifetime, ends with it all the same") {
  Fixture fixture;
  Machine& machine = fixture.machine;
  machine.stop();
  machine.options.login_lifetime = Duration::seconds(60);
  machine.start();
  Client version_0(machine, "test", LoginPolicy::users_only);
  fixture.shake_hands(version_0, "PLAIN");
  version_0.send(kafka::SaslAuthenticateRequest{plain("alice", "alice-secret")}, 0);
  CHECK(version_0.take<kafka::SaslAuthenticateResponse>(0).error_code == ErrorCode::none);
  Client bare(machine, "test", LoginPolicy::users_only);
  bare.send(kafka::SaslHandshakeRequest{"PLAIN"}, 0);
  CHECK(bare.take<kafka::SaslHandshakeResponse>(0).error_code == ErrorCode::none);
  bare.receive_raw(plain("alice", "alice-secret"));
  machine.settle();
  bare.take_raw();
  machine.clock.advance(Duration::seconds(59));
  for (Client* client : {&version_0, &bare}) {
    client->send(kafka::MetadataRequest{});
    CHECK(client->answered() == 1);
    client->take_raw();
  }
  machine.clock.advance(Duration::seconds(2));
  CHECK_FALSE(fixture.may_ask(version_0));
  CHECK(version_0.closed());
  CHECK_FALSE(fixture.may_ask(bare));
  CHECK(bare.closed());
}

TEST_CASE("a login is renewed by the same user and mechanism, and not where it lasts for ever") {
  Fixture fixture;
  Machine& machine = fixture.machine;
  machine.broker->credentials().set_password("bob", "bob-secret");
  {
    Client client(machine, "test", LoginPolicy::users_only);
    fixture.shake_hands(client, "PLAIN");
    CHECK(fixture.step(client, plain("alice", "alice-secret")).session_lifetime_ms == 0);
    CHECK(fixture.shake_hands(client, "PLAIN").error_code == ErrorCode::illegal_sasl_state);
  }
  machine.stop();
  machine.options.login_lifetime = Duration::seconds(60);
  machine.start();
  Client client(machine, "test", LoginPolicy::users_only);
  fixture.shake_hands(client, "PLAIN");
  fixture.step(client, plain("alice", "alice-secret"));
  CHECK(fixture.shake_hands(client, "SCRAM-SHA-256").error_code == ErrorCode::illegal_sasl_state);
  CHECK(fixture.shake_hands(client, "PLAIN").error_code == ErrorCode::none);
  CHECK(fixture.step(client, plain("bob", "bob-secret")).error_code ==
        ErrorCode::sasl_authentication_failed);
  CHECK(client.closed());
}

}  // namespace millrace::broker
