#include "server/pipelines.h"

#include <map>

#include "base/error.h"
#include "base/match.h"
#include "connector/connectors.h"
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

static PlannedJob planned_job(const std::string& file, plan::Job job, BadRecords bad_records) {
  if (job.dead_letters == nullptr && bad_records == BadRecords::to_the_lake) {
    job.dead_letters = connector::default_dead_letter_table();
  }
  return {file, std::move(job)};
}

std::vector<PlannedJob> plan_text(Context& context, std::string_view text, const std::string& file,
                                  BadRecords bad_records) {
  plan::Program program = plan::plan_program(text, file, connector::connections());
  warn(context, program.warnings);
  std::vector<PlannedJob> jobs;
  for (plan::Job& job : program.jobs) {
    jobs.push_back(planned_job(file, std::move(job), bad_records));
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

static Step step_of(const std::string& file, plan::Given given, BadRecords bad_records) {
  return match(
      given, [&](plan::Job& job) -> Step { return planned_job(file, std::move(job), bad_records); },
      [](auto& other) -> Step { return std::move(other); });
}

std::vector<PlannedFile> plan_steps(Context& context, std::span<const std::string> paths,
                                    BadRecords bad_records) {
  std::vector<PlannedFile> files;
  std::map<std::string, std::string> file_of;
  for (const std::string& path : paths) {
    plan::Script script =
        plan::plan_script(context.files->read_all(path), path, connector::connections());
    warn(context, script.warnings);
    PlannedFile& file = files.emplace_back(PlannedFile{path, script.statements, {}});
    for (plan::Given& given : script.given) {
      file.steps.push_back(step_of(path, std::move(given), bad_records));
      if (const auto* planned = std::get_if<PlannedJob>(&file.steps.back())) {
        check_name(*planned, file_of);
      }
    }
  }
  return files;
}

Pipelines::Pipelines(const io::World& world, exec::Connectors& connectors,
                     const std::string& directory, std::vector<PlannedJob> jobs,
                     exec::Leaves leaves) {
  for (PlannedJob& planned : jobs) {
    const std::string& name = planned.job.name;
    exec::PipelineSpec spec{.name = name,
                            .plan = planned.job.plan,
                            .dead_letters = planned.job.dead_letters,
                            .directory = io::join(directory, io::http::percent_encoded(name)),
                            .leaves = leaves};
    running_.push_back(
        {name, planned.file, std::make_unique<exec::Worker>(std::move(spec), connectors, world)});
  }
  for (const Running& each : running_) {
    each.worker->wait_until_started();
  }
}

Pipelines::~Pipelines() { stop(); }  // all at once, before each is waited for

std::vector<api::NamedPipeline> Pipelines::statuses() const {
  std::vector<api::NamedPipeline> statuses;
  for (const Running& each : running_) {
    statuses.push_back({each.name, each.file, each.worker->status()});
  }
  return statuses;
}

std::vector<std::string> Pipelines::complaints() const {
  std::vector<std::string> complaints;
  for (const api::NamedPipeline& pipeline : statuses()) {
    const PipelineState state = pipeline.status.state;
    if (state != PipelineState::running && state != PipelineState::finished) {
      complaints.push_back("pipeline '" + pipeline.name + "' is " +
                           std::string(exec::name_of(state)) +
                           (pipeline.status.reason.empty() ? "" : ": " + pipeline.status.reason));
    }
  }
  return complaints;
}

void Pipelines::stop() {
  for (const Running& each : running_) {
    each.worker->stop();
  }
}

bool Pipelines::has_ended() const {
  return std::all_of(running_.begin(), running_.end(), [](const Running& each) {
    const PipelineState state = each.worker->status().state;
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
