#include <doctest/doctest.h>
#include <sys/stat.h>

#include <set>

#include "api/endpoint.h"
#include "api/route.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "broker/access/acls.h"
#include "broker/access/credentials.h"
#include "broker/quotas/quotas.h"
#include "io/files.h"
#include "io/terminal.h"
#include "kafka/end_marker.h"
#include "query/engine.h"
#include "topic/store.h"

namespace millrace::api {

namespace {

// A store in a directory of its own, asked through the router.
class Api {
 public:
  Api() : store_(world(), directory_), router_(services()) {}
  ~Api() { files_.remove_tree(directory_); }
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  io::http::Response ask(std::string method, std::string target, std::string body = "") {
    io::http::Request request;
    request.method = std::move(method);
    const size_t question = target.find('?');
    request.path = target.substr(0, question);
    if (question != std::string::npos) {
      const size_t equals = target.find('=', question);
      request.query.emplace_back(target.substr(question + 1, equals - question - 1),
                                 target.substr(equals + 1));
    }
    request.body = std::move(body);
    return router_.answer(request);
  }
  // As whoever coordinates transactions writes it.
  void end_transaction(const std::string& topic) {
    store_.find(topic)->partitions[0]->append(
        kafka::EndMarker{7, 0, 0, kafka::TransactionResult::commit});
  }
  mode_t permissions_of(const std::string& name) const {
    struct stat status{};
    REQUIRE(::stat(io::join(directory_, name).c_str(), &status) == 0);
    return status.st_mode & 0777;
  }
  std::vector<std::string> reasons;

 private:
  io::World world() {
    return {
        .clock = &clock_, .random = &random_, .files = &files_, .log = &log_, .metrics = &metrics_};
  }
  Services services() {
    return {.world = world(),
            .topics = &store_,
            .groups = nullptr,
            .credentials = &credentials_,
            .acls = &acls_,
            .quotas = &quotas_,
            .query = &query_,
            .lake_directory = directory_,
            .version = "1.2.3",
            .pipelines = {},
            .changes = {},
            .reasons_not_ready = [this] { return reasons; }};
  }

  ManualClock clock_{Timestamp{1'700'000'000'000}};
  Random random_{1};
  io::LocalFiles files_;
  std::string directory_ = io::make_temporary_directory("millrace-api-");
  Log log_{&clock_, LogLevel::off, [](const LogEntry&) {}};
  Metrics metrics_;
  topic::Store store_;
  broker::Credentials credentials_{world(), directory_};
  broker::Acls acls_{world(), directory_, {}};
  broker::Quotas quotas_{world(), directory_};
  query::Engine query_{world(), {.lake_directory = directory_}};
  Router router_;
};

}  // namespace

TEST_CASE("users over the API: set, listed without their passwords, deleted") {
  Api api;
  CHECK(api.ask("PUT", "/api/v1/users/alice", R"({"password":""})").status == 400);
  CHECK(api.ask("PUT", "/api/v1/users/alice", R"({"password":"secret"})").status == 200);
  CHECK(api.ask("GET", "/api/v1/users").body ==
        R"({"users":[{"user":"alice","mechanisms":["SCRAM-SHA-256","SCRAM-SHA-512"]}]})"
        "\n");
  CHECK(api.permissions_of("credentials.json") == 0600);
  CHECK(api.ask("DELETE", "/api/v1/users/alice").status == 200);
  CHECK(api.ask("DELETE", "/api/v1/users/alice").status == 404);
}

TEST_CASE("a topic is changed as Kafka allows, and in no other way") {
  Api api;
  const auto status = [&api](const char* method, const char* target, const char* body = "") {
    return api.ask(method, target, body).status;
  };
  CHECK(status("POST", "/api/v1/topics", R"({"name":"a","settings":{"no.such":"1"}})") == 400);
  CHECK(status("POST", "/api/v1/topics", R"({"name":"a","settings":{"retention.ms":"x"}})") == 400);
  CHECK(status("POST", "/api/v1/topics", R"({"name":"__consumer_offsets"})") == 400);
  CHECK(status("POST", "/api/v1/topics", R"({"name":"a","settings":{"retention.ms":"9"}})") == 201);

  CHECK(status("PATCH", "/api/v1/topics/a/settings", R"({"no.such":"1"})") == 400);
  CHECK(status("PATCH", "/api/v1/topics/a/settings", R"({"no.such":null})") == 400);
  CHECK(status("PATCH", "/api/v1/topics/a/settings", R"({"segment.bytes":"-7"})") == 400);
  CHECK(status("PATCH", "/api/v1/topics/b/settings", "{}") == 404);
  const Json changed = Json::parse(api.ask("PATCH", "/api/v1/topics/a/settings",
                                           R"({"retention.ms":null,"cleanup.policy":"compact"})")
                                       .body);
  CHECK(changed.at("settings").dump() == R"({"cleanup.policy":"compact"})");

  CHECK(status("DELETE", "/api/v1/topics/a/records") == 400);  // it is compacted
  CHECK(status("PATCH", "/api/v1/topics/a/settings", R"({"cleanup.policy":null})") == 200);
  CHECK(status("POST", "/api/v1/topics/a/records",
               R"({"records":[{"value":"1"},{"value":"2"}]})") == 201);
  CHECK(status("DELETE", "/api/v1/topics/a/records?before=3") == 400);
  CHECK(status("DELETE", "/api/v1/topics/a/records?partition=1") == 404);
  CHECK(api.ask("DELETE", "/api/v1/topics/a/records?before=1").body ==
        "{\"partitions\":[{\"partition\":0,\"start_offset\":1}]}\n");
  CHECK(api.ask("DELETE", "/api/v1/topics/a/records").body ==
        "{\"partitions\":[{\"partition\":0,\"start_offset\":2}]}\n");

  CHECK(status("POST", "/api/v1/topics/a/partitions", R"({"count":1})") == 400);
  CHECK(status("POST", "/api/v1/topics/a/partitions", R"({"count":3})") == 200);
  CHECK(Json::parse(api.ask("GET", "/api/v1/topics/a").body).at("partitions").as_array().size() ==
        3);
}

TEST_CASE("access rules over the API: added, listed, removed") {
  Api api;
  const std::string rule =
      R"("principal":"User:ann","operation":"read","resource_type":"topic","resource_name":"a")";
  CHECK(api.ask("POST", "/api/v1/acls", "{" + rule + "}").status == 201);
  CHECK(api.ask("POST", "/api/v1/acls", R"({"principal":"User:ann"})").status == 400);
  CHECK(api.ask("POST", "/api/v1/acls", "{" + rule + R"(,"permission":"perhaps"})").status == 400);
  CHECK(api.ask("GET", "/api/v1/acls").body ==
        R"({"in_force":false,"acls":[{"principal":"User:ann","host":"*","permission":"allow",)"
        R"("operation":"read","resource_type":"topic","resource_name":"a",)"
        R"("pattern_type":"literal"}]})"
        "\n");
  CHECK(Json::parse(api.ask("GET", "/api/v1/acls?principal=User:bob").body)
            .at("acls")
            .as_array()
            .empty());
  CHECK(api.ask("GET", "/api/v1/acls?colour=red").status == 400);
  CHECK(api.ask("DELETE", "/api/v1/acls", "{}").status == 400);
  CHECK(api.ask("DELETE", "/api/v1/acls", R"({"resource_name":"a"})").status == 200);
  CHECK(api.ask("DELETE", "/api/v1/acls", R"({"resource_name":"a"})").status == 404);
}

TEST_CASE("quotas over the API: set, listed, taken back") {
  Api api;
  const auto change = [&api](const char* body) { return api.ask("PATCH", "/api/v1/quotas", body); };
  CHECK(change(R"({"limits":{"producer_byte_rate":1}})").status == 400);
  CHECK(change(R"({"user":"ann","limits":{"producer_byte_rate":-1}})").status == 400);
  CHECK(change(R"({"user":"ann","limits":{"no_such_rate":1}})").status == 400);
  CHECK(change(R"({"user":"ann"})").status == 400);
  CHECK(
      change(
          R"({"user":"ann","client_id":null,"limits":{"producer_byte_rate":5,"request_percentage":50}})")
          .status == 200);
  CHECK(change(R"({"user":"ann","client_id":null,"limits":{"request_percentage":null}})").body ==
        R"({"client_id":null,"user":"ann","limits":{"producer_byte_rate":5.0}})"
        "\n");
  CHECK(api.ask("GET", "/api/v1/quotas").body ==
        R"({"quotas":[{"client_id":null,"user":"ann","limits":{"producer_byte_rate":5.0}}]})"
        "\n");
  CHECK(change(R"({"user":"ann","client_id":null,"limits":{"producer_byte_rate":null}})").status ==
        200);
  CHECK(api.ask("GET", "/api/v1/quotas").body == "{\"quotas\":[]}\n");
}

TEST_CASE("a topic's life over the API") {
  Api api;
  CHECK(api.ask("POST", "/api/v1/topics", R"({"name":"a","partitions":2})").status == 201);
  CHECK(api.ask("POST", "/api/v1/topics", R"({"name":"a"})").status == 409);
  CHECK(api.ask("POST", "/api/v1/topics", R"({"name":"a/b"})").status == 400);
  CHECK(api.ask("POST", "/api/v1/topics", R"({"name":"b","partitions":0})").status == 400);
  CHECK(api.ask("POST", "/api/v1/topics", R"({"partitions":1})").status == 400);

  const auto appended = api.ask("POST", "/api/v1/topics/a/records",
                                R"({"records":[{"value":"one"},{"key":"k","value":null}]})");
  CHECK(appended.status == 201);
  CHECK(appended.body == "{\"partition\":0,\"base_offset\":0,\"records\":2}\n");
  const Json read = Json::parse(api.ask("GET", "/api/v1/topics/a/records?offset=1").body);
  REQUIRE(read.at("records").as_array().size() == 1);
  CHECK(
      read.at("records").as_array()[0].dump() ==
      R"({"partition":0,"offset":1,"timestamp":"2023-11-14T22:13:20.000Z","key":"k","value":null})");
  CHECK(read.at("next_offset").as_int() == 2);
  const Json limited = Json::parse(api.ask("GET", "/api/v1/topics/a/records?limit=1").body);
  CHECK(limited.at("records").as_array()[0].at("value").as_string() == "one");
  CHECK(limited.at("next_offset").as_int() == 1);
  CHECK(api.ask("GET", "/api/v1/topics/a/records?offset=3").status == 400);

  api.end_transaction("a");  // is no record
  const Json behind = Json::parse(api.ask("GET", "/api/v1/topics/a/records?offset=2").body);
  CHECK(behind.at("records").as_array().empty());
  CHECK(behind.at("next_offset").as_int() == 3);
  const Json last = Json::parse(api.ask("GET", "/api/v1/topics/a/records?tail=1").body);
  REQUIRE(last.at("records").as_array().size() == 1);
  CHECK(last.at("records").as_array()[0].at("offset").as_int() == 1);
  CHECK(api.ask("GET", "/api/v1/topics/a/records?partition=2").status == 404);
  CHECK(api.ask("GET", "/api/v1/topics/a/records?limit=x").status == 400);

  CHECK(api.ask("DELETE", "/api/v1/topics/a").status == 204);
  CHECK(api.ask("DELETE", "/api/v1/topics/a").status == 404);
  CHECK(api.ask("GET", "/api/v1/topics").body == "{\"topics\":[]}\n");
}

TEST_CASE("a statement's result and its mistakes") {
  Api api;
  const Json answer = Json::parse(
      api.ask("POST", "/api/v1/sql",
              R"({"sql":"SELECT 1 AS n, 'x' AS t, NULL AS z, 1.5::DOUBLE AS d, true AS b;"})")
          .body);
  CHECK(answer.at("rows").dump() == R"([[1,"x",null,1.5,true]])");
  CHECK(answer.at("columns").as_array()[1].dump() == R"({"name":"t","type":"STRING"})");
  CHECK(!answer.at("truncated").as_bool());
  const Json cut = Json::parse(
      api.ask("POST", "/api/v1/sql", R"~({"sql":"SELECT * FROM range(5000)","limit":3000})~").body);
  CHECK(cut.at("rows").as_array().size() == 3000);
  CHECK(cut.at("truncated").as_bool());
  const auto wrong = api.ask("POST", "/api/v1/sql", R"({"sql":"SELECT nothing"})");
  CHECK(wrong.status == 400);
  CHECK(api.ask("POST", "/api/v1/sql", R"~({"sql":"CREATE TABLE t (a INT)"})~").status == 403);
  CHECK(api.ask("POST", "/api/v1/sql", "{}").status == 400);
  CHECK(api.ask("GET", "/api/v1/tables").body == "{\"tables\":[]}\n");
}

TEST_CASE("what cannot be answered says why") {
  Api api;
  CHECK(api.ask("GET", "/nowhere").status == 404);
  CHECK(api.ask("GET", "/api/v1/topics/%zz").status == 400);
  const auto refused = api.ask("PUT", "/api/v1/topics");
  CHECK(refused.status == 405);
  CHECK(refused.headers[0].value == "GET, POST");
  const Json error = Json::parse(api.ask("POST", "/api/v1/topics", "{").body).at("error");
  CHECK(error.at("code").as_string() == "syntax");
  api.reasons = {"pipeline 'x' failed"};
  CHECK(api.ask("GET", "/readyz").status == 503);
  CHECK(api.ask("GET", "/healthz").status == 200);
  api.reasons.clear();
  CHECK(api.ask("GET", "/readyz").status == 200);
}

TEST_CASE("the description lists exactly the routes") {
  std::set<std::string> described;
  const Json description = Json::parse(Api().ask("GET", "/openapi.json").body);
  for (const auto& [path, methods] : description.at("paths").as_members()) {
    for (const auto& [method, operation] : methods.as_members()) {
      if (method != "parameters") {
        std::string upper = method;
        std::transform(upper.begin(), upper.end(), upper.begin(), ::toupper);
        described.insert(upper + " " + path);
        CHECK(operation.find("summary") != nullptr);
      }
    }
  }
  std::set<std::string> served;
  for (const Route& route : routes()) {
    served.insert(std::string(route.method) + " " + std::string(route.pattern));
  }
  CHECK(described == served);
}

}  // namespace millrace::api
