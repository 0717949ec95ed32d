#pragma once

// The head of a pipeline: asks a source for rows, adds the computed columns, and says in marks how
// far event time has come.
//
// Each split (partition, file) has a watermark of its own: the greatest value of the table's
// watermark expression so far, after each row. The scan's is the least of them. A split that has
// been read to its end and brought nothing for a while is idle and left out, so that an empty
// partition holds nothing back.
//
// A source that has come to its end has ended for the pipeline's life, whatever a restart might
// find there: its end of input has let results go. Only a pipeline that came to its own end, and is
// run again, reads what was added.

#include <memory>
#include <optional>
#include <vector>

#include "base/time.h"
#include "exec/combined_watermark.h"
#include "exec/emitter.h"
#include "exec/head.h"
#include "exec/source.h"
#include "exec/task_context.h"
#include "plan/nodes.h"
#include "plan/shifted_time.h"

namespace millrace::exec {

class Scan final : public Head {
 public:
  Scan(const plan::Scan& node, std::unique_ptr<Source> source, const TaskContext& task);

  // A batch from the source.
  bool turn(Emitter& out) override;
  bool bounded() const override { return source_->bounded(); }
  bool finished() const override { return finished_; }
  // When the next split becomes idle, or the source wants to look, if nothing comes.
  std::optional<Instant> idle_at() const override;
  std::vector<SplitStatus> splits() const override;
  void sync() override { source_->sync(); }
  void committed() override { source_->committed(); }
  void on_ready(std::function<void()> wake) override { source_->on_ready(std::move(wake)); }
  std::string cannot_pause() const override;
  void add_ends(Extent extent, Positions& ends) const override { source_->add_ends(extent, ends); }
  void pause_at(const Positions& positions) override { source_->pause_at(positions); }
  bool paused() const override { return finished_ || source_->paused(); }
  uint64_t behind() const override { return source_->behind(); }

 private:
  void prefer_furthest_behind();
  void take(Polled polled, Emitter& out);
  void compute(Batch& batch, Emitter& out);
  void mark(Batch& batch, size_t split, Emitter& out);
  bool find_idle(Emitter& out);
  void finish(Emitter& out);

  const plan::Scan* node_;
  std::unique_ptr<Source> source_;
  TaskContext task_;
  std::vector<function::Expression> computed_;
  bool watermarks_;  // they rise with the rows, not in a batch job
  std::optional<plan::ShiftedTime>
      shifted_;  // what the watermark is, where it is no more than that
  CombinedWatermark watermark_;
  size_t marks_ = 0;  // of the last batch: about as many are to come
  Duration idle_timeout_;
  std::vector<Instant> last_row_;  // by split
  bool finished_ = false;
  bool resumes_;    // behind an end of input, until the first turn
  int64_t& ended_;  // 1 once the source has said so, over restarts too
};

}  // namespace millrace::exec
