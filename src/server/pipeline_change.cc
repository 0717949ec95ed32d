#include "server/pipeline_change.h"

#include <chrono>
#include <functional>
#include <new>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "change/comparison.h"
#include "change/dropping.h"
#include "change/in_force.h"
#include "change/sameness.h"
#include "change/switch.h"
#include "exec/checkpoint.h"
#include "exec/dead_letters.h"
#include "exec/sink.h"
#include "exec/task_context.h"
#include "io/files.h"

namespace millrace::server {

using change::Side;
using change::Switch;
using exec::PipelineState;
using Kind = ChangeRequest::Kind;

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

}  // namespace

PipelineChange::PipelineChange(const io::World& world, Pipelines& pipelines,
                               const connector::Environment& environment,
                               Pipelines::Current current, const Json& request, uint64_t seed)
    : random_(seed),
      pipelines_(pipelines),
      environment_(environment),
      current_(std::move(current)),
      request_(ChangeRequest::from(request)),
      world_(world) {
  world_.random = &random_;
  world_.metrics = &metrics_;  // those of the pipeline are of what it does for others
  environment_.groups = nullptr;
  environment_.replay.emplace();
  environment_.replay->since = request_.since;
  prepare();
  thread_ = std::thread([this] { run(); });
}

PipelineChange::~PipelineChange() {
  cancel();
  thread_.join();
}

Json PipelineChange::status() const {
  const std::lock_guard lock(mutex_);
  return Json::object({{"pipeline", current_.job.name},
                       {"kind", request_.name()},
                       {"state", state_},
                       {"phase", phase_.empty() ? Json() : Json(phase_)},
                       {"version", next_.current.number},
                       {"behind", behind_},
                       {"in_force", in_force_ ? Json(*in_force_) : Json()},
                       {"reason", reason_.empty() ? Json() : Json(reason_)},
                       {"tables", tables_}});
}

bool PipelineChange::has_ended() const {
  const std::lock_guard lock(mutex_);
  return state_ != "running";
}

void PipelineChange::cancel() {
  const std::lock_guard lock(mutex_);
  cancelled_ = true;
  wake_.notify_all();
}

// What can be refused before anything begins is.
void PipelineChange::prepare() {
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
  if (request_.kind != Kind::shadow) {
    find_way();
  }
  if (way_ == Way::catches_up) {
    next_ = current_.file.followed_by(versions, request_.file, request_.text);
    return;
  }
  next_ = current_.file.continued_by(versions, request_.file, request_.text);
  if (way_ == Way::begins_anew) {
    next_.previous.reset();
  }
}

void PipelineChange::find_way() {
  const exec::PipelineStatus status = current_.worker->status();
  const change::Sameness same = change::sameness(current_.job, job_);
  if (same == change::Sameness::whole) {
    throw Error(ErrorCode::already_exists,
                "pipeline '" + current_.job.name +
                    "' has this plan, these options and settings already, as version " +
                    std::to_string(current_.versions.current.number));
  }
  if (status.state == PipelineState::failed &&
      !change::has_begun(world_, current_.file, current_.versions)) {
    way_ = Way::begins_anew;
  } else if (same == change::Sameness::of_plan) {
    way_ = Way::goes_on;
  } else {
    check_can_pause(status);
  }
}

// One that has failed pauses where its last epoch ended.
void PipelineChange::check_can_pause(const exec::PipelineStatus& status) const {
  if (status.state != PipelineState::running && status.state != PipelineState::failed) {
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

void PipelineChange::run() {
  try {
    request_.kind == Kind::shadow ? compare() : switch_versions();
  } catch (const std::bad_alloc&) {  // the pipelines and the broker go on
    end("failed", "out of memory");
  } catch (const std::exception& error) {  // a change ends here, as a statement does
    end("failed", error.what());
  }
}

void PipelineChange::end(const std::string& state, const std::string& reason) {
  world_.log->info("pipeline", "change " + state,
                   {{"pipeline", current_.job.name},
                    {"kind", request_.name()},
                    {"version", next_.current.number},
                    {"reason", reason}});
  const std::lock_guard lock(mutex_);
  state_ = state;
  reason_ = reason;
}

void PipelineChange::set_in_force(std::optional<int64_t> version) {
  const std::lock_guard lock(mutex_);
  in_force_ = version;
}

void PipelineChange::show(std::string_view phase, uint64_t behind) {
  const std::lock_guard lock(mutex_);
  phase_ = phase;
  behind_ = behind;
}

bool PipelineChange::rest() {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, kLook, [this] { return cancelled_; });
  return !cancelled_;
}

// Behind the switch is too late to hear that a table has other columns.
void PipelineChange::try_sinks() {
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
  for (const auto& table : {job_.letters.dead_letters, job_.letters.late_rows}) {
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

std::optional<int64_t> PipelineChange::in_force_by(const Switch& change) const {
  if (change.is_undecided()) {
    return std::nullopt;
  }
  const bool is_switched = change.phase() == Switch::Phase::switched;
  return (is_switched ? next_ : current_.versions).current.number;
}

void PipelineChange::switch_versions() {
  current_.file.remove_others(current_.versions);
  try_sinks();
  way_ == Way::catches_up ? catch_up() : go_on();
}

void PipelineChange::catch_up() {
  change::VersionFile& file = current_.file;
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
      [&](const exec::PipelineSpec& shadow, const std::optional<exec::Positions>& pause_at) {
        return std::make_unique<change::WorkerRun>(
            std::make_shared<exec::Worker>(shadow, dropping, world_, pause_at));
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
  remove_what_is_left();
  end("done", "");
}

void PipelineChange::remove_what_is_left() {
  try {
    current_.file.remove_others(next_);
  } catch (const Error& error) {  // what is left takes room until the next change removes it
    world_.log->warning("pipeline", "cannot remove what a version left",
                        {{"pipeline", current_.job.name}, {"reason", error.what()}});
  }
}

// The epochs go on in their directory, so that a crash finds the one version or the other by the
// file alone.
void PipelineChange::go_on() {
  show("taking over", 0);
  current_.worker->stop();
  current_.worker->wait_until_ended();
  const std::string trouble = trouble_with_next();
  if (trouble.empty()) {
    set_in_force(next_.current.number);
    remove_what_is_left();
    end("done", "");
    return;
  }
  try {
    put_in_force(current_.versions, current_.job);
    end("failed", trouble);
  } catch (const Error& error) {  // whichever is there rules the next start
    set_in_force(std::nullopt);
    end("failed", trouble + "; the old version cannot go on: " + error.what() +
                      "; start the server again when the disk works");
  }
}

// It is put in force; empty where it has begun.
std::string PipelineChange::trouble_with_next() {
  try {
    put_in_force(next_, job_);
  } catch (const Error& error) {  // the old version goes on, as for every other reason
    return error.what();
  }
  const auto worker = pipelines_.find(job_.name)->worker;
  worker->wait_until_started();
  const exec::PipelineStatus status = worker->status();
  return status.state == PipelineState::failed ? "the new version cannot begin: " + status.reason
                                               : "";
}

void PipelineChange::put_in_force(const change::Versions& versions, const plan::Job& job) {
  if (way_ == Way::begins_anew) {
    exec::Checkpoints(current_.file.path_of(versions.current), world_).remove_all();
  }
  current_.file.write(versions);
  pipelines_.take_over(versions, job);
}

std::unique_ptr<exec::Worker> PipelineChange::compared(Side side, const plan::Job& job,
                                                       exec::Connectors& connectors,
                                                       const io::World& world) {
  exec::PipelineSpec spec = change::pipeline_spec(
      job, current_.file, {1, side == Side::old_version ? "compared-old" : "compared-new", {}, {}});
  spec.leaves = exec::Leaves::results;
  spec.writes = exec::Writes::nothing;
  spec.state_bytes = pipelines_.state_bytes();
  world_.files->remove_tree(spec.directory);
  return std::make_unique<exec::Worker>(std::move(spec), connectors, world);
}

// Until both have read their input to its end.
void PipelineChange::wait_for(exec::Worker& old_version, exec::Worker& new_version) {
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

void PipelineChange::compare() {
  const StandingClock clock(world_.clock);
  io::World standing = world_;
  standing.clock = &clock;
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
    const auto old_version = compared(Side::old_version, current_.job, of_old, standing);
    const auto new_version = compared(Side::new_version, job_, of_new, standing);
    wait_for(*old_version, *new_version);
  }
  current_.file.remove_others(current_.versions);
  {
    const std::lock_guard lock(mutex_);
    tables_ = tables_json(comparison.tables());
  }
  end("done", "");
}

}  // namespace millrace::server
