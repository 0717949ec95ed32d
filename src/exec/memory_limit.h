#pragma once

// What the state of a pipeline may take in memory. What can leave memory does, beyond that; else a
// pipeline ends alone, before the process would. What it has done since its last checkpoint is done
// again once it may have more.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "exec/pipeline.h"
#include "state/table_store.h"

namespace millrace::exec {

class MemoryLimit {
 public:
  explicit MemoryLimit(const PipelineSpec& spec);

  size_t bytes() const { return most_; }

  // To be called after each turn. State that has left memory is in no checkpoint but by layers:
  // save_all() sees to it that all of it is in one, and is false where there are none. Throws
  // Error(invalid_argument) where too much is left.
  void hold(state::TableStore& store, const std::function<bool()>& save_all);

 private:
  std::string pipeline_;
  size_t most_;
  Spills spills_;
  uint32_t turns_until_look_ = 0;
};

}  // namespace millrace::exec
