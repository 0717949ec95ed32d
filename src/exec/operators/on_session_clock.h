#pragma once

// An operator of windows by the clock of a session that is not UTC. Its rows have what that clock
// shows already; the watermarks, which are instants, become the last moment of the clock that comes
// no more on their way in, and instants again on their way out. A window hence fires, as in Flink,
// when its last moment is over for good: in an hour that comes twice, the second time.

#include <memory>

#include "base/time_zone.h"
#include "exec/operator.h"

namespace millrace::exec {

class OnSessionClock final : public Operator {
 public:
  OnSessionClock(std::unique_ptr<Operator> windows, std::shared_ptr<const TimeZone> zone)
      : windows_(std::move(windows)), zone_(std::move(zone)) {}

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port port, Watermark now, Output& out) override;
  void idle(Port port, Output& out) override;
  void resume(Port port, Output& out) override;
  std::optional<int64_t> waits_for() const override;

 private:
  Watermark on_clock(Watermark now) const;

  std::unique_ptr<Operator> windows_;
  std::shared_ptr<const TimeZone> zone_;
};

}  // namespace millrace::exec
