#include "server/pipeline_changes.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <new>
#include <thread>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "change/comparison.h"
#include "change/difference.h"
#include "change/dropping.h"
#include "change/in_force.h"
#include "change/switch.h"
#include "exec/dead_letters.h"
#include "exec/sink.h"
#include "exec/task_context.h"
#include "io/files.h"
#include "plan/fingerprint.h"
#include "plan/program.h"
#include "topic/store.h"

namespace millrace::server {

using change::Side;
using change::Switch;
using exec::PipelineState;

namespace {

// Between two looks at how far the pipelines are.
constexpr auto kLook = std::chrono::milliseconds(5);

// Time of day stands, so that what two versions make of the clock is the same.
class StandingClock final : public Clock {
 public:
  explicit StandingClock(const Clock* real) : real_(real), now_(real->now()) {}
  Timestamp now() const override { return now_; }
  Instant monotonic() const override { return real_->monotonic(); }

 private:
  const Clock* real_;
  Timestamp now_;
};

enum class Kind : uint8_t { apply, rollback, shadow };

Kind kind_of(const std::string& text) {
  if (text == "apply" || text == "rollback" || text == "shadow") {
    return text == "apply" ? Kind::apply : text == "rollback" ? Kind::rollback : Kind::shadow;
  }
  throw Error(ErrorCode::invalid_argument,
              "'kind' is '" + text + "': expected apply, rollback or shadow");
}

std::string_view name_of(Kind kind) {
  return kind == Kind::apply ? "apply" : kind == Kind::rollback ? "rollback" : "shadow";
}

// What a change is asked for with.
struct Request {
  Kind kind = Kind::apply;
  std::string text;
  std::string file;
  std::optional<Timestamp> since;
};

Request request_of(const Json& json) {
  const auto member = [&](const char* name) -> const Json& {
    if (const Json* found = json.find(name)) {
      return *found;
    }
    throw Error(ErrorCode::invalid_argument, std::string("'") + name + "' is missing");
  };
  Request request;
  request.kind = kind_of(member("kind").as_string());
  if (request.kind != Kind::rollback) {
    request.text = member("sql").as_string();
    request.file = member("file").as_string();
  }
  if (const Json* since = json.find("since_ms")) {
    request.since = Timestamp{since->as_int()};
  }
  return request;
}

Json rows_json(const std::vector<std::string>& rows) {
  Json array = Json::array();
  for (const std::string& row : rows) {
    array.push(row);
  }
  return array;
}

Json tables_json(const std::vector<change::TableComparison>& tables) {
  Json array = Json::array();
  for (const change::TableComparison& each : tables) {
    array.push(Json::object({{"table", each.table},
                             {"equal", each.equal},
                             {"only_old", each.only_old},
                             {"only_new", each.only_new},
                             {"samples_old", rows_json(each.samples_old)},
                             {"samples_new", rows_json(each.samples_new)}}));
  }
  return array;
}

}  // namespace

// One change, on a thread of its own.
class PipelineChanges::Work {
 public:
  Work(const io::World& world, Pipelines& pipelines, const connector::Environment& environment,
       Pipelines::Current current, Request request, uint64_t seed)
      : random_(seed),
        pipelines_(pipelines),
        environment_(environment),
        current_(std::move(current)),
        request_(std::move(request)),
        world_(world) {
    world_.random = &random_;
    world_.metrics = &metrics_;  // those of the pipeline are of what it does for others
    environment_.world = world_;
    environment_.groups = nullptr;
    environment_.replay.emplace();
    environment_.replay->since = request_.since;
    prepare();
    thread_ = std::thread([this] { run(); });
  }
  ~Work() {
    cancel();
    thread_.join();
  }

  Json status() const {
    const std::lock_guard lock(mutex_);
    return Json::object({{"pipeline", current_.job.name},
                         {"kind", name_of(request_.kind)},
                         {"state", state_},
                         {"phase", phase_.empty() ? Json() : Json(phase_)},
                         {"version", next_.current.number},
                         {"behind", behind_},
                         {"in_force", in_force_ ? Json(*in_force_) : Json()},
                         {"reason", reason_.empty() ? Json() : Json(reason_)},
                         {"tables", tables_}});
  }
  bool has_ended() const {
    const std::lock_guard lock(mutex_);
    return state_ != "running";
  }
  void cancel() {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
    wake_.notify_all();
  }

 private:
  void prepare();
  void run();
  void switch_versions();
  void compare();
  void try_sinks();
  std::unique_ptr<exec::Worker> compared(Side side, const plan::Job& job,
                                         exec::Connectors& connectors);
  void wait_for(exec::Worker& old_version, exec::Worker& new_version);
  void end(const std::string& state, const std::string& reason);
  std::optional<int64_t> in_force_by(const Switch& change) const;
  void set_in_force(std::optional<int64_t> version);
  void show(std::string_view phase, uint64_t behind);
  // False where it was cancelled meanwhile.
  bool rest();

  Random random_;
  Metrics metrics_;
  Pipelines& pipelines_;
  connector::Environment environment_;
  Pipelines::Current current_;
  Request request_;
  io::World world_;
  plan::Job job_;  // the new version's
  change::Versions next_;

  mutable std::mutex mutex_;  // all below
  std::condition_variable wake_;
  bool cancelled_ = false;
  std::string state_ = "running";
  std::string phase_;
  std::string reason_;
  std::optional<int64_t> in_force_;  // nothing where the disk does not say
  uint64_t behind_ = 0;
  Json tables_;

  std::thread thread_;
};

// What can be refused before anything begins is.
void PipelineChanges::Work::prepare() {
  const change::Versions& versions = current_.versions;
  in_force_ = versions.current.number;
  if (request_.kind == Kind::rollback) {
    if (!versions.previous) {
      throw Error(ErrorCode::not_found, "pipeline '" + current_.job.name +
                                            "' has no version before " +
                                            std::to_string(versions.current.number));
    }
    request_.text = versions.previous->text;
    request_.file = versions.previous->file;
  }
  job_ = change::job_in(request_.text, request_.file, current_.job.name, connector::connections(),
                        pipelines_.loadable());
  next_ = current_.file.followed_by(versions, request_.file, request_.text);
  if (request_.kind == Kind::shadow) {
    return;
  }
  const exec::PipelineStatus status = current_.worker->status();
  if (plan::fingerprint(*job_.plan) == plan::fingerprint(*current_.job.plan)) {
    throw Error(ErrorCode::already_exists, "pipeline '" + current_.job.name +
                                               "' has this plan already, as version " +
                                               std::to_string(versions.current.number));
  }
  if (status.state != PipelineState::running) {
    throw Error(ErrorCode::unsupported, "cannot change pipeline '" + current_.job.name +
                                            "' while it is " +
                                            std::string(exec::name_of(status.state)) +
                                            (status.reason.empty() ? "" : ": " + status.reason));
  }
  if (!status.cannot_pause.empty()) {
    throw Error(ErrorCode::unsupported, "cannot change pipeline '" + current_.job.name +
                                            "' while it runs: " + status.cannot_pause);
  }
}

void PipelineChanges::Work::run() {
  try {
    request_.kind == Kind::shadow ? compare() : switch_versions();
  } catch (const std::bad_alloc&) {  // the pipelines and the broker go on
    end("failed", "out of memory");
  } catch (const std::exception& error) {  // a change ends here, as a statement does
    end("failed", error.what());
  }
}

void PipelineChanges::Work::end(const std::string& state, const std::string& reason) {
  world_.log->info("pipeline", "change " + state,
                   {{"pipeline", current_.job.name},
                    {"kind", name_of(request_.kind)},
                    {"version", next_.current.number},
                    {"reason", reason}});
  const std::lock_guard lock(mutex_);
  state_ = state;
  reason_ = reason;
}

void PipelineChanges::Work::set_in_force(std::optional<int64_t> version) {
  const std::lock_guard lock(mutex_);
  in_force_ = version;
}

void PipelineChanges::Work::show(std::string_view phase, uint64_t behind) {
  const std::lock_guard lock(mutex_);
  phase_ = phase;
  behind_ = behind;
}

bool PipelineChanges::Work::rest() {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, kLook, [this] { return cancelled_; });
  return !cancelled_;
}

// Behind the switch is too late to hear that a table has other columns.
void PipelineChanges::Work::try_sinks() {
  connector::Connectors real(environment_);
  state::TableStore store;
  const exec::Task task{change::signature_of(job_.name, next_.current), job_.plan->settings, world_,
                        &store, false};
  exec::OperatorCounts counts;
  int number = 0;
  const auto try_one = [&](const plan::Sink& sink) {
    exec::TaskContext context(&task, "trial-" + std::to_string(++number), &counts);
    real.make_sink(sink, context);
  };
  for (const plan::Sink* sink : job_.plan->sinks) {
    try_one(*sink);
  }
  for (const auto& table : {job_.dead_letters, job_.late_rows}) {
    if (table != nullptr) {
      try_one(exec::letter_node(table));
    }
  }
}

// Whatever ends it, the old version does not stay paused.
static bool run_to_end(Switch& change, const std::function<bool()>& goes_on) {
  try {
    while (!change.has_ended()) {
      change.step();
      if (!goes_on()) {
        change.give_up("it was cancelled");
        return false;
      }
    }
  } catch (const std::exception& error) {  // handed on
    change.give_up(error.what());
    throw;
  }
  return true;
}

std::optional<int64_t> PipelineChanges::Work::in_force_by(const Switch& change) const {
  if (change.is_undecided()) {
    return std::nullopt;
  }
  const bool is_switched = change.phase() == Switch::Phase::switched;
  return (is_switched ? next_ : current_.versions).current.number;
}

void PipelineChanges::Work::switch_versions() {
  change::VersionFile& file = current_.file;
  file.remove_others(current_.versions);
  try_sinks();
  file.begin(next_.current,
             request_.kind == Kind::rollback ? &*current_.versions.previous : nullptr);
  connector::Connectors real(environment_);
  change::DroppingConnectors dropping(&real);
  exec::PipelineSpec spec = change::pipeline_spec(job_, file, next_.current);
  spec.writes = exec::Writes::nothing;
  spec.state_bytes = pipelines_.state_bytes();
  change::WorkerRun old(current_.worker);
  Switch change(
      world_, file, current_.versions, next_, old,
      [&](const exec::PipelineSpec& shadow) {
        return std::make_unique<change::WorkerRun>(
            std::make_shared<exec::Worker>(shadow, dropping, world_));
      },
      spec);
  const bool went_on = run_to_end(change, [&] {
    set_in_force(in_force_by(change));
    show(name_of(change.phase()), change.behind());
    return change.has_ended() || rest();
  });
  if (change.phase() == Switch::Phase::failed) {
    end(went_on ? "failed" : "cancelled", change.reason());
    return;
  }
  pipelines_.take_over(next_, std::move(job_));
  try {
    file.remove_others(next_);
  } catch (const Error& error) {  // what is left takes room until the next change removes it
    world_.log->warning("pipeline", "cannot remove what a version left",
                        {{"pipeline", current_.job.name}, {"reason", error.what()}});
  }
  end("done", "");
}

std::unique_ptr<exec::Worker> PipelineChanges::Work::compared(Side side, const plan::Job& job,
                                                              exec::Connectors& connectors) {
  exec::PipelineSpec spec = change::pipeline_spec(
      job, current_.file, {1, side == Side::old_version ? "compared-old" : "compared-new", {}, {}});
  spec.leaves = exec::Leaves::results;
  spec.writes = exec::Writes::nothing;
  spec.state_bytes = pipelines_.state_bytes();
  world_.files->remove_tree(spec.directory);
  return std::make_unique<exec::Worker>(std::move(spec), connectors, environment_.world);
}

// Until both have read their input to its end.
void PipelineChanges::Work::wait_for(exec::Worker& old_version, exec::Worker& new_version) {
  while (true) {
    uint64_t behind = 0;
    bool finished = true;
    for (const exec::Worker* worker : {&old_version, &new_version}) {
      const exec::PipelineStatus status = worker->status();
      behind = std::max(behind, status.behind);
      finished = finished && status.state == PipelineState::finished;
      const std::string which = worker == &old_version ? "old" : "new";
      if (!status.cannot_pause.empty()) {
        throw Error(ErrorCode::unsupported, "cannot compare: " + status.cannot_pause);
      }
      if (status.state == PipelineState::failed || status.restarts > 0) {
        throw Error(ErrorCode::unavailable,
                    "cannot compare: the " + which + " version failed: " + status.reason);
      }
    }
    if (finished) {
      return;
    }
    show("reading", behind);
    if (!rest()) {
      throw Error(ErrorCode::cancelled, "it was cancelled");
    }
  }
}

void PipelineChanges::Work::compare() {
  const StandingClock clock(world_.clock);
  environment_.world.clock = &clock;
  exec::Positions until = connector::readable_ends(*current_.job.plan, environment_);
  for (auto& [topic, ends] : connector::readable_ends(*job_.plan, environment_)) {
    for (const auto& [partition, end] : ends) {
      until[topic].try_emplace(partition, end);  // one end for both
    }
  }
  environment_.replay->until = std::move(until);
  connector::Connectors real(environment_);
  change::Comparison comparison;
  change::ComparedConnectors of_old(&real, &comparison, Side::old_version);
  change::ComparedConnectors of_new(&real, &comparison, Side::new_version);
  current_.file.remove_others(current_.versions);
  {
    const auto old_version = compared(Side::old_version, current_.job, of_old);
    const auto new_version = compared(Side::new_version, job_, of_new);
    wait_for(*old_version, *new_version);
  }
  current_.file.remove_others(current_.versions);
  {
    const std::lock_guard lock(mutex_);
    tables_ = tables_json(comparison.tables());
  }
  end("done", "");
}

PipelineChanges::PipelineChanges(const io::World& world, Pipelines& pipelines,
                                 const connector::Environment& environment)
    : world_(world),
      pipelines_(pipelines),
      environment_(environment),
      random_(world.random != nullptr ? world.random->next() : 0) {}

PipelineChanges::~PipelineChanges() { stop(); }

Json PipelineChanges::plan(const std::string& text, const std::string& file) {
  const plan::Program program =
      plan::plan_program(text, file, connector::connections(), pipelines_.loadable());
  Json pipelines = Json::array();
  bool changed = false;
  std::map<std::string, bool> named;
  for (const plan::Job& job : program.jobs) {
    named[job.name] = true;
    const std::optional<Pipelines::Current> current = pipelines_.find(job.name);
    Json entry = Json::object({{"pipeline", job.name}});
    if (!current) {
      entry.set("verdict", "new");
    } else if (plan::fingerprint(*current->job.plan) == plan::fingerprint(*job.plan)) {
      entry.set("verdict", "unchanged").set("version", current->versions.current.number);
    } else {
      const std::string obstacle = current->worker->status().cannot_pause;
      entry.set("verdict", "changed").set("version", current->versions.current.number);
      const Json difference =
          change::difference(*current->job.plan, *job.plan, *environment_.topics);
      for (const auto& [name, value] : difference.as_members()) {
        entry.set(name, value);
      }
      entry.set("obstacle", obstacle.empty() ? Json() : Json(obstacle));
    }
    changed = changed || entry.at("verdict").as_string() != "unchanged";
    pipelines.push(std::move(entry));
  }
  for (const api::NamedPipeline& running : pipelines_.statuses()) {
    if (running.file == file && !named[running.name]) {
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
  auto& work = works_[pipeline];
  if (work != nullptr && !work->has_ended()) {
    throw Error(ErrorCode::conflict, "a change of pipeline '" + pipeline + "' is under way");
  }
  auto next = std::make_unique<Work>(world_, pipelines_, environment_, std::move(*current),
                                     request_of(request), random_.next());
  work = std::move(next);
  return work->status();
}

PipelineChanges::Work& PipelineChanges::work_of(const std::string& pipeline) const {
  const auto found = works_.find(pipeline);
  if (found == works_.end() || found->second == nullptr) {
    throw Error(ErrorCode::not_found, "there was no change of pipeline '" + pipeline + "'");
  }
  return *found->second;
}

Json PipelineChanges::status(const std::string& pipeline) {
  const std::lock_guard lock(mutex_);
  return work_of(pipeline).status();
}

void PipelineChanges::cancel(const std::string& pipeline) {
  const std::lock_guard lock(mutex_);
  work_of(pipeline).cancel();
}

void PipelineChanges::stop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  for (const auto& [name, work] : works_) {
    if (work != nullptr) {
      work->cancel();
    }
  }
}

bool PipelineChanges::has_ended() const {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, work] : works_) {
    if (work != nullptr && !work->has_ended()) {
      return false;
    }
  }
  return true;
}

}  // namespace millrace::server
