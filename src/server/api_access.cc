#include "server/api_access.h"

#include "api/router.h"
#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "broker/access/acls.h"
#include "broker/access/credentials.h"
#include "broker/quotas/quotas.h"
#include "io/files.h"
#include "io/http/client.h"
#include "io/http/request_parser.h"
#include "io/world.h"
#include "query/engine.h"
#include "server/context.h"
#include "server/data_directory.h"
#include "server/ports_file.h"
#include "server/settings.h"
#include "server/version.h"
#include "topic/store.h"

namespace millrace::server {

namespace {

ErrorCode code_named(const std::string& name) {
  for (int code = 0; code <= static_cast<int>(ErrorCode::internal); ++code) {
    if (name == name_of(static_cast<ErrorCode>(code))) {
      return static_cast<ErrorCode>(code);
    }
  }
  return ErrorCode::internal;
}

// What the response says, or the Error that it carries.
Json content_of(const io::http::Response& response) {
  Json body = response.body.empty() ? Json() : Json::parse(response.body);
  const Json* error = body.find("error");
  if (error == nullptr) {
    return body;
  }
  std::optional<Position> position;
  if (const Json* at = error->find("position")) {
    const Json* file = at->find("file");
    position = Position{.file = file == nullptr ? "" : file->as_string(),
                        .line = static_cast<uint32_t>(at->at("line").as_int()),
                        .column = static_cast<uint32_t>(at->at("column").as_int())};
  }
  throw Error(code_named(error->at("code").as_string()), error->at("message").as_string(),
              position);
}

class Remote final : public ApiAccess {
 public:
  Remote(std::string address, uint16_t port)
      : client_(std::move(address), port, Duration::seconds(600)) {}

  Json ask(std::string_view method, std::string_view target, const Json& body) override {
    return content_of(client_.send(method, target, body.is_null() ? "" : body.dump()));
  }

 private:
  io::http::Client client_;  // statements may take minutes, hence the long timeout
};

class Local final : public ApiAccess {
 public:
  Local(const Context& context, const Settings& settings, std::string_view verb)
      : log_(context.clock, LogLevel::warning,
             [err = context.err](const LogEntry& entry) { err(entry.to_json() + "\n"); }),
        world_{.clock = context.clock,
               .random = context.random,
               .files = context.files,
               .log = &log_,
               .metrics = &metrics_},
        data_(*context.files, settings.data, "millrace " + std::string(verb)),
        topics_(world_, data_.topics()),
        credentials_(world_, data_.path()),
        acls_(world_, data_.path(), authorization_options(settings)),
        quotas_(world_, data_.path()),
        query_(world_, {.lake_directory = data_.lake()}),
        router_(api::Services{.world = world_,
                              .topics = &topics_,
                              .groups = nullptr,
                              .credentials = &credentials_,
                              .acls = &acls_,
                              .quotas = &quotas_,
                              .query = &query_,
                              .lake_directory = data_.lake(),
                              .version = std::string(kVersion),
                              .pipelines = {},
                              .changes = {},
                              .reasons_not_ready = [] { return std::vector<std::string>(); }}) {}

  Json ask(std::string_view method, std::string_view target, const Json& body) override {
    io::http::RequestParser parser({.body_bytes = SIZE_MAX});
    const std::string content = body.is_null() ? "" : body.dump();
    parser.feed(std::string(method) + " " + std::string(target) +
                " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
                std::to_string(content.size()) + "\r\n\r\n");
    parser.feed(content);
    return content_of(router_.answer(parser.take()));
  }

 private:
  Log log_;
  Metrics metrics_;
  io::World world_;
  DataDirectory data_;
  topic::Store topics_;
  broker::Credentials credentials_;
  broker::Acls acls_;
  broker::Quotas quotas_;
  query::Engine query_;
  api::Router router_;
};

}  // namespace

std::unique_ptr<ApiAccess> open_api(const Context& context, const Settings& settings,
                                    std::string_view verb) {
  if (const auto ports = read_ports(*context.files, settings.data)) {
    const bool any = settings.http.address == "0.0.0.0" || settings.http.address == "::";
    return std::make_unique<Remote>(any ? "127.0.0.1" : settings.http.address, ports->http);
  }
  if (!context.files->exists(settings.data)) {
    throw Error(ErrorCode::not_found,
                "there is no data directory '" + settings.data +
                    "': start a server with 'millrace server', or say which with --data DIR");
  }
  return std::make_unique<Local>(context, settings, verb);
}

}  // namespace millrace::server
