#include "server/node.h"

#include "base/clock.h"
#include "base/log.h"
#include "broker/access/credentials.h"
#include "io/event_loop.h"
#include "io/files.h"
#include "io/tls.h"
#include "server/own_addresses.h"
#include "server/version.h"

namespace millrace::server {

// Runs `listen` with the port; where that cannot be had, with any free one if `settings` say so,
// else adds whose port it is.
template <typename Listen>
static auto listening(const Settings& settings, uint16_t port, const char* what, const char* key,
                      const char* flag, const Listen& listen) {
  try {
    return listen(port);
  } catch (const Error& error) {
    // To take another, or to say what to do about it.
    if (settings.take_free_port_instead) {
      return listen(0);
    }
    const std::string by_flag = *flag == '\0' ? "" : std::string(flag) + " N or ";
    throw Error(error.code(), error.message() + ": the " + what + " port is chosen with " +
                                  by_flag + key + " in millrace.toml (0 takes any free one)");
  }
}

static broker::Options broker_options(const Settings& settings) {
  broker::Options options;
  options.directory = settings.data;
  options.authorization = authorization_options(settings);
  if (settings.kafka_default_partitions < 1 ||
      settings.kafka_default_partitions > std::numeric_limits<int32_t>::max()) {
    throw Error(ErrorCode::invalid_argument,
                "kafka.default_partitions in millrace.toml is at least 1");
  }
  options.default_partitions = static_cast<int32_t>(settings.kafka_default_partitions);
  options.auto_create_topics = settings.kafka_auto_create_topics == "yes";
  options.offsets_retention = settings.kafka_offsets_retention;
  options.group_heartbeat = settings.kafka_group_heartbeat;
  options.group_session = settings.kafka_group_session;
  options.login_lifetime = settings.kafka_login_lifetime;
  options.sync = settings.kafka_fsync == "acknowledged" ? topic::SyncPolicy::acknowledged
                                                        : topic::SyncPolicy::os;
  return options;
}

Node::Node(io::World world, io::EventLoop& loop, const Settings& settings,
           std::vector<PlannedJob> jobs, connector::Print print)
    : world_(world),
      loop_(loop),
      drain_timeout_(settings.drain_timeout),
      data_(*world.files, settings.data, "millrace server"),
      topics_(world, data_.topics()),
      syncer_(world),
      cleaner_(world, &topics_),
      broker_(world, &loop, &topics_, &syncer_, broker_options(settings)),
      groups_(broker_),
      group_offsets_(groups_),
      query_(world, {.lake_directory = data_.lake()}) {
  remove_ports(*world_.files, data_.path());
  syncer_.start_thread();
  broker_.worker().start_thread();
  cleaner_.start_thread();
  listen(settings);
  const connector::Environment environment{.topics = &topics_,
                                           .parquet = &parquet_,
                                           .groups = &group_offsets_,
                                           .own_addresses = own_addresses(settings, ports_.kafka),
                                           .lake_directory = data_.lake(),
                                           .replay = std::nullopt,
                                           .print = std::move(print)};
  connectors_ = std::make_unique<connector::Connectors>(environment);
  pipelines_ =
      std::make_unique<Pipelines>(world_, *connectors_, data_.pipelines(), std::move(jobs),
                                  Pipelines::Manner{.state_bytes = settings.pipeline_state_bytes});
  changes_ = std::make_unique<PipelineChanges>(world_, *pipelines_, environment);
  write_ports(*world_.files, data_.path(), ports_);
  world_.log->info("server", "ready",
                   {{"data", data_.path()},
                    {"kafka", int64_t{ports_.kafka}},
                    {"kinesis", int64_t{ports_.kinesis}},
                    {"http", int64_t{ports_.http}},
                    {"postgres", int64_t{ports_.postgres}},
                    {"pipelines", static_cast<int64_t>(pipelines_->statuses().size())}});
}

void Node::listen(const Settings& settings) {
  listen_for_kafka(settings);
  listen_for_kinesis(settings);
  listen_for_postgres(settings);
  listen_for_http(settings);
}

// Clients go where the broker says that it is.
static void check_reachable(std::string_view section, const KafkaListenerSettings& listener) {
  const bool is_everywhere = listener.address == "0.0.0.0" || listener.address == "::";
  if (is_everywhere && listener.advertised_host.empty()) {
    throw Error(ErrorCode::invalid_argument,
                std::string(section) + ".address is '" + listener.address +
                    "', where no client can connect to: set " + std::string(section) +
                    ".advertised_host to the name by which clients reach this machine");
  }
}

static std::shared_ptr<const io::Tls> make_tls(io::Files& files, const Settings& settings) {
  if (settings.kafka_certificate.empty() || settings.kafka_certificate_key.empty()) {
    throw Error(ErrorCode::invalid_argument,
                "ssl needs the files kafka.certificate and kafka.certificate_key in millrace.toml");
  }
  const auto content = [&files](std::string_view setting, const std::string& path) {
    if (!files.exists(path)) {
      throw Error(ErrorCode::not_found, std::string(setting) + " in millrace.toml names '" + path +
                                            "', which is not there");
    }
    return files.read_all(path);
  };
  return std::make_shared<io::Tls>(
      content("kafka.certificate", settings.kafka_certificate),
      content("kafka.certificate_key", settings.kafka_certificate_key));
}

static broker::ServerOptions kafka_options(io::Files& files, const Settings& settings,
                                           std::string_view section,
                                           const KafkaListenerSettings& listener) {
  check_reachable(section, listener);
  broker::ServerOptions options;
  options.address = listener.address;
  options.advertised_host = listener.advertised_host;
  options.login = listener.protocol.starts_with("sasl") ? broker::LoginPolicy::users_only
                                                        : broker::LoginPolicy::anybody;
  options.max_frame_bytes = static_cast<uint32_t>(
      std::clamp<int64_t>(settings.kafka_request_bytes, 1024, std::numeric_limits<int32_t>::max()));
  options.tls = listener.protocol.ends_with("ssl") ? make_tls(files, settings) : nullptr;
  return options;
}

void Node::listen_for_kafka(const Settings& settings) {
  broker::ServerOptions options = kafka_options(*world_.files, settings, "kafka", settings.kafka);
  const auto listen_at = [&](uint16_t port) {
    options.port = port;
    return std::make_unique<broker::Server>(broker_, options);
  };
  kafka_ =
      listening(settings, settings.kafka.port, "Kafka", "kafka.port", "--kafka-port", listen_at);
  ports_.kafka = kafka_->port();
  if (settings.kafka_second.protocol != "off") {
    options = kafka_options(*world_.files, settings, "kafka.second", settings.kafka_second);
    kafka_second_ = listening(settings, settings.kafka_second.port, "second Kafka",
                              "kafka.second.port", "", listen_at);
    ports_.kafka_second = kafka_second_->port();
  }
}

void Node::listen_for_kinesis(const Settings& settings) {
  if (!settings.kinesis.enabled) {
    return;
  }
  io::http::ServerOptions listen;
  listen.address = settings.kinesis.address;
  listen.limits.body_bytes = kinesis::Endpoint::kMostBodyBytes;
  const kinesis::ServiceOptions options{
      .directory = data_.path(),
      .limits = {.write_bytes = settings.kinesis.shard_write_bytes,
                 .write_records = settings.kinesis.shard_write_records,
                 .reads = settings.kinesis.shard_reads,
                 .read_bytes = settings.kinesis.shard_read_bytes}};
  // Who never heard of Kinesis may run several servers: its port stops none of them, as long as
  // nobody chose it.
  Settings lenient = settings;
  lenient.take_free_port_instead |= settings.kinesis.port == KinesisSettings::kOrdinaryPort;
  kinesis_ = listening(lenient, settings.kinesis.port, "Kinesis", "kinesis.port", "--kinesis-port",
                       [&](uint16_t port) {
                         listen.port = port;
                         return std::make_unique<kinesis::Endpoint>(broker_, listen, options);
                       });
  ports_.kinesis = kinesis_->port();
  if (settings.kinesis.port != 0 && ports_.kinesis != settings.kinesis.port) {
    world_.log->warning(
        "server", "the Kinesis port is another, as its own is taken",
        {{"wanted", int64_t{settings.kinesis.port}}, {"port", int64_t{ports_.kinesis}}});
  }
}

void Node::listen_for_postgres(const Settings& settings) {
  query::pgwire::ServerOptions options;
  options.address = settings.postgres.address;
  postgres_ =
      listening(settings, settings.postgres.port, "Postgres", "postgres.port", "--pg-port",
                [&](uint16_t port) {
                  options.port = port;
                  return std::make_unique<query::pgwire::Server>(world_, loop_, query_, options);
                });
  ports_.postgres = postgres_->port();
}

void Node::listen_for_http(const Settings& settings) {
  const api::Services services{.world = world_,
                               .topics = &topics_,
                               .groups = &groups_,
                               .credentials = &broker_.credentials(),
                               .acls = &broker_.acls(),
                               .quotas = &broker_.quotas(),
                               .query = &query_,
                               .lake_directory = data_.lake(),
                               .version = std::string(kVersion),
                               .pipelines = [this] { return pipelines_->statuses(); },
                               .changes = [this]() -> api::PipelineChanges& { return *changes_; },
                               .reasons_not_ready = [this] { return reasons_not_ready(); }};
  io::http::ServerOptions options;
  options.address = settings.http.address;
  options.limits.body_bytes = static_cast<size_t>(settings.http_body_bytes);
  http_ = listening(
      settings, settings.http.port, "HTTP", "http.port", "--http-port", [&](uint16_t port) {
        options.port = port;
        return std::make_unique<api::Endpoint>(
            loop_, options, static_cast<size_t>(std::max<int64_t>(1, settings.http_workers)),
            services);
      });
  ports_.http = http_->port();
}

Node::~Node() = default;

std::vector<std::string> Node::reasons_not_ready() const {
  std::vector<std::string> reasons = pipelines_->complaints();
  if (draining_) {
    reasons.emplace_back("the server is stopping");
  }
  if (std::string fault = data_.fault(); !fault.empty()) {
    reasons.push_back(std::move(fault));
  }
  return reasons;
}

void Node::drain(std::function<void(bool)> done) {
  drained_ = std::move(done);
  draining_ = true;
  drain_deadline_ = world_.clock->monotonic() + drain_timeout_;
  remove_ports(*world_.files, data_.path());
  http_->drain();
  if (kinesis_) {
    kinesis_->drain();
  }
  changes_->stop();
  pipelines_->stop();
  wait_for_drained();
}

void Node::wait_for_drained() {
  // A change that was just at its switch has started a pipeline meanwhile.
  pipelines_->stop();
  const bool finished = http_->is_drained() && (!kinesis_ || kinesis_->is_drained()) &&
                        changes_->has_ended() && pipelines_->has_ended();
  if (finished || world_.clock->monotonic() >= drain_deadline_) {
    drained_(finished);
    return;
  }
  constexpr Duration kPause = Duration::milliseconds(20);
  drain_timer_ = loop_.run_after(kPause, [this] { wait_for_drained(); });
}

}  // namespace millrace::server
