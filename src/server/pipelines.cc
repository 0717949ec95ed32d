#include "server/pipelines.h"

#include <algorithm>
#include <map>

#include "base/check.h"
#include "base/error.h"
#include "base/log.h"
#include "base/match.h"
#include "connector/connectors.h"
#include "exec/checkpoint.h"
#include "io/files.h"
#include "io/http/message.h"
#include "server/context.h"

namespace millrace::server {

using exec::PipelineState;

static void warn(Context& context, const std::vector<std::string>& warnings) {
  for (const std::string& warning : warnings) {
    context.err(warning + "\n");
  }
}

static void complete(plan::LetterTables& letters, BadRecords bad_records) {
  if (letters.dead_letters == nullptr && bad_records == BadRecords::to_the_lake) {
    letters.dead_letters = connector::default_dead_letter_table();
  }
}

static PlannedJob planned_job(const std::string& file, plan::Job job, BadRecords bad_records,
                              std::shared_ptr<const std::string> text) {
  complete(job.letters, bad_records);
  return {file, std::move(job), std::move(text)};
}

std::vector<PlannedJob> plan_text(Context& context, std::string_view text, const std::string& file,
                                  BadRecords bad_records) {
  plan::Program program = plan::plan_program(text, file, connector::connections());
  warn(context, program.warnings);
  const auto whole = std::make_shared<const std::string>(text);
  std::vector<PlannedJob> jobs;
  for (plan::Job& job : program.jobs) {
    jobs.push_back(planned_job(file, std::move(job), bad_records, whole));
  }
  return jobs;
}

// The name stands for the pipeline's checkpoints and its transactions in sinks.
static void check_name(const PlannedJob& planned, std::map<std::string, std::string>& file_of) {
  const auto [at, added] = file_of.emplace(planned.job.name, planned.file);
  if (!added) {
    throw Error(ErrorCode::already_exists,
                "two pipelines are called '" + planned.job.name + "', in " + at->second +
                    " and in " + planned.file +
                    ": give one another name with SET 'pipeline.name' = '...'");
  }
}

std::vector<PlannedJob> plan_files(Context& context, std::span<const std::string> paths,
                                   BadRecords bad_records) {
  std::vector<PlannedJob> jobs;
  for (const std::string& path : paths) {
    std::vector<PlannedJob> planned =
        plan_text(context, context.files->read_all(path), path, bad_records);
    jobs.insert(jobs.end(), std::make_move_iterator(planned.begin()),
                std::make_move_iterator(planned.end()));
  }
  std::map<std::string, std::string> file_of;
  for (const PlannedJob& planned : jobs) {
    check_name(planned, file_of);
  }
  return jobs;
}

static Step step_of(const std::string& file, plan::Given given, BadRecords bad_records,
                    const std::shared_ptr<const std::string>& text) {
  return match(
      given,
      [&](plan::Job& job) -> Step { return planned_job(file, std::move(job), bad_records, text); },
      [&](plan::Question& question) -> Step {
        complete(question.letters, bad_records);
        return std::move(question);
      },
      [](auto& other) -> Step { return std::move(other); });
}

std::vector<PlannedFile> plan_steps(Context& context, std::span<const std::string> paths,
                                    BadRecords bad_records) {
  std::vector<PlannedFile> files;
  std::map<std::string, std::string> file_of;
  for (const std::string& path : paths) {
    const auto text = std::make_shared<const std::string>(context.files->read_all(path));
    plan::Script script = plan::plan_script(*text, path, connector::connections());
    warn(context, script.warnings);
    if (script.statements == 0) {
      throw Error(ErrorCode::invalid_argument, "there is no statement in " + path);
    }
    PlannedFile& file = files.emplace_back(PlannedFile{path, script.statements, {}});
    for (plan::Given& given : script.given) {
      file.steps.push_back(step_of(path, std::move(given), bad_records, text));
      if (const auto* planned = std::get_if<PlannedJob>(&file.steps.back())) {
        check_name(*planned, file_of);
      }
    }
  }
  return files;
}

Pipelines::Pipelines(const io::World& world, exec::Connectors& connectors,
                     const std::string& directory, std::vector<PlannedJob> jobs,
                     const Manner& manner)
    : world_(world),
      connectors_(connectors),
      directory_(directory),
      manner_(manner),
      random_(world.random != nullptr ? world.random->next() : 0) {
  for (PlannedJob& planned : jobs) {
    if (planned.text != nullptr) {
      let_load(*planned.text, planned.file);
    }
    running_.push_back(started(std::move(planned)));
    let_load(running_.back());
  }
  for (const Running& each : running_) {
    each.current.worker->wait_until_started();
  }
}

Pipelines::~Pipelines() { stop(); }  // all at once, before each is waited for

Pipelines::Running Pipelines::started(PlannedJob planned) {
  change::VersionFile file(world_,
                           io::join(directory_, io::http::percent_encoded(planned.job.name)));
  change::InForce in_force{{{1, ".", planned.file, {}}, std::nullopt}, std::move(planned.job)};
  if (manner_.leaves == exec::Leaves::state && planned.text != nullptr) {
    in_force = change::in_force(world_, file, std::move(in_force.job), planned.file, *planned.text,
                                connector::connections(), manner_.other_terms);
  }
  if (in_force.waits) {
    world_.log->warning("pipeline", "its file has changed",
                        {{"pipeline", in_force.job.name}, {"file", planned.file}});
  }
  const bool had_begun = change::has_begun(world_, file, in_force.versions);
  Running running{{std::move(file), std::move(in_force.versions), std::move(in_force.job), nullptr},
                  std::move(planned.file),
                  in_force.waits,
                  had_begun};
  running.current.worker = start(running.current);
  return running;
}

void Pipelines::let_load(const Running& running) {
  const change::Versions& versions = running.current.versions;
  let_load(versions.current.text, versions.current.file);
  if (versions.previous) {
    let_load(versions.previous->text, versions.previous->file);
  }
}

void Pipelines::let_load(const std::string& text, const std::string& file) {
  try {
    loadable_.merge(plan::library_functions_in(text, file));
  } catch (const Error&) {  // a version of an older program, which names nothing that can be read
  }
}

std::shared_ptr<exec::Worker> Pipelines::start(const Current& current) {
  exec::PipelineSpec spec =
      change::pipeline_spec(current.job, current.file, current.versions.current);
  spec.leaves = manner_.leaves;
  spec.state_bytes = manner_.state_bytes;
  Random forked = forked_random();  // a worker draws from it as it is made, and no later
  io::World world = world_;
  world.random = &forked;
  return std::make_shared<exec::Worker>(std::move(spec), connectors_, world);
}

Random Pipelines::forked_random() {
  const std::lock_guard lock(mutex_);
  return Random(random_.next());
}

std::optional<Pipelines::Current> Pipelines::find(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  for (const Running& each : running_) {
    if (each.current.job.name == name) {
      return each.current;
    }
  }
  return std::nullopt;
}

void Pipelines::take_over(const change::Versions& versions, plan::Job job) {
  std::optional<Current> current = find(job.name);
  check(current.has_value(), "pipelines do not go while they are changed");
  current->worker->stop();
  current->worker->wait_until_ended();
  current->versions = versions;
  current->job = std::move(job);
  const bool had_begun = change::has_begun(world_, current->file, versions);
  current->worker = start(*current);
  const std::lock_guard lock(mutex_);
  for (Running& each : running_) {
    if (each.current.job.name == current->job.name) {
      each = {std::move(*current), each.file, false, had_begun};
      return;
    }
  }
}

void Pipelines::begin(PlannedJob planned) {
  Running running = started(std::move(planned));
  running.current.worker->wait_until_started();
  const std::lock_guard lock(mutex_);
  running_.push_back(std::move(running));
}

void Pipelines::end(const std::string& name) {
  const std::optional<Current> current = find(name);
  check(current.has_value(), "a pipeline is ended once");
  current->worker->stop();
  current->worker->wait_until_ended();
  const std::lock_guard lock(mutex_);
  std::erase_if(running_, [&](const Running& each) { return each.current.job.name == name; });
}

// The command as it finds this server.
static std::string apply_command(const std::string& file, const std::string& directory) {
  return "'millrace pipeline apply " + file + " --data " + io::parent_of(directory) + "'";
}

std::string Pipelines::advice_on(const Running& running, const exec::PipelineStatus& status) const {
  const change::Version& version = running.current.versions.current;
  if (running.waits) {
    return running.file + " says something else of it than version " +
           std::to_string(version.number) +
           ", which goes on: " + apply_command(running.file, directory_) +
           " changes it, 'pipeline plan' shows what would change";
  }
  if (status.state != PipelineState::failed) {
    return {};
  }
  if (status.epoch > exec::kFirstEpoch) {
    return "it has failed: change " + version.file + " and give it the new text with " +
           apply_command(version.file, directory_) +
           ", or, where the cause lies elsewhere, start the server again";
  }
  return running.had_begun
             ? "it cannot be brought up from its last checkpoint: mend what stands against "
               "it, and start the server again"
             : "it could not begin: change " + version.file + " and give it the new text with " +
                   apply_command(version.file, directory_) +
                   ", or mend what stands against it and start the server again";
}

std::vector<api::NamedPipeline> Pipelines::statuses() const {
  const std::lock_guard lock(mutex_);
  std::vector<api::NamedPipeline> statuses;
  for (const Running& each : running_) {
    const change::Version& version = each.current.versions.current;
    exec::PipelineStatus status = each.current.worker->status();
    std::string advice = advice_on(each, status);
    statuses.push_back({each.current.job.name, version.file, std::move(status), version.number,
                        std::move(advice)});
  }
  return statuses;
}

std::vector<std::string> Pipelines::complaints() const {
  std::vector<std::string> complaints;
  for (const api::NamedPipeline& pipeline : statuses()) {
    const PipelineState state = pipeline.status.state;
    // Paused is a moment of a change.
    if (state != PipelineState::running && state != PipelineState::finished &&
        state != PipelineState::paused) {
      complaints.push_back("pipeline '" + pipeline.name + "' is " +
                           std::string(exec::name_of(state)) +
                           (pipeline.status.reason.empty() ? "" : ": " + pipeline.status.reason));
    }
  }
  return complaints;
}

void Pipelines::stop() {
  const std::lock_guard lock(mutex_);
  for (const Running& each : running_) {
    each.current.worker->stop();
  }
}

bool Pipelines::has_ended() const {
  const std::vector<api::NamedPipeline> all = statuses();
  return std::all_of(all.begin(), all.end(), [](const api::NamedPipeline& each) {
    const PipelineState state = each.status.state;
    return state == PipelineState::finished || state == PipelineState::failed ||
           state == PipelineState::stopped;
  });
}

Progress progress_of(std::span<const api::NamedPipeline> pipelines) {
  Progress progress;
  for (const api::NamedPipeline& pipeline : pipelines) {
    for (const exec::OperatorStatus& each : pipeline.status.operators) {
      progress.dead_lettered += each.counts.rejected;
      progress.late += each.counts.late;
      if (each.id.starts_with("scan")) {
        progress.rows_read += each.counts.in;
      } else if (each.id.starts_with("sink")) {
        progress.rows_written += each.counts.in;
      }
    }
  }
  return progress;
}

}  // namespace millrace::server
