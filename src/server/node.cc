#include "server/node.h"

#include "base/clock.h"
#include "base/log.h"
#include "io/event_loop.h"
#include "server/version.h"

namespace millrace::server {

// Runs `listen`; where it cannot, adds which setting to change.
template <typename Listen>
static auto listening(const char* what, const char* key, const char* flag, const Listen& listen) {
  try {
    return listen();
  } catch (const Error& error) {
    // To say whose port it is.
    throw Error(error.code(), error.message() + ": the " + what + " port is chosen with " + flag +
                                  " N or " + key + " in millrace.toml (0 takes any free one)");
  }
}

static broker::Options broker_options(const Settings& settings) {
  broker::Options options;
  options.directory = settings.data;
  options.advertised_host = settings.kafka_advertised_host.empty() ? settings.kafka.address
                                                                   : settings.kafka_advertised_host;
  options.sync = settings.kafka_fsync == "acknowledged" ? topic::SyncPolicy::acknowledged
                                                        : topic::SyncPolicy::os;
  return options;
}

Node::Node(io::World world, io::EventLoop& loop, const Settings& settings,
           std::vector<std::string> pipeline_files)
    : world_(world),
      loop_(loop),
      drain_timeout_(settings.drain_timeout),
      data_(*world.files, settings.data, "millrace server"),
      topics_(world, data_.topics()),
      syncer_(world),
      broker_(world, &loop, &topics_, &syncer_, broker_options(settings)) {
  (void)pipeline_files;
  remove_ports(*world_.files, data_.path());
  syncer_.start_thread();
  listen(settings);
  write_ports(*world_.files, data_.path(), ports_);
  world_.log->info(
      "server", "ready",
      {{"data", data_.path()}, {"kafka", int64_t{ports_.kafka}}, {"http", int64_t{ports_.http}}});
}

void Node::listen(const Settings& settings) {
  broker::ServerOptions options;
  options.address = settings.kafka.address;
  options.port = settings.kafka.port;
  kafka_ = listening("Kafka", "kafka.port", "--kafka-port",
                     [&] { return std::make_unique<broker::Server>(broker_, options); });
  ports_.kafka = kafka_->port();
  listen_for_http(settings);
}

void Node::listen_for_http(const Settings& settings) {
  const api::Services services{.clock = world_.clock,
                               .metrics = world_.metrics,
                               .topics = &topics_,
                               .version = std::string(kVersion),
                               .reasons_not_ready = [this] { return reasons_not_ready(); }};
  io::http::ServerOptions options;
  options.address = settings.http.address;
  options.port = settings.http.port;
  options.limits.body_bytes = static_cast<size_t>(settings.http_body_bytes);
  http_ = listening("HTTP", "http.port", "--http-port", [&] {
    return std::make_unique<api::Endpoint>(
        loop_, options, static_cast<size_t>(std::max<int64_t>(1, settings.http_workers)), services);
  });
  ports_.http = http_->port();
}

Node::~Node() = default;

std::vector<std::string> Node::reasons_not_ready() const {
  std::vector<std::string> reasons;
  if (drained_) {
    reasons.emplace_back("the server is stopping");
  }
  return reasons;
}

void Node::drain(std::function<void()> done) {
  drained_ = std::move(done);
  drain_deadline_ = world_.clock->monotonic() + drain_timeout_;
  remove_ports(*world_.files, data_.path());
  http_->drain();
  wait_for_drained();
}

void Node::wait_for_drained() {
  const bool late = world_.clock->monotonic() >= drain_deadline_;
  if (http_->is_drained() || late) {
    if (late) {
      world_.log->warning("server", "stopped before everything was finished",
                          {{"waited", drain_timeout_.as_seconds()}});
    }
    drained_();
    return;
  }
  constexpr Duration kPause = Duration::milliseconds(20);
  drain_timer_ = loop_.run_after(kPause, [this] { wait_for_drained(); });
}

}  // namespace millrace::server
