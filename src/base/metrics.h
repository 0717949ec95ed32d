#pragma once

// Counters, gauges and histograms, and their Prometheus text. Instruments are made once, in
// constructors, and live as long as the registry; touching one is an atomic add.

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace millrace {

class Counter {
 public:
  void add(uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

class Gauge {
 public:
  void set(int64_t value) { value_.store(value, std::memory_order_relaxed); }
  void add(int64_t n) { value_.fetch_add(n, std::memory_order_relaxed); }
  int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> value_{0};
};

// Durations in buckets that double from 50 µs to 50 s.
class Histogram {
 public:
  static constexpr size_t kBuckets = 21;

  void observe(Duration took);
  static Duration upper_bound(size_t bucket);
  uint64_t count_in(size_t bucket) const { return counts_[bucket].load(std::memory_order_relaxed); }
  uint64_t overflow() const { return counts_[kBuckets].load(std::memory_order_relaxed); }
  Duration sum() const { return {sum_ns_.load(std::memory_order_relaxed)}; }

 private:
  std::array<std::atomic<uint64_t>, kBuckets + 1> counts_{};
  std::atomic<int64_t> sum_ns_{0};
};

using MetricLabels = std::vector<std::pair<std::string, std::string>>;

// Safe to share between threads.
class Metrics {
 public:
  // The same name and labels give the same instrument. Names are whole: "millrace_rows_total".
  Counter& counter(std::string_view name, std::string_view help, MetricLabels labels = {});
  Gauge& gauge(std::string_view name, std::string_view help, MetricLabels labels = {});
  Histogram& histogram(std::string_view name, std::string_view help, MetricLabels labels = {});

  // Prometheus text exposition format, version 0.0.4.
  std::string expose() const;

 private:
  template <typename Instrument>
  struct Family {
    std::string help;
    std::map<std::string, std::unique_ptr<Instrument>> by_labels;  // labels as exposed
  };
  template <typename Instrument>
  using Families = std::map<std::string, Family<Instrument>, std::less<>>;

  template <typename Instrument>
  Instrument& find_or_make(Families<Instrument>& families, std::string_view name,
                           std::string_view help, const MetricLabels& labels);

  mutable std::mutex mutex_;
  Families<Counter> counters_;
  Families<Gauge> gauges_;
  Families<Histogram> histograms_;
};

}  // namespace millrace
