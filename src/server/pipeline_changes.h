#pragma once

// Changes of running pipelines, at most one of a pipeline at a time.

#include <map>
#include <memory>
#include <mutex>
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
  PipelineChange& change_of(const std::string& pipeline) const;

  io::World world_;
  Pipelines& pipelines_;
  connector::Environment environment_;
  mutable std::mutex mutex_;  // all below
  Random random_;
  bool stopping_ = false;
  std::map<std::string, std::unique_ptr<PipelineChange>> changes_;  // the last of each
};

}  // namespace millrace::server
