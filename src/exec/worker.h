#pragma once

// A thread that runs a pipeline: turns while there is input, sleeps until there is, ends epochs
// when they are due. A failure ends the pipeline's life, never the process: what may pass (disk,
// network) is tried again from the last checkpoint with growing pauses; the rest waits for a
// person, who may ask it to pause, so that another plan goes on from there, or to try again.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "exec/pipeline.h"

namespace millrace::exec {

enum class PipelineState : uint8_t {
  starting,
  running,
  paused,
  retrying,
  failed,
  finished,
  stopped
};

std::string_view name_of(PipelineState state);

struct PipelineStatus {
  PipelineState state = PipelineState::starting;
  std::string reason;  // of retrying and failed
  Epoch epoch;
  uint64_t restarts = 0;
  uint64_t behind = 0;       // records that could be read now, about
  Positions paused_at;       // of paused
  std::string cannot_pause;  // why not; empty where it can
  std::vector<OperatorStatus> operators;
};

class Worker {
 public:
  // Starts at once, to pause at these positions where there are some. `connectors` and what `world`
  // points to outlive the worker.
  Worker(PipelineSpec spec, Connectors& connectors, const io::World& world,
         std::optional<Positions> pause_at = {});
  // Stops: ends the epoch and the thread.
  ~Worker();

  // Any thread.
  PipelineStatus status() const;
  // Returns once the state is none of starting, running, retrying; at once where it is so already.
  void wait_until_ended();
  // Returns once the state is no longer starting: the first checkpoint is durable, or it failed.
  void wait_until_started();
  // Asks it to pause (pipeline.h) at what can be read then, or at what it has read, as one has to
  // that failed, or at these positions. The state is paused once the epoch has ended there.
  void pause(Extent extent);
  void pause_at(Positions positions);
  // Goes on from the last checkpoint, as after trouble.
  void resume();
  // Asks for the end: what was read is processed, the epoch ends, then the thread.
  void stop();

 private:
  class Thread;
  std::unique_ptr<Thread> thread_;
};

}  // namespace millrace::exec
