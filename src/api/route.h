#pragma once

// A route: method, path and the function that answers. routes.cc is the list of all.

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/services.h"
#include "base/json.h"
#include "io/http/message.h"
#include "topic/settings.h"

namespace millrace::topic {
struct Topic;
}

namespace millrace::api {

struct Call {
  const Services& services;
  const io::http::Request& request;
  std::vector<std::string> captured;  // what stood at the {braces} of the pattern

  // The body as JSON. Throws Error(syntax) where it is not.
  Json body() const;
  // A member of the body. Throws Error(invalid_argument) where it is missing.
  static const Json& required(const Json& body, std::string_view member);
  // A query parameter as a number from 0 to `most`. Throws Error(invalid_argument).
  int64_t number(std::string_view parameter, int64_t otherwise, int64_t most) const;
};

struct Route {
  std::string_view method;
  std::string_view pattern;  // "/api/v1/topics/{topic}"
  io::http::Response (*answer)(const Call& call);
};

std::span<const Route> routes();

// Which pipelines run, in Prometheus' text format.
std::string pipeline_metrics(const std::vector<NamedPipeline>& pipelines);

constexpr int64_t kMostPartitions = 10'000;  // of a topic

// The topic that the path names. Throws Error: not_found, invalid_argument for one of the broker's
// own.
std::shared_ptr<const topic::Topic> named_topic(const Call& call);
// Throw Error(invalid_argument) for what Kafka would refuse too.
void check_settings(const topic::Settings& settings);
void check_not_internal(std::string_view topic);
Json topic_json(const topic::Topic& topic);

// A response with this as its body.
io::http::Response json(const Json& body, int status = 200);

// Answers; each file of this folder is one noun.
io::http::Response healthz(const Call& call);
io::http::Response readyz(const Call& call);
io::http::Response metrics(const Call& call);
io::http::Response openapi(const Call& call);
io::http::Response list_pipelines(const Call& call);
io::http::Response describe_pipeline(const Call& call);
io::http::Response plan_pipelines(const Call& call);
io::http::Response begin_change(const Call& call);
io::http::Response describe_change(const Call& call);
io::http::Response cancel_change(const Call& call);
io::http::Response list_groups(const Call& call);
io::http::Response describe_group(const Call& call);
io::http::Response delete_group(const Call& call);
io::http::Response reset_group_offsets(const Call& call);
io::http::Response list_acls(const Call& call);
io::http::Response add_acl(const Call& call);
io::http::Response remove_acls(const Call& call);
io::http::Response list_quotas(const Call& call);
io::http::Response change_quotas(const Call& call);
io::http::Response list_users(const Call& call);
io::http::Response set_user(const Call& call);
io::http::Response delete_user(const Call& call);
io::http::Response run_statement(const Call& call);
io::http::Response list_tables(const Call& call);
io::http::Response list_topics(const Call& call);
io::http::Response create_topic(const Call& call);
io::http::Response describe_topic(const Call& call);
io::http::Response delete_topic(const Call& call);
io::http::Response change_topic_settings(const Call& call);
io::http::Response add_topic_partitions(const Call& call);
io::http::Response delete_topic_records(const Call& call);
io::http::Response read_records(const Call& call);
io::http::Response append_records(const Call& call);

}  // namespace millrace::api
