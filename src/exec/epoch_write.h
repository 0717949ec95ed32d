#pragma once

// What makes an epoch durable, by itself, so that another thread may do it: the layer is synced,
// then the checkpoint is written.

#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>

#include "exec/checkpoint.h"
#include "state/layer_file.h"

namespace millrace::exec {

class EpochWrite {
 public:
  // `checkpoints` outlives this.
  EpochWrite(Checkpoints* checkpoints, Checkpoint checkpoint,
             std::optional<state::LayerWriter> layer);

  const Checkpoint& checkpoint() const { return checkpoint_; }

  // Once, on any thread; a failure is for who waits.
  void run() noexcept;
  // Any thread.
  bool is_done() const;
  // In place of run(), which nobody will call. Silent where it was.
  void abandon() noexcept;
  // Until it is durable. Throws what run() met.
  void wait() const;
  // The same, whatever came of it.
  void wait_until_done() const;

 private:
  Checkpoints* checkpoints_;
  Checkpoint checkpoint_;
  std::optional<state::LayerWriter> layer_;

  void end(const std::exception_ptr& failure);

  mutable std::mutex mutex_;  // all below
  mutable std::condition_variable changed_;
  bool done_ = false;
  std::exception_ptr failure_;
};

// A write that was handed to somebody else: abandoned where it is dropped without being run.
class HandedOver {
 public:
  explicit HandedOver(std::shared_ptr<EpochWrite> write) : write_(std::move(write)) {}
  ~HandedOver() { write_->abandon(); }
  HandedOver(const HandedOver&) = delete;
  HandedOver& operator=(const HandedOver&) = delete;

  EpochWrite& write() { return *write_; }

 private:
  std::shared_ptr<EpochWrite> write_;
};

}  // namespace millrace::exec
