#pragma once

// The limit: what a programmer would write by hand for exactly one query, with the same JSON
// library, knowing the fields, the window and the keys in advance:
//
//   SELECT window_start, event_type, region, COUNT(*), SUM(amount)
//   FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(`timestamp`), INTERVAL '5' MINUTES))
//   GROUP BY window_start, window_end, event_type, region
//
// No watermark, no late rows, no checkpoint, no errors: how fast this core could go.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>

namespace millrace::bench {

struct Totals {
  int64_t count = 0;
  double amount = 0;
};

// By window start (ms), type, region.
using WindowTotals = std::map<std::tuple<int64_t, std::string, std::string>, Totals>;

class WindowsByHand {
 public:
  WindowsByHand();
  ~WindowsByHand();

  // `record` has 64 readable bytes behind it.
  void add(std::string_view record);
  WindowTotals totals() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace millrace::bench
