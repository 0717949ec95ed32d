#pragma once

// A pipeline that somebody runs, as a change of it needs it: a worker's thread, or a simulation in
// turns.

#include <memory>

#include "exec/worker.h"

namespace millrace::change {

class Run {
 public:
  virtual ~Run() = default;

  // As of exec::Worker.
  virtual void pause(exec::Extent extent) = 0;
  virtual void pause_at(exec::Positions positions) = 0;
  virtual void resume() = 0;
  virtual exec::PipelineStatus status() const = 0;
};

class WorkerRun final : public Run {
 public:
  explicit WorkerRun(std::shared_ptr<exec::Worker> worker) : worker_(std::move(worker)) {}

  void pause(exec::Extent extent) override;
  void pause_at(exec::Positions positions) override;
  void resume() override;
  exec::PipelineStatus status() const override;

 private:
  std::shared_ptr<exec::Worker> worker_;
};

}  // namespace millrace::change
