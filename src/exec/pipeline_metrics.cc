#include "exec/pipeline_metrics.h"

namespace millrace::exec {

static constexpr const char* kOutcomeNames[] = {"in",   "out",      "rejected",
                                                "late", "filtered", "grouped"};

static std::array<uint64_t, 6> by_outcome(const OperatorCounts& counts) {
  return {counts.in, counts.out, counts.rejected, counts.late, counts.filtered, counts.grouped};
}

PipelineMetrics::PipelineMetrics(Metrics& metrics, const std::string& pipeline,
                                 const std::vector<OperatorStatus>& operators)
    : checkpoint_took_(metrics.histogram("millrace_checkpoint_seconds",
                                         "Time to end an epoch of a pipeline.",
                                         {{"pipeline", pipeline}})),
      checkpoint_bytes_(metrics.gauge("millrace_checkpoint_bytes",
                                      "Size of a pipeline's last checkpoint.",
                                      {{"pipeline", pipeline}})),
      epoch_(metrics.gauge("millrace_epoch", "The last epoch that a pipeline has ended.",
                           {{"pipeline", pipeline}})),
      state_memory_(metrics.gauge("millrace_state_memory_bytes",
                                  "What a pipeline's state takes in memory, about.",
                                  {{"pipeline", pipeline}})),
      state_spilled_(metrics.gauge("millrace_state_spilled_bytes",
                                   "State of a pipeline that had no room in memory, on disk.",
                                   {{"pipeline", pipeline}})) {
  for (const OperatorStatus& status : operators) {
    Operator& made = operators_.emplace_back();
    made.reported = by_outcome(status.counts);  // of lives before this one
    const MetricLabels labels = {{"pipeline", pipeline}, {"operator", status.id}};
    for (size_t outcome = 0; outcome < kOutcomes; ++outcome) {
      MetricLabels with_outcome = labels;
      with_outcome.emplace_back("outcome", kOutcomeNames[outcome]);
      made.rows[outcome] =
          &metrics.counter("millrace_operator_rows_total",
                           "Rows of an operator by what became of them.", std::move(with_outcome));
    }
    made.watermark =
        &metrics.gauge("millrace_watermark_ms",
                       "Event time that an operator has reached, in ms since 1970.", labels);
  }
}

void PipelineMetrics::report(const std::vector<OperatorStatus>& operators) {
  for (size_t i = 0; i < operators_.size(); ++i) {
    const auto now = by_outcome(operators[i].counts);
    for (size_t outcome = 0; outcome < kOutcomes; ++outcome) {
      operators_[i].rows[outcome]->add(now[outcome] - operators_[i].reported[outcome]);
    }
    operators_[i].reported = now;
    operators_[i].watermark->set(operators[i].watermark.ms);
  }
}

void PipelineMetrics::checkpoint(Epoch epoch, Duration took, size_t bytes) {
  epoch_.set(epoch.value);
  checkpoint_took_.observe(took);
  checkpoint_bytes_.set(static_cast<int64_t>(bytes));
}

void PipelineMetrics::state(const StateSize& size) {
  state_memory_.set(static_cast<int64_t>(size.memory));
  state_spilled_.set(static_cast<int64_t>(size.spilled));
}

}  // namespace millrace::exec
