#pragma once

// How much somebody used of late, as Kafka measures it: in eleven windows of a second. Who begins
// may thus use ten seconds' worth at once. https://kafka.apache.org/documentation/#design_quotas

#include <array>
#include <cstdint>

#include "base/time.h"

namespace millrace::broker {

class Rate {
 public:
  void add(double amount, Instant now);
  // How long the one who used this must wait until the rate is `quota` a second again; zero where
  // it is not above.
  Duration excess(double quota, Instant now);
  // Nothing was used since so long that none of it counts any more.
  bool is_over(Instant now) const;
  Instant latest_use() const { return latest_; }

 private:
  static constexpr int64_t kWindows = 11;
  struct Window {
    int64_t second = -1;  // which one it is about; -1: none yet
    double amount = 0;
  };

  std::array<Window, kWindows> windows_;
  Instant latest_{-kWindows * 1'000'000'000};
};

}  // namespace millrace::broker
