#pragma once

// Windows of processing time, of groups or of the rows of sessions: the operator for event time, to
// which rows happen when they are processed and the clock is the watermark. No row is late. As in
// Flink, the end of input fires no window: those whose time has not come stay, for a later life.
//
// A clock that is set back stands still until it has caught up: the time of processing is kept in
// the state, and never falls.

#include <memory>

#include "exec/alarm.h"
#include "exec/operator.h"
#include "exec/task_context.h"
#include "plan/nodes.h"

namespace millrace::exec {

class ProcessingTimeWindows final : public Operator, public Alarm {
 public:
  // `windows` is the operator of the window's node, over the same task; the node outlives this.
  ProcessingTimeWindows(const plan::Window& window, std::unique_ptr<Operator> windows,
                        const TaskContext& task);

  void push(Port port, Batch rows, Output& out) override;
  // Event time passes by.
  void advance(Port port, Watermark now, Output& out) override;

  std::optional<Timestamp> due() const override;
  void ring(Emitter& out) override;

 private:
  // In milliseconds; never falls.
  int64_t now();
  int64_t on_clock(int64_t now) const;

  const plan::Window* window_;
  std::unique_ptr<Operator> windows_;
  const Clock* clock_;
  int64_t* reached_;  // in the state
};

}  // namespace millrace::exec
