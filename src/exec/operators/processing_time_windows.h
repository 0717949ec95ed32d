#pragma once

// Windows of processing time, of groups, of the rows of sessions or of OVER over a range: the
// operator for event time, to which rows happen when they are processed and the clock is the
// watermark. No row is late. As in Flink, the end of input fires no window: those whose time has
// not come stay, for a later life. But the millisecond of the last rows is over with it, for whose
// end rows of OVER wait; in Flink chance says what becomes of them.
//
// A clock that is set back stands still until it has caught up: the time of processing is kept in
// the state, and never falls.

#include <memory>

#include "base/time_zone.h"
#include "exec/alarm.h"
#include "exec/operator.h"
#include "exec/task_context.h"

namespace millrace::exec {

class ProcessingTimeWindows final : public Operator, public Alarm {
 public:
  // `windows` is the operator of windows by this column, over the same task; `zone` is by whose
  // clock, where that is not UTC.
  ProcessingTimeWindows(size_t time_column, std::shared_ptr<const TimeZone> zone,
                        std::unique_ptr<Operator> windows, const TaskContext& task);

  void push(Port port, Batch rows, Output& out) override;
  // Event time passes by.
  void advance(Port port, Watermark now, Output& out) override;

  std::optional<Timestamp> due() const override;
  void ring(Emitter& out) override;

 private:
  // In milliseconds; never falls.
  int64_t now();
  int64_t on_clock(int64_t now) const;
  void pass_time(int64_t now, Output& out);

  size_t time_column_;
  std::shared_ptr<const TimeZone> zone_;
  std::unique_ptr<Operator> windows_;
  const Clock* clock_;
  int64_t* reached_;  // in the state
};

}  // namespace millrace::exec
