#include "rehearsal/stepped_run.h"

#include <utility>

namespace millrace::rehearsal {

SteppedRun::SteppedRun(exec::PipelineSpec spec, exec::Connectors& connectors,
                       const io::World& world)
    : spec_(std::move(spec)), connectors_(connectors), world_(world) {
  start();
}

void SteppedRun::start() {
  write_ = nullptr;
  pipeline_.reset();
  pipeline_ = std::make_unique<exec::Pipeline>(spec_, connectors_, world_);
  paused_ = false;
}

void SteppedRun::pause(exec::Extent extent) {
  paused_at_ = pipeline_->pause(extent);
  paused_ = false;
}

void SteppedRun::pause_at(exec::Positions positions) {
  pipeline_->pause_at(positions);
  paused_at_ = std::move(positions);
  paused_ = false;
}

void SteppedRun::resume() { start(); }

exec::PipelineStatus SteppedRun::status() const {
  exec::PipelineStatus status;
  status.state = paused_                 ? exec::PipelineState::paused
                 : pipeline_->finished() ? exec::PipelineState::finished
                                         : exec::PipelineState::running;
  status.epoch = pipeline_->epoch();
  status.behind = pipeline_->behind();
  status.paused_at = paused_at_;
  status.cannot_pause = pipeline_->cannot_pause();
  return status;
}

bool SteppedRun::turn() {
  if (pipeline_->run_once()) {
    return true;
  }
  if (pipeline_->paused() && !paused_) {
    end_epoch();
    paused_ = true;
    return true;
  }
  return false;
}

void SteppedRun::end_epoch() {
  run_write();
  pipeline_->checkpoint();
}

void SteppedRun::begin_to_end_epoch() {
  run_write();
  pipeline_->begin_checkpoint([this](std::function<void()> write) { write_ = std::move(write); });
}

void SteppedRun::run_write() {
  if (const auto write = std::exchange(write_, nullptr)) {
    write();
  }
  pipeline_->complete_checkpoint();
}

}  // namespace millrace::rehearsal
