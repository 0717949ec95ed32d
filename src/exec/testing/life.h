#pragma once

// Lives of an operator, a source or a sink alone: each begins with the state that the checkpoint of
// the one before held.

#include <string>

#include "exec/sink.h"
#include "exec/task_context.h"

namespace millrace::exec::testing {

// What is constructed with its context must not outlive it.
struct Life {
  // `snapshot` is of the life before, and empty for the first one.
  Life(const io::World& world, const std::string& id, const std::string& snapshot = {})
      : store(snapshot.empty() ? state::TableStore() : state::TableStore(snapshot)),
        task{"p", {}, world, &store, false},
        context(&task, id, &counts) {}
  Life(const Life&) = delete;
  Life& operator=(const Life&) = delete;

  state::TableStore store;
  OperatorCounts counts;
  Task task;
  TaskContext context;
};

// What a pipeline's checkpoint holds of a sink.
struct SinkCheckpoint {
  int64_t epoch = 0;
  std::string token;
  std::string state;
};

// The sink's part of an epoch's end, before and behind the checkpoint.
inline void end_epoch(Sink& sink, const Life& life, SinkCheckpoint& checkpoint) {
  const Epoch epoch(checkpoint.epoch + 1);
  std::string token = sink.prepare(epoch);
  checkpoint = {epoch.value, std::move(token), life.store.snapshot()};
  if (!checkpoint.token.empty()) {
    sink.publish(epoch, checkpoint.token);
  }
}

// As a pipeline does first where it goes on.
inline void go_on(Sink& sink, const SinkCheckpoint& last) {
  if (!last.token.empty()) {
    sink.publish(Epoch(last.epoch), last.token);
  }
}

}  // namespace millrace::exec::testing
