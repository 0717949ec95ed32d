#include "server/demo/telecom_events.h"

#include <array>

#include "base/json.h"

asm(R"(
  .section .rodata
  .global millrace_telecom_pipeline_begin
  .global millrace_telecom_pipeline_end
  .global millrace_telecom_generator_begin
  .global millrace_telecom_generator_end
millrace_telecom_pipeline_begin:
  .incbin "systems/telecom-events/pipeline.sql"
millrace_telecom_pipeline_end:
millrace_telecom_generator_begin:
  .incbin "systems/telecom-events/generator.toml"
millrace_telecom_generator_end:
  .byte 0
  .previous
)");

extern "C" const char millrace_telecom_pipeline_begin[];
extern "C" const char millrace_telecom_pipeline_end[];
extern "C" const char millrace_telecom_generator_begin[];
extern "C" const char millrace_telecom_generator_end[];

namespace millrace::server {

std::string_view telecom_events_pipeline() {
  return {millrace_telecom_pipeline_begin, millrace_telecom_pipeline_end};
}
std::string_view telecom_events_generator_settings() {
  return {millrace_telecom_generator_begin, millrace_telecom_generator_end};
}

namespace {

struct Kind {
  std::string_view type;
  uint64_t percent;
  std::array<std::string_view, 3> subtypes;
};

constexpr std::array kKinds{
    Kind{"data_session", 60, {"3g", "4g", "5g"}},
    Kind{"call", 25, {"incoming", "outgoing", "missed"}},
    Kind{"sms", 10, {"incoming", "outgoing", "service"}},
    Kind{"balance_recharge", 5, {"card", "cash", "app"}},
};
constexpr std::array<std::string_view, 4> kRegions{"Almaty", "Astana", "Pavlodar", "Taraz"};
constexpr std::array<std::string_view, 4> kAmounts{"500", "1000", "2000", "5000"};

const Kind& kind_at(uint64_t percent) {
  size_t kind = 0;
  while (percent >= kKinds[kind].percent) {
    percent -= kKinds[kind].percent;
    ++kind;
  }
  return kKinds[kind];
}

void add_text(std::string& event, std::string_view name, std::string_view value) {
  event += ",\"" + std::string(name) + "\":\"" + std::string(value) + "\"";
}

void add_number(std::string& event, std::string_view name, std::string_view value) {
  event += ",\"" + std::string(name) + "\":" + std::string(value);
}

}  // namespace

Timestamp TelecomEvents::time_near(Timestamp now) {
  if (of_thousand(settings_.late_per_thousand)) {
    return now - Duration::seconds(static_cast<int64_t>(between(70, 900)));
  }
  const auto spread = static_cast<uint64_t>(settings_.out_of_order.ms());
  return now - Duration::milliseconds(static_cast<int64_t>(random_.below(spread + 1)));
}

void TelecomEvents::add_measures(std::string& event, std::string_view type, bool bad) {
  if (type == "call" || type == "data_session") {
    add_number(event, "duration_seconds", (bad ? "-" : "") + std::to_string(between(1, 3600)));
  }
  if (type == "data_session") {
    add_number(event, "data_mb",
               std::to_string(between(0, 1999)) + "." + std::to_string(between(10, 99)));
  }
  if (type == "balance_recharge") {
    add_number(event, "amount",
               (bad ? "-" : "") + std::string(kAmounts[random_.below(kAmounts.size())]));
  }
}

std::string TelecomEvents::next(Timestamp now) {
  const bool bad = of_thousand(settings_.bad_per_thousand);
  const Kind& kind = kind_at(random_.below(100));
  const uint64_t fault = bad ? random_.below(4) : 4;
  if (fault == 0) {
    return "{\"event_id\":\"evt-" + std::to_string(number_++) + "\",\"event_type\":";  // torn
  }
  std::string event = "{\"event_id\":\"evt-" + std::to_string(number_++) + "\"";
  add_text(event, "event_type", fault == 1 ? "telegram" : kind.type);
  add_text(event, "event_subtype", kind.subtypes[random_.below(kind.subtypes.size())]);
  add_text(event, "msisdn",
           fault == 2 ? "" : "+7701" + std::to_string(between(1'000'000, 9'999'999)));
  add_text(event, "region", kRegions[random_.below(kRegions.size())]);
  add_text(event, "timestamp", to_iso8601(time_near(now)));
  add_measures(event, kind.type, fault == 3);
  if (fault == 3 && kind.type == "sms") {  // which has no measure of its own to spoil
    add_number(event, "duration_seconds", "-1");
  }
  return event + "}";
}

std::optional<Timestamp> time_of_event(std::string_view event) {
  static constexpr std::string_view kName = "\"timestamp\":\"";
  const size_t at = event.find(kName);
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view rest = event.substr(at + kName.size());
  return parse_iso8601(rest.substr(0, rest.find('"')));
}

}  // namespace millrace::server
