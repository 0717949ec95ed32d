#include "bench/windows_by_hand.h"

#include <simdjson.h>

#include <array>
#include <cstring>
#include <vector>

#include "base/time.h"

namespace millrace::bench {

namespace {

constexpr int64_t kWindowMs = 300'000;
constexpr size_t kKinds = 4;
constexpr size_t kRegions = 4;

// A handful of known words, told apart by their first letters.
size_t kind_of(std::string_view type) {
  return type[0] == 'd' ? 0 : type[0] == 'c' ? 1 : type[0] == 's' ? 2 : 3;
}
constexpr std::array<const char*, kKinds> kKindNames = {"data_session", "call", "sms",
                                                        "balance_recharge"};
size_t region_of(std::string_view region) {
  return region[0] == 'P' ? 2 : region[0] == 'T' ? 3 : region[1] == 'l' ? 0 : 1;
}
constexpr std::array<const char*, kRegions> kRegionNames = {"Almaty", "Astana", "Pavlodar",
                                                            "Taraz"};

int64_t digits(const char* at, int count) {
  int64_t value = 0;
  for (int i = 0; i < count; ++i) {
    value = value * 10 + (at[i] - '0');
  }
  return value;
}

// "2026-01-01T00:00:00.000Z" and no other form. Consecutive events share their day.
class TimeParser {
 public:
  int64_t parse(const char* at) {
    if (std::memcmp(at, day_, sizeof(day_)) != 0) {
      std::memcpy(day_, at, sizeof(day_));
      day_ms_ = 86'400'000 * days_from_civil({static_cast<int32_t>(digits(at, 4)),
                                              static_cast<int32_t>(digits(at + 5, 2)),
                                              static_cast<int32_t>(digits(at + 8, 2))});
    }
    return day_ms_ + digits(at + 11, 2) * 3'600'000 + digits(at + 14, 2) * 60'000 +
           digits(at + 17, 2) * 1'000 + digits(at + 20, 3);
  }

 private:
  char day_[10] = {};
  int64_t day_ms_ = 0;
};

}  // namespace

struct WindowsByHand::Impl {
  using Cells = std::array<Totals, kKinds * kRegions>;

  Cells& window(int64_t number) {
    if (windows.empty()) {
      first = number - 1;  // events come up to 30 s out of order
    }
    const auto index = static_cast<size_t>(number - first);
    if (index >= windows.size()) {
      windows.resize(index + 1);
    }
    return windows[index];
  }

  simdjson::ondemand::parser parser;
  TimeParser time;
  std::vector<Cells> windows;
  int64_t first = 0;
};

WindowsByHand::WindowsByHand() : impl_(std::make_unique<Impl>()) {}
WindowsByHand::~WindowsByHand() = default;

void WindowsByHand::add(std::string_view record) {
  auto document = impl_->parser.iterate(
      simdjson::padded_string_view(record.data(), record.size(), record.size() + 64));
  auto object = document.get_object();
  const std::string_view type = object.find_field("event_type").get_string();
  const std::string_view region = object.find_field("region").get_string();
  const std::string_view at = object.find_field("timestamp").get_string();
  auto amount = object.find_field("amount");
  const int64_t ms = impl_->time.parse(at.data());
  Totals& totals = impl_->window(ms / kWindowMs)[kind_of(type) * kRegions + region_of(region)];
  ++totals.count;
  if (!amount.is_null()) {
    totals.amount += amount.get_double();
  }
}

WindowTotals WindowsByHand::totals() const {
  WindowTotals all;
  for (size_t w = 0; w < impl_->windows.size(); ++w) {
    for (size_t cell = 0; cell < kKinds * kRegions; ++cell) {
      const Totals& totals = impl_->windows[w][cell];
      if (totals.count > 0) {
        all[{(impl_->first + static_cast<int64_t>(w)) * kWindowMs, kKindNames[cell / kRegions],
             kRegionNames[cell % kRegions]}] = totals;
      }
    }
  }
  return all;
}

}  // namespace millrace::bench
