#pragma once

// What can be set in millrace.toml and, for some, by flags. settings.cc holds the one table from
// which the file is checked, docs/settings.md is made, and `millrace settings` prints.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.h"

namespace millrace::io {
class Files;
}

namespace millrace::broker {
struct AuthorizationOptions;
}

namespace millrace::server {

class Arguments;
struct Context;

struct ListenerSettings {
  std::string address = "127.0.0.1";
  uint16_t port = 0;
};

// One of the two ports for Kafka's clients, by Kafka's names for what is spoken on it.
struct KafkaListenerSettings : ListenerSettings {
  std::string protocol = "plaintext";
  std::string advertised_host;  // the address, where it is empty
};

struct KinesisSettings : ListenerSettings {
  static constexpr uint16_t kOrdinaryPort = 4567;

  KinesisSettings() { port = kOrdinaryPort; }

  bool enabled = true;
  // What a shard of a provisioned stream takes and gives in a second; 0: any number.
  int64_t shard_write_bytes = 1 << 20;
  int64_t shard_write_records = 1000;
  int64_t shard_reads = 5;
  int64_t shard_read_bytes = 2 << 20;
};

// The made-up load of `millrace demo`; systems/*/generator.toml says what each system wants.
struct DemoSettings {
  int64_t events_per_second = 1000;
  int64_t speed = 1;
  int64_t bad_per_thousand = 0;
  int64_t late_per_thousand = 0;
  Duration out_of_order;
};

struct Settings {
  std::string data = "data";
  Duration drain_timeout = Duration::seconds(20);
  KafkaListenerSettings kafka{{.port = 9092}, "plaintext", ""};
  KafkaListenerSettings kafka_second{{.port = 9093}, "off", ""};
  std::string kafka_authorization = "none";
  std::string kafka_super_users;
  std::string kafka_unruled = "refused";
  std::string kafka_certificate;
  std::string kafka_certificate_key;
  ListenerSettings http{.port = 8080};
  ListenerSettings postgres{.port = 5439};
  ListenerSettings registry{.port = 8081};
  KinesisSettings kinesis;
  std::string kafka_fsync = "acknowledged";
  int64_t kafka_default_partitions = 1;
  std::string kafka_auto_create_topics = "yes";
  int64_t kafka_request_bytes = 100 * 1024 * 1024;
  Duration kafka_offsets_retention = Duration::seconds(7 * 24 * 3600);
  Duration kafka_group_heartbeat = Duration::seconds(5);
  Duration kafka_group_session = Duration::seconds(45);
  Duration kafka_login_lifetime;
  int64_t http_workers = 4;
  int64_t http_body_bytes = 32 * 1024 * 1024;
  int64_t pipeline_state_bytes = 0;
  std::string log_level = "info";
  std::string log_file;
  DemoSettings demo;
  bool take_free_port_instead = false;  // of the demo: where the wanted one is taken
};

// Where a setting's value is kept; its type decides what the file may say.
using SettingField = std::variant<std::string*, uint16_t*, int64_t*, Duration*, bool*>;

struct SettingDescription {
  std::string_view key;      // "kafka.port"
  std::string_view choices;  // "debug|info|warning|error"; empty where any value of the type may be
  std::string_view flag;     // the flag that wins over the file; empty for none
  std::string_view help;
  SettingField (*field)(Settings& settings);
};

std::span<const SettingDescription> setting_descriptions();
// The value as millrace.toml would have it.
std::string setting_text(const SettingDescription& description, const Settings& settings);
// "text", "port", "whole number", "duration", "true or false", or the choices.
std::string setting_type(const SettingDescription& description);

// Applies the text of a millrace.toml. Throws Error with file:line:column and, for an unknown key,
// the nearest known one.
void apply_toml(const std::string& file, std::string_view text, Settings& settings);
// Applies the [demo] section of a generator.toml and nothing else of it.
void apply_demo_section(const std::string& file, std::string_view text, Settings& settings);
// Defaults, then --config (or ./millrace.toml where there is one), then $MILLRACE_DATA, then flags.
Settings load_settings(const Context& context, const Arguments& arguments, Settings settings = {});

// Who may do what at the Kafka ports. Throws Error(invalid_argument) for users who are not written
// as "User:name".
broker::AuthorizationOptions authorization_options(const Settings& settings);

// The page docs/settings.md.
std::string settings_page();

}  // namespace millrace::server
