// /api/v1/pipelines: what runs, how far it is, and what became of every row.

#include "api/route.h"
#include "base/error.h"

namespace millrace::api {

using exec::OperatorStatus;
using exec::PipelineStatus;

static std::vector<NamedPipeline> pipelines_of(const Call& call) {
  if (!call.services.pipelines) {
    throw Error(ErrorCode::unavailable,
                "no server runs on this data directory, and so no pipeline does: start one with "
                "'millrace server FILE.sql'");
  }
  return call.services.pipelines();
}

static Json watermark_json(Watermark watermark) {
  const bool is_time = watermark != Watermark::none() && watermark != Watermark::end_of_input();
  return is_time ? Json(to_iso8601(Timestamp{watermark.ms})) : Json();
}

static std::string_view name_of(exec::SplitStatus::State state) {
  using State = exec::SplitStatus::State;
  switch (state) {
    case State::reading: return "reading";
    case State::at_end: return "at_end";
    case State::idle: return "idle";
    case State::ended: return "ended";
  }
  return "";
}

static Json splits_json(const OperatorStatus& status) {
  Json splits = Json::array();
  for (const exec::SplitStatus& split : status.splits) {
    splits.push(Json::object({{"name", split.name},
                              {"state", name_of(split.state)},
                              {"watermark", watermark_json(split.watermark)}}));
  }
  return splits;
}

static Json operator_json(const OperatorStatus& status) {
  return Json::object(
      {{"id", status.id},
       {"operator", status.what},
       {"in", status.counts.in},
       {"out", status.counts.out},
       {"filtered", status.counts.filtered},
       {"grouped", status.counts.grouped},
       {"late", status.counts.late},
       {"dead_lettered", status.counts.rejected},
       {"watermark", watermark_json(status.watermark)},
       {"waits_for", status.waits_for ? watermark_json({*status.waits_for}) : Json()},
       {"splits", splits_json(status)}});
}

static Json pipeline_json(const NamedPipeline& pipeline) {
  const PipelineStatus& status = pipeline.status;
  Json operators = Json::array();
  for (const OperatorStatus& each : status.operators) {
    operators.push(operator_json(each));
  }
  return Json::object({{"name", pipeline.name},
                       {"file", pipeline.file},
                       {"version", pipeline.version},
                       {"advice", pipeline.advice.empty() ? Json() : Json(pipeline.advice)},
                       {"state", exec::name_of(status.state)},
                       {"reason", status.reason.empty() ? Json() : Json(status.reason)},
                       {"epoch", status.epoch.value},
                       {"restarts", status.restarts},
                       {"behind", status.behind},
                       {"operators", std::move(operators)}});
}

io::http::Response list_pipelines(const Call& call) {
  Json pipelines = Json::array();
  for (const NamedPipeline& pipeline : pipelines_of(call)) {
    pipelines.push(pipeline_json(pipeline));
  }
  return json(Json::object({{"pipelines", std::move(pipelines)}}));
}

io::http::Response describe_pipeline(const Call& call) {
  for (const NamedPipeline& pipeline : pipelines_of(call)) {
    if (pipeline.name == call.captured.front()) {
      return json(pipeline_json(pipeline));
    }
  }
  throw Error(ErrorCode::not_found, "there is no pipeline '" + call.captured.front() + "'");
}

// The rest of what pipelines count is in the registry; whether one runs is known when asked for.
std::string pipeline_metrics(const std::vector<NamedPipeline>& pipelines) {
  std::string out;
  if (pipelines.empty()) {
    return out;
  }
  out +=
      "# HELP millrace_pipeline_running 1 while the pipeline runs\n"
      "# TYPE millrace_pipeline_running gauge\n";
  for (const NamedPipeline& pipeline : pipelines) {
    out += "millrace_pipeline_running{pipeline=";
    append_json_string(pipeline.name, out);
    out += pipeline.status.state == exec::PipelineState::running ? "} 1\n" : "} 0\n";
  }
  return out;
}

}  // namespace millrace::api
