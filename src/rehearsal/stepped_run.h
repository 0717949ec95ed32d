#pragma once

// A pipeline in turns, as a change of it sees it: what a worker's thread does, done when it is
// told.

#include <functional>
#include <memory>

#include "change/run.h"
#include "exec/pipeline.h"

namespace millrace::rehearsal {

class SteppedRun final : public change::Run {
 public:
  // Starts at once. `connectors` and what `world` points to outlive it.
  SteppedRun(exec::PipelineSpec spec, exec::Connectors& connectors, const io::World& world);

  void pause(exec::Extent extent) override;
  void pause_at(exec::Positions positions) override;
  void resume() override;
  exec::PipelineStatus status() const override;

  // False where there was nothing to do.
  bool turn();
  void end_epoch();
  // The same, but that it is durable once run_write() was called, as another thread would do it
  // some time.
  void begin_to_end_epoch();
  void run_write();
  const std::string& name() const { return spec_.name; }

 private:
  void start();

  exec::PipelineSpec spec_;
  exec::Connectors& connectors_;
  io::World world_;
  std::unique_ptr<exec::Pipeline> pipeline_;
  std::function<void()> write_;  // dropped ahead of the pipeline, which waits for it
  exec::Positions paused_at_;
  bool paused_ = false;  // and the epoch has ended there
};

}  // namespace millrace::rehearsal
