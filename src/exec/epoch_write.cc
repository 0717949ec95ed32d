#include "exec/epoch_write.h"

#include "base/error.h"

namespace millrace::exec {

EpochWrite::EpochWrite(Checkpoints* checkpoints, Checkpoint checkpoint,
                       std::optional<state::LayerWriter> layer)
    : checkpoints_(checkpoints), checkpoint_(std::move(checkpoint)), layer_(std::move(layer)) {}

void EpochWrite::run() noexcept {
  std::exception_ptr failure;
  try {
    if (layer_) {
      layer_->sync();
    }
    checkpoints_->write(checkpoint_);
  } catch (...) {
    failure = std::current_exception();
  }
  end(failure);
}

void EpochWrite::abandon() noexcept {
  end(std::make_exception_ptr(Error(ErrorCode::cancelled, "the write of an epoch was given up")));
}

void EpochWrite::end(const std::exception_ptr& failure) {
  const std::lock_guard lock(mutex_);
  if (!done_) {
    failure_ = failure;
    done_ = true;
    changed_.notify_all();
  }
}

bool EpochWrite::is_done() const {
  const std::lock_guard lock(mutex_);
  return done_;
}

void EpochWrite::wait_until_done() const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return done_; });
}

void EpochWrite::wait() const {
  wait_until_done();
  const std::lock_guard lock(mutex_);
  if (failure_) {
    std::rethrow_exception(failure_);
  }
}

}  // namespace millrace::exec
