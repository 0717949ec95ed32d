#pragma once

// A pipeline's figures for whoever watches: rows by operator and outcome, the event time reached,
// epochs. Counters count what this process did; the books that survive it are OperatorCounts.

#include <array>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "exec/pipeline.h"

namespace millrace::exec {

class PipelineMetrics {
 public:
  // `metrics` outlives this.
  PipelineMetrics(Metrics& metrics, const std::string& pipeline,
                  const std::vector<OperatorStatus>& operators);

  void report(const std::vector<OperatorStatus>& operators);
  void checkpoint(Epoch epoch, Duration took, size_t bytes);
  void state(const StateSize& size);

 private:
  static constexpr size_t kOutcomes = 6;
  struct Operator {
    std::array<Counter*, kOutcomes> rows;
    std::array<uint64_t, kOutcomes> reported;
    Gauge* watermark;
  };
  std::vector<Operator> operators_;
  Histogram& checkpoint_took_;
  Gauge& checkpoint_bytes_;
  Gauge& epoch_;
  Gauge& state_memory_;
  Gauge& state_spilled_;
};

}  // namespace millrace::exec
