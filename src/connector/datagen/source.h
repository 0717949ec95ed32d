#pragma once

// Rows from nowhere: for trying out a query, and for load. One split; how many rows were made is in
// the task's state, so that a sequence goes on where it was.

#include <memory>
#include <vector>

#include "connector/datagen/generator.h"
#include "exec/source.h"
#include "exec/task_context.h"
#include "plan/nodes.h"
#include "state/numbers.h"

namespace millrace::connector {

class DatagenSource final : public exec::Source {
 public:
  DatagenSource(const plan::Scan& scan, const DatagenOptions& options, exec::TaskContext& task);

  exec::Polled poll() override;
  bool ends() const override { return most_rows_ != INT64_MAX; }
  size_t splits() const override { return 1; }
  bool caught_up(size_t) const override { return left() == 0; }
  bool ended(size_t) const override { return left() == 0; }
  void sync() override {}
  void on_ready(std::function<void()>) override {}
  std::optional<Instant> wake_at() const override;

 private:
  int64_t left() const;
  int64_t allowed() const;
  Draws draw(size_t column, int64_t rows) const;

  const plan::Scan* scan_;
  exec::TaskContext task_;
  int64_t rows_per_second_;
  TableGenerators generators_;
  int64_t most_rows_;  // INT64_MAX: without end
  state::Numbers& state_;
  int64_t& made_;  // rows
  int64_t& seed_;
  int64_t made_before_;  // this life
  Instant began_;
};

}  // namespace millrace::connector
