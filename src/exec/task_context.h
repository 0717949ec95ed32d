#pragma once

// What one operator, source or sink is given by the pipeline it works for: the world, its own
// tables and counts, the settings, and a name that is the same after every restart.

#include <map>
#include <string>
#include <string_view>

#include "base/time.h"
#include "io/world.h"
#include "state/table_store.h"

namespace millrace::function {
class EvaluationContext;
}

namespace millrace::exec {

// What became of the rows that reached an operator. For each:
//   in = out + rejected + late + filtered    of operators that hand rows on, and
//   in = grouped + rejected + late + filtered    of those that gather them into groups.
struct OperatorCounts {
  uint64_t in = 0;
  uint64_t out = 0;
  uint64_t rejected = 0;  // to the dead letters
  uint64_t late = 0;
  uint64_t filtered = 0;
  uint64_t grouped = 0;
};

// Facts of the pipeline, the same for all of its operators.
struct Task {
  std::string pipeline;  // with its version
  std::map<std::string, std::string> settings;
  io::World world;
  state::TableStore* store = nullptr;  // outlives the operators
  // The last checkpoint is of input read to its end: this life is for what came since.
  bool input_had_ended = false;
  // The pipeline's name, of whatever version.
  std::string name = {};
};

class TaskContext {
 public:
  // `task` and `counts` outlive this.
  TaskContext(const Task* task, std::string id, OperatorCounts* counts)
      : task_(task), id_(std::move(id)), counts_(counts) {}

  // Unique in the server, and what a sink signs its transactions with, together with id().
  const std::string& pipeline() const { return task_->pipeline; }
  // The same through all versions of the pipeline.
  const std::string& pipeline_name() const { return task_->name; }
  // Unique in the pipeline: "sink-4".
  const std::string& id() const { return id_; }
  const io::World& world() const { return task_->world; }
  bool input_had_ended() const { return task_->input_had_ended; }
  state::Tables state() const { return state::Tables(task_->store, id_); }
  OperatorCounts& counts() const { return *counts_; }
  // For the expressions of the batch at hand: at the present time, and with chance.
  function::EvaluationContext evaluation() const;

  std::string setting(const std::string& key, const std::string& otherwise = "") const;
  // Throws Error(invalid_argument) naming the setting where its value is no duration.
  Duration duration_setting(const std::string& key, Duration otherwise) const;

 private:
  const Task* task_;
  std::string id_;
  OperatorCounts* counts_;
};

}  // namespace millrace::exec
