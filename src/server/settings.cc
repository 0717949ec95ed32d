#include "server/settings.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "broker/access/acls.h"
#include "io/files.h"
#include "server/command_line.h"
#include "server/context.h"

namespace millrace::server {

namespace {

constexpr std::string_view kListens = "0 takes any free port; the chosen one stands in ports.json";

const std::array kDescriptions = std::to_array<SettingDescription>({
    {"server.data", "", "--data", "the data directory; $MILLRACE_DATA wins over the file",
     [](Settings& s) -> SettingField { return &s.data; }},
    {"server.drain_timeout", "", "",
     "how long a stopping server finishes requests and takes last checkpoints before it gives up",
     [](Settings& s) -> SettingField { return &s.drain_timeout; }},
    {"kafka.address", "", "", "where Kafka clients connect",
     [](Settings& s) -> SettingField { return &s.kafka.address; }},
    {"kafka.port", "", "--kafka-port", kListens,
     [](Settings& s) -> SettingField { return &s.kafka.port; }},
    {"kafka.advertised_host", "", "",
     "the name by which clients on other machines reach this one; empty for kafka.address",
     [](Settings& s) -> SettingField { return &s.kafka.advertised_host; }},
    {"kafka.protocol", "plaintext|sasl_plaintext|ssl|sasl_ssl", "",
     "what is spoken there: with sasl_ clients log in as users of 'millrace user', with ssl the "
     "connection is encrypted",
     [](Settings& s) -> SettingField { return &s.kafka.protocol; }},
    {"kafka.certificate", "", "", "the file with the certificate for ssl, as PEM",
     [](Settings& s) -> SettingField { return &s.kafka_certificate; }},
    {"kafka.certificate_key", "", "", "the file with its key, as PEM without a password",
     [](Settings& s) -> SettingField { return &s.kafka_certificate_key; }},
    {"kafka.second.protocol", "off|plaintext|sasl_plaintext|ssl|sasl_ssl", "",
     "what is spoken on a second port, say sasl_ssl for other machines beside plaintext for this "
     "one",
     [](Settings& s) -> SettingField { return &s.kafka_second.protocol; }},
    {"kafka.second.address", "", "", "where its clients connect",
     [](Settings& s) -> SettingField { return &s.kafka_second.address; }},
    {"kafka.second.port", "", "", kListens,
     [](Settings& s) -> SettingField { return &s.kafka_second.port; }},
    {"kafka.second.advertised_host", "", "",
     "the name by which its clients reach this machine; empty for its address",
     [](Settings& s) -> SettingField { return &s.kafka_second.advertised_host; }},
    {"kafka.authorization", "none|acls", "",
     "none: everybody who may connect may do everything; acls: what the rules of 'millrace acl' "
     "allow, and nothing else",
     [](Settings& s) -> SettingField { return &s.kafka_authorization; }},
    {"kafka.super_users", "", "",
     "who may do everything without a rule, as Kafka writes it: \"User:admin;User:ops\"",
     [](Settings& s) -> SettingField { return &s.kafka_super_users; }},
    {"kafka.unruled", "refused|allowed", "",
     "what no rule names is refused, or allowed: Kafka's allow.everyone.if.no.acl.found",
     [](Settings& s) -> SettingField { return &s.kafka_unruled; }},
    {"kafka.fsync", "acknowledged|os", "",
     "acknowledged: records are on disk when acks=all is answered; os: the system writes them when "
     "it likes, and a crash of the machine may lose acknowledged ones",
     [](Settings& s) -> SettingField { return &s.kafka_fsync; }},
    {"kafka.default_partitions", "", "",
     "how many partitions a topic gets whose maker does not say (Kafka's num.partitions)",
     [](Settings& s) -> SettingField { return &s.kafka_default_partitions; }},
    {"kafka.auto_create_topics", "yes|no", "",
     "yes: a topic that a client asks for by name and that is not there is made",
     [](Settings& s) -> SettingField { return &s.kafka_auto_create_topics; }},
    {"kafka.request_bytes", "", "",
     "the largest request; who sends more is disconnected (Kafka's socket.request.max.bytes)",
     [](Settings& s) -> SettingField { return &s.kafka_request_bytes; }},
    {"kafka.offsets_retention", "", "",
     "how long the offsets of a consumer group are kept when nobody is in it any more",
     [](Settings& s) -> SettingField { return &s.kafka_offsets_retention; }},
    {"kafka.group_heartbeat", "", "",
     "how often members of groups whose partitions the broker shares out report",
     [](Settings& s) -> SettingField { return &s.kafka_group_heartbeat; }},
    {"kafka.group_session", "", "", "and after what silence they are taken for gone",
     [](Settings& s) -> SettingField { return &s.kafka_group_session; }},
    {"kafka.login_lifetime", "", "",
     "how long a login counts: before it is over, clients log in again on their connections, or "
     "are "
     "disconnected (Kafka's connections.max.reauth.ms); 0 for ever",
     [](Settings& s) -> SettingField { return &s.kafka_login_lifetime; }},
    {"http.address", "", "", "where the REST API, /metrics and /healthz answer",
     [](Settings& s) -> SettingField { return &s.http.address; }},
    {"http.port", "", "--http-port", kListens,
     [](Settings& s) -> SettingField { return &s.http.port; }},
    {"http.workers", "", "", "threads that run requests of the REST API",
     [](Settings& s) -> SettingField { return &s.http_workers; }},
    {"http.body_bytes", "", "", "the largest request body taken",
     [](Settings& s) -> SettingField { return &s.http_body_bytes; }},
    {"pipeline.state_bytes", "", "",
     "how much memory a pipeline's state may take where 'millrace.state.memory' does not say; 0 "
     "for "
     "no limit",
     [](Settings& s) -> SettingField { return &s.pipeline_state_bytes; }},
    {"postgres.address", "", "", "where psql and other Postgres clients connect",
     [](Settings& s) -> SettingField { return &s.postgres.address; }},
    {"postgres.port", "", "--pg-port", kListens,
     [](Settings& s) -> SettingField { return &s.postgres.port; }},
    {"registry.address", "", "", "reserved for the schema registry, which is not served yet",
     [](Settings& s) -> SettingField { return &s.registry.address; }},
    {"registry.port", "", "--registry-port",
     "reserved for the schema registry, which is not served yet",
     [](Settings& s) -> SettingField { return &s.registry.port; }},
    {"kinesis.enabled", "", "", "whether clients of Amazon Kinesis are served",
     [](Settings& s) -> SettingField { return &s.kinesis.enabled; }},
    {"kinesis.address", "", "", "where they connect",
     [](Settings& s) -> SettingField { return &s.kinesis.address; }},
    {"kinesis.port", "", "--kinesis-port",
     "0 takes any free port, and so does 4567 where it is taken; the chosen one stands in "
     "ports.json",
     [](Settings& s) -> SettingField { return &s.kinesis.port; }},
    {"kinesis.shard_write_bytes", "", "",
     "what a shard of a provisioned stream takes in a second; 0 for any number",
     [](Settings& s) -> SettingField { return &s.kinesis.shard_write_bytes; }},
    {"kinesis.shard_write_records", "", "", "how many records it takes in a second, likewise",
     [](Settings& s) -> SettingField { return &s.kinesis.shard_write_records; }},
    {"kinesis.shard_reads", "", "", "how many times it is read in a second, likewise",
     [](Settings& s) -> SettingField { return &s.kinesis.shard_reads; }},
    {"kinesis.shard_read_bytes", "", "", "how much is read of it in a second, likewise",
     [](Settings& s) -> SettingField { return &s.kinesis.shard_read_bytes; }},
    {"log.level", "debug|info|warning|error", "", "the least severe lines to write",
     [](Settings& s) -> SettingField { return &s.log_level; }},
    {"log.file", "", "", "where log lines go, as JSON; empty for standard error",
     [](Settings& s) -> SettingField { return &s.log_file; }},
    {"demo.events_per_second", "", "--rate", "how many events the demo makes up",
     [](Settings& s) -> SettingField { return &s.demo.events_per_second; }},
    {"demo.speed", "", "", "how many times faster than the clock their event time runs",
     [](Settings& s) -> SettingField { return &s.demo.speed; }},
    {"demo.bad_per_thousand", "", "", "how many of a thousand break a rule",
     [](Settings& s) -> SettingField { return &s.demo.bad_per_thousand; }},
    {"demo.late_per_thousand", "", "", "how many of a thousand come minutes late",
     [](Settings& s) -> SettingField { return &s.demo.late_per_thousand; }},
    {"demo.out_of_order", "", "", "how far the others are out of order, at most",
     [](Settings& s) -> SettingField { return &s.demo.out_of_order; }},
});

std::string duration_text(Duration duration) {
  return duration.ns % 1'000'000'000 == 0 ? std::to_string(duration.ns / 1'000'000'000) + " s"
                                          : std::to_string(duration.ms()) + " ms";
}

}  // namespace

std::span<const SettingDescription> setting_descriptions() { return kDescriptions; }

std::string setting_text(const SettingDescription& description, const Settings& settings) {
  Settings copy = settings;
  const SettingField field = description.field(copy);
  if (const auto* text = std::get_if<std::string*>(&field)) {
    return "\"" + **text + "\"";
  }
  if (const auto* duration = std::get_if<Duration*>(&field)) {
    return "\"" + duration_text(**duration) + "\"";
  }
  if (const auto* port = std::get_if<uint16_t*>(&field)) {
    return std::to_string(**port);
  }
  if (const auto* truth = std::get_if<bool*>(&field)) {
    return **truth ? "true" : "false";
  }
  return std::to_string(*std::get<int64_t*>(field));
}

std::string setting_type(const SettingDescription& description) {
  if (!description.choices.empty()) {
    return std::string(description.choices);
  }
  Settings settings;
  static constexpr std::array<const char*, 5> kNames{"text", "port", "whole number", "duration",
                                                     "true or false"};
  return kNames[description.field(settings).index()];
}

static void apply_flags(const Arguments& arguments, Settings& settings) {
  for (const SettingDescription& description : setting_descriptions()) {
    if (description.flag.empty() || !arguments.has(description.flag)) {
      continue;
    }
    const SettingField field = description.field(settings);
    if (const auto* text = std::get_if<std::string*>(&field)) {
      **text = *arguments.find(description.flag);
    } else if (const auto* port = std::get_if<uint16_t*>(&field)) {
      **port = static_cast<uint16_t>(*arguments.find_integer(description.flag, 0, 65535));
    } else if (const auto* number = std::get_if<int64_t*>(&field)) {
      **number = *arguments.find_integer(description.flag, 1, 1'000'000'000);
    }
  }
}

Settings load_settings(const Context& context, const Arguments& arguments, Settings settings) {
  const std::optional<std::string> named = arguments.find("--config");
  const std::string file = named.value_or("millrace.toml");
  if (named || context.files->exists(file)) {
    apply_toml(file, context.files->read_all(file), settings);
  }
  if (const auto data = context.variable("MILLRACE_DATA"); data && !data->empty()) {
    settings.data = *data;
  }
  apply_flags(arguments, settings);
  return settings;
}

std::string settings_page() {
  std::string page =
      "# Settings\n\n"
      "`millrace.toml` is read from the working directory, or from where `--config FILE` says. An\n"
      "unknown key is an error. Flags win over the file. `millrace settings` prints the values in\n"
      "force, and `millrace settings --output markdown` this page, which a test holds to the "
      "code.\n";
  std::string section;
  for (const SettingDescription& description : setting_descriptions()) {
    const size_t dot = description.key.find('.');
    if (description.key.substr(0, dot) != section) {
      section = description.key.substr(0, dot);
      page +=
          "\n## [" + section + "]\n\n| key | type | default | flag | |\n|---|---|---|---|---|\n";
    }
    std::string type = setting_type(description);
    for (size_t at = type.find('|'); at != std::string::npos; at = type.find('|', at + 2)) {
      type.replace(at, 1, ", ");
    }
    const std::string flag =
        description.flag.empty() ? "" : "`" + std::string(description.flag) + "`";
    page += "| `" + std::string(description.key.substr(dot + 1)) + "` | " + type + " | `" +
            setting_text(description, Settings()) + "` | " + flag + " | " +
            std::string(description.help) + " |\n";
  }
  return page;
}

broker::AuthorizationOptions authorization_options(const Settings& settings) {
  broker::AuthorizationOptions options;
  options.authorization = settings.kafka_authorization == "acls" ? broker::Authorization::acls
                                                                 : broker::Authorization::none;
  options.unruled =
      settings.kafka_unruled == "allowed" ? broker::Unruled::allowed : broker::Unruled::refused;
  for (std::string_view left = settings.kafka_super_users; !left.empty();) {
    const std::string_view user = left.substr(0, left.find(';'));
    if (!user.starts_with("User:") || user == "User:") {
      throw Error(ErrorCode::invalid_argument,
                  "kafka.super_users in millrace.toml has '" + std::string(user) +
                      "': users are written 'User:name', with ';' between them");
    }
    options.super_users.emplace(user);
    left.remove_prefix(std::min(left.size(), user.size() + 1));
  }
  return options;
}

}  // namespace millrace::server
