#pragma once

// A thread that runs a pipeline: turns while there is input, sleeps until there is, ends epochs
// when they are due. A failure ends the pipeline's life, never the process: what may pass (disk,
// network) is tried again from the last checkpoint with growing pauses; the rest waits for a
// person.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "exec/pipeline.h"

namespace millrace::exec {

enum class PipelineState : uint8_t { starting, running, retrying, failed, finished, stopped };

std::string_view name_of(PipelineState state);

struct PipelineStatus {
  PipelineState state = PipelineState::starting;
  std::string reason;  // of retrying and failed
  Epoch epoch;
  uint64_t restarts = 0;
  std::vector<OperatorStatus> operators;
};

class Worker {
 public:
  // Starts at once. `connectors` and what `world` points to outlive the worker.
  Worker(PipelineSpec spec, Connectors& connectors, const io::World& world);
  // Stops: ends the epoch and the thread.
  ~Worker();

  // Any thread.
  PipelineStatus status() const;
  // Returns once the state is none of starting, running, retrying; at once where it is so already.
  void wait_until_ended();
  // Returns once the state is no longer starting: the first checkpoint is durable, or it failed.
  void wait_until_started();
  // Asks for the end: what was read is processed, the epoch ends, then the thread.
  void stop();

 private:
  class Thread;
  std::unique_ptr<Thread> thread_;
};

}  // namespace millrace::exec
