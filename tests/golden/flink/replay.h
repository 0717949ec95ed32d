#pragma once

// The tables of a golden case as sources in memory, in step with one another, and a sink that keeps
// every change as text.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "catalog/check_options.h"
#include "exec/connectors.h"
#include "golden/flink/case.h"

namespace millrace::golden {

// 'replay', 'replay-retract', 'replay-upsert' and 'replay-lookup'; 'written' and its kinds.
catalog::Connections replay_connections();
std::string replay_connector(const CaseTable& table);
std::string written_connector(const CaseTable& sink);

class ReplaySource;

class Replay final : public exec::Connectors {
 public:
  // A sink whose changes nobody looks at.
  static constexpr const char* kBeside = "beside";

  // `test` outlives this. `batch_size` gives the rows of each next batch.
  Replay(const FlinkCase& test, std::function<size_t()> batch_size);
  ~Replay() override;

  std::unique_ptr<exec::Source> make_source(const plan::Scan& scan,
                                            exec::TaskContext& task) override;
  std::unique_ptr<exec::Sink> make_sink(const plan::Sink& sink, exec::TaskContext& task) override;

  // The sources of a pipeline that is gone take part no longer.
  void forget_sources() { sources_.clear(); }
  // The feed that is being read.
  size_t step() const;
  // Published changes: "+I[a, 1]".
  const std::vector<std::string>& changes() const { return changes_; }

 private:
  friend class ReplaySource;
  friend class CollectSink;
  // Whether all sources have read what comes before this step.
  bool has_come(size_t step) const;

  const FlinkCase* test_;
  std::function<size_t()> batch_size_;
  std::vector<const ReplaySource*> sources_;
  std::vector<std::string> changes_;
  int64_t published_epoch_ = 0;
};

}  // namespace millrace::golden
