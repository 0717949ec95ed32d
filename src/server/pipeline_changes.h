#pragma once

// Changes of running pipelines, at most one of a pipeline at a time.

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "api/services.h"
#include "base/random.h"
#include "connector/connectors.h"
#include "io/world.h"
#include "server/pipeline_change.h"

namespace millrace::server {

class PipelineChanges final : public api::PipelineChanges {
 public:
  // `environment` is what the pipelines' own sources and sinks are made of. All of it outlives
  // this.
  PipelineChanges(const io::World& world, Pipelines& pipelines,
                  const connector::Environment& environment);
  // Gives up what is under way.
  ~PipelineChanges() override;

  Json plan(const std::string& text, const std::string& file) override;
  // Where a pipeline begins or ends by it, returns when it has: the others do not wait for that.
  Json begin(const std::string& pipeline, const Json& request) override;
  Json status(const std::string& pipeline) override;
  void cancel(const std::string& pipeline) override;

  // Gives up what is under way and begins no more; has_ended() when that is so.
  void stop();
  bool has_ended() const;

 private:
  // What the job would change of the pipeline that runs under its name.
  Json verdict_on(const plan::Job& job) const;
  // The job, which did not run. If it ended once, it goes on with the text that it had then, for
  // that is what its state is of: another text has to be applied to it.
  Pipelines::Current begun(const plan::Job& job, const ChangeRequest& request);
  // The text has it no more. It ends at once, and the answer says so.
  Json end_pipeline(const Pipelines::Current& current);
  Json begin_alone(const std::string& pipeline, const Json& request, uint64_t seed);
  void check_is_free(const std::string& pipeline) const;
  PipelineChange& change_of(const std::string& pipeline) const;

  io::World world_;
  Pipelines& pipelines_;
  connector::Environment environment_;
  mutable std::mutex mutex_;  // all below
  std::condition_variable left_begin_;
  Random random_;
  bool stopping_ = false;
  std::set<std::string> at_begin_;  // pipelines in begin(), of each of which no other change begins
  std::map<std::string, std::unique_ptr<PipelineChange>> changes_;  // the last of each
};

}  // namespace millrace::server
