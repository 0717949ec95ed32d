#include "bench/telecom_events.h"

#include <array>
#include <cstdio>

#include "base/time.h"

namespace millrace::bench {

namespace {

constexpr int64_t kStartMs = 1'767'225'600'000;  // 2026-01-01T00:00:00Z
constexpr uint64_t kJitterMs = 30'000;
constexpr std::array<const char*, 4> kRegions = {"Almaty", "Astana", "Pavlodar", "Taraz"};
constexpr std::array<const char*, 3> kCalls = {"voice_onnet", "voice_offnet", "voice_intl"};
constexpr std::array<const char*, 3> kSessions = {"3g", "4g", "5g"};
constexpr std::array<const char*, 3> kRecharges = {"voucher", "card", "mobile_money"};

struct Measures {
  const char* type;
  const char* subtype;
  std::string duration = "null";
  std::string data = "null";
  std::string amount = "null";
};

std::string money(uint64_t cents) {
  char text[32];
  std::snprintf(text, sizeof(text), "%d.%02d", static_cast<int>(cents / 100),
                static_cast<int>(cents % 100));
  return text;
}

Measures draw(Random& random) {
  const uint64_t share = random.below(100);
  const size_t pick = random.below(3);
  if (share < 60) {
    return {"data_session", kSessions[pick], std::to_string(1 + random.below(7200)),
            money(random.below(50'000)), money(random.below(500))};
  }
  if (share < 85) {
    return {"call", kCalls[pick], std::to_string(1 + random.below(1800)), "null",
            money(random.below(2'000))};
  }
  if (share < 95) {
    return {"sms", "p2p", "null", "null", money(random.below(100))};
  }
  return {"balance_recharge", kRecharges[pick], "null", "null",
          money((1 + random.below(20)) * 50'000)};
}

}  // namespace

void TelecomEvents::append_next(std::string& out) {
  const int64_t late_ms = static_cast<int64_t>(random_.below(kJitterMs + 1));
  const Timestamp at{std::max(kStartMs, kStartMs + number_ - late_ms)};
  const uint64_t subscriber = random_.below(100'000);
  const Measures measures = draw(random_);
  char text[512];
  const int size = std::snprintf(
      text, sizeof(text),
      "{\"event_id\":\"evt-%010lld\",\"event_type\":\"%s\",\"event_subtype\":\"%s\","
      "\"msisdn\":\"+7701%07llu\",\"region\":\"%s\",\"timestamp\":\"%s\",\"duration_seconds\":%s,"
      "\"data_mb\":%s,\"amount\":%s}",
      static_cast<long long>(number_), measures.type, measures.subtype,
      static_cast<unsigned long long>(subscriber), kRegions[subscriber % kRegions.size()],
      to_iso8601(at).c_str(), measures.duration.c_str(), measures.data.c_str(),
      measures.amount.c_str());
  out.append(text, static_cast<size_t>(size));
  ++number_;
}

}  // namespace millrace::bench
