#include "server/pipeline_changes.h"

#include <set>

#include "base/error.h"
#include "change/difference.h"
#include "plan/fingerprint.h"
#include "plan/program.h"

namespace millrace::server {

PipelineChanges::PipelineChanges(const io::World& world, Pipelines& pipelines,
                                 const connector::Environment& environment)
    : world_(world),
      pipelines_(pipelines),
      environment_(environment),
      random_(world.random != nullptr ? world.random->next() : 0) {}

PipelineChanges::~PipelineChanges() { stop(); }

Json PipelineChanges::verdict_on(const plan::Job& job) const {
  Json entry = Json::object({{"pipeline", job.name}});
  const std::optional<Pipelines::Current> current = pipelines_.find(job.name);
  if (!current) {
    entry.set("verdict", "new");
    return entry;
  }
  const bool unchanged = plan::fingerprint(*current->job.plan) == plan::fingerprint(*job.plan);
  entry.set("verdict", unchanged ? "unchanged" : "changed")
      .set("version", current->versions.current.number);
  if (!unchanged) {
    const Json difference = change::difference(*current->job.plan, *job.plan, *environment_.topics);
    for (const auto& [name, value] : difference.as_members()) {
      entry.set(name, value);
    }
    const std::string obstacle = current->worker->status().cannot_pause;
    entry.set("obstacle", obstacle.empty() ? Json() : Json(obstacle));
  }
  return entry;
}

Json PipelineChanges::plan(const std::string& text, const std::string& file) {
  const plan::Program program =
      plan::plan_program(text, file, connector::connections(), pipelines_.loadable());
  Json pipelines = Json::array();
  bool changed = false;
  std::set<std::string> named;
  for (const plan::Job& job : program.jobs) {
    named.insert(job.name);
    Json entry = verdict_on(job);
    changed = changed || entry.at("verdict").as_string() != "unchanged";
    pipelines.push(std::move(entry));
  }
  for (const api::NamedPipeline& running : pipelines_.statuses()) {
    if (running.file == file && !named.contains(running.name)) {
      pipelines.push(Json::object({{"pipeline", running.name}, {"verdict", "gone"}}));
      changed = true;
    }
  }
  return Json::object({{"changed", changed}, {"pipelines", std::move(pipelines)}});
}

Json PipelineChanges::begin(const std::string& pipeline, const Json& request) {
  const std::lock_guard lock(mutex_);
  if (stopping_) {
    throw Error(ErrorCode::unavailable, "the server is stopping");
  }
  std::optional<Pipelines::Current> current = pipelines_.find(pipeline);
  if (!current) {
    throw Error(ErrorCode::not_found, "there is no pipeline '" + pipeline + "'");
  }
  auto& change = changes_[pipeline];
  if (change != nullptr && !change->has_ended()) {
    throw Error(ErrorCode::conflict, "a change of pipeline '" + pipeline + "' is under way");
  }
  auto next = std::make_unique<PipelineChange>(world_, pipelines_, environment_,
                                               std::move(*current), request, random_.next());
  change = std::move(next);
  return change->status();
}

PipelineChange& PipelineChanges::change_of(const std::string& pipeline) const {
  const auto found = changes_.find(pipeline);
  if (found == changes_.end() || found->second == nullptr) {
    throw Error(ErrorCode::not_found, "there was no change of pipeline '" + pipeline + "'");
  }
  return *found->second;
}

Json PipelineChanges::status(const std::string& pipeline) {
  const std::lock_guard lock(mutex_);
  return change_of(pipeline).status();
}

void PipelineChanges::cancel(const std::string& pipeline) {
  const std::lock_guard lock(mutex_);
  change_of(pipeline).cancel();
}

void PipelineChanges::stop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  for (const auto& [name, change] : changes_) {
    if (change != nullptr) {
      change->cancel();
    }
  }
}

bool PipelineChanges::has_ended() const {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, change] : changes_) {
    if (change != nullptr && !change->has_ended()) {
      return false;
    }
  }
  return true;
}

}  // namespace millrace::server
