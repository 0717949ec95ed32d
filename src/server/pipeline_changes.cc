#include "server/pipeline_changes.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "change/difference.h"
#include "change/in_force.h"
#include "change/sameness.h"
#include "plan/program.h"

namespace millrace::server {

PipelineChanges::PipelineChanges(const io::World& world, Pipelines& pipelines,
                                 const connector::Environment& environment)
    : world_(world),
      pipelines_(pipelines),
      environment_(environment),
      random_(world.random != nullptr ? world.random->next() : 0) {}

PipelineChanges::~PipelineChanges() {
  stop();
  std::unique_lock lock(mutex_);
  left_begin_.wait(lock, [this] { return at_begin_.empty(); });
}

Json PipelineChanges::verdict_on(const plan::Job& job) const {
  Json entry = Json::object({{"pipeline", job.name}});
  const std::optional<Pipelines::Current> current = pipelines_.find(job.name);
  if (!current) {
    entry.set("verdict", "new");
    return entry;
  }
  const change::Sameness same = change::sameness(current->job, job);
  const bool unchanged = same == change::Sameness::whole;
  entry.set("verdict", unchanged ? "unchanged" : "changed")
      .set("version", current->versions.current.number);
  if (!unchanged) {
    const Json difference = change::difference(current->job, job, *environment_.topics);
    for (const auto& [name, value] : difference.as_members()) {
      entry.set(name, value);
    }
    const std::string obstacle =
        same == change::Sameness::none ? current->worker->status().cannot_pause : std::string();
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
  Json notices = Json::array();
  for (const std::string& notice : program.warnings) {
    notices.push(notice);
  }
  return Json::object(
      {{"changed", changed}, {"pipelines", std::move(pipelines)}, {"notices", std::move(notices)}});
}

static bool has_pipeline(const ChangeRequest& request, const std::string& name,
                         const plan::LibraryFunctions& loadable) {
  const plan::Program program =
      plan::plan_program(request.text, request.file, connector::connections(), loadable);
  return std::any_of(program.jobs.begin(), program.jobs.end(),
                     [&](const plan::Job& job) { return job.name == name; });
}

// As PipelineChange::status() says it of one that has ended.
static Json done(const std::string& pipeline, const char* kind, int64_t version) {
  return Json::object({{"pipeline", pipeline},
                       {"kind", kind},
                       {"state", "done"},
                       {"phase", Json()},
                       {"version", version},
                       {"behind", int64_t{0}},
                       {"in_force", version},
                       {"reason", Json()},
                       {"tables", Json()}});
}

Pipelines::Current PipelineChanges::begun(const plan::Job& job, const ChangeRequest& request) {
  pipelines_.begin({request.file, job, std::make_shared<const std::string>(request.text)});
  return *pipelines_.find(job.name);
}

Json PipelineChanges::end_pipeline(const Pipelines::Current& current) {
  pipelines_.end(current.job.name);
  return done(current.job.name, "end", current.versions.current.number);
}

// Under the lock.
void PipelineChanges::check_is_free(const std::string& pipeline) const {
  if (stopping_) {
    throw Error(ErrorCode::unavailable, "the server is stopping");
  }
  const auto last = changes_.find(pipeline);
  const bool changes =
      last != changes_.end() && last->second != nullptr && !last->second->has_ended();
  if (changes || at_begin_.contains(pipeline)) {
    throw Error(ErrorCode::conflict, "a change of pipeline '" + pipeline + "' is under way");
  }
}

Json PipelineChanges::begin(const std::string& pipeline, const Json& request) {
  uint64_t seed = 0;
  {
    const std::lock_guard lock(mutex_);
    check_is_free(pipeline);
    at_begin_.insert(pipeline);
    seed = random_.next();
  }
  // Whatever comes of it, another change may begin then.
  const std::shared_ptr<void> leaves(nullptr, [&](void*) {
    const std::lock_guard lock(mutex_);
    at_begin_.erase(pipeline);
    left_begin_.notify_all();
  });
  return begin_alone(pipeline, request, seed);
}

Json PipelineChanges::begin_alone(const std::string& pipeline, const Json& request, uint64_t seed) {
  const ChangeRequest wanted = ChangeRequest::from(request);
  const bool applies = wanted.kind == ChangeRequest::Kind::apply;
  std::optional<Pipelines::Current> current = pipelines_.find(pipeline);
  if (!current && applies) {
    const plan::Job job = change::job_in(wanted.text, wanted.file, pipeline,
                                         connector::connections(), pipelines_.loadable());
    current = begun(job, wanted);
    if (change::sameness(current->job, job) == change::Sameness::whole) {
      return done(pipeline, "begin", current->versions.current.number);
    }
  }
  if (!current) {
    throw Error(ErrorCode::not_found, "there is no pipeline '" + pipeline + "'");
  }
  if (applies && current->versions.current.file == wanted.file &&
      !has_pipeline(wanted, pipeline, pipelines_.loadable())) {
    return end_pipeline(*current);
  }
  auto change = std::make_unique<PipelineChange>(world_, pipelines_, environment_,
                                                 std::move(*current), request, seed);
  const std::lock_guard lock(mutex_);
  if (stopping_) {
    change->cancel();
  }
  changes_[pipeline] = std::move(change);
  return changes_[pipeline]->status();
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
  PipelineChange& change = change_of(pipeline);
  if (change.has_ended()) {
    throw Error(ErrorCode::not_found,
                "no change of pipeline '" + pipeline + "' is under way: the last one is over");
  }
  change.cancel();
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
  return at_begin_.empty();
}

}  // namespace millrace::server
