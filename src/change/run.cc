#include "change/run.h"

namespace millrace::change {

void WorkerRun::pause(exec::Extent extent) { worker_->pause(extent); }

void WorkerRun::pause_at(exec::Positions positions) { worker_->pause_at(std::move(positions)); }

void WorkerRun::resume() { worker_->resume(); }

exec::PipelineStatus WorkerRun::status() const { return worker_->status(); }

}  // namespace millrace::change
