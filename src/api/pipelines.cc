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

static Json operator_json(const OperatorStatus& status) {
  return Json::object({{"id", status.id},
                       {"operator", status.what},
                       {"in", status.counts.in},
                       {"out", status.counts.out},
                       {"filtered", status.counts.filtered},
                       {"grouped", status.counts.grouped},
                       {"late", status.counts.late},
                       {"dead_lettered", status.counts.rejected},
                       {"watermark", watermark_json(status.watermark)}});
}

static Json pipeline_json(const NamedPipeline& pipeline) {
  const PipelineStatus& status = pipeline.status;
  Json operators = Json::array();
  for (const OperatorStatus& each : status.operators) {
    operators.push(operator_json(each));
  }
  return Json::object({{"name", pipeline.name},
                       {"file", pipeline.file},
                       {"state", exec::name_of(status.state)},
                       {"reason", status.reason.empty() ? Json() : Json(status.reason)},
                       {"epoch", status.epoch.value},
                       {"restarts", status.restarts},
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

namespace {

struct OperatorMetric {
  const char* name;
  const char* help;
  uint64_t exec::OperatorCounts::* count;
};

constexpr OperatorMetric kOperatorMetrics[] = {
    {"millrace_operator_rows_in", "Rows that reached an operator", &exec::OperatorCounts::in},
    {"millrace_operator_rows_out", "Rows that it sent on", &exec::OperatorCounts::out},
    {"millrace_operator_rows_late", "Rows behind the watermark", &exec::OperatorCounts::late},
    {"millrace_operator_rows_dead_lettered", "Rows that could not be processed",
     &exec::OperatorCounts::rejected},
};

std::string label(const char* name, const std::string& value) {
  std::string text = std::string(name) + "=";
  append_json_string(value, text);
  return text;
}

void append_head(const char* name, const char* help, const char* type, std::string& out) {
  out += std::string("# HELP ") + name + " " + help + "\n# TYPE " + name + " " + type + "\n";
}

}  // namespace

std::string pipeline_metrics(const std::vector<NamedPipeline>& pipelines) {
  std::string out;
  if (pipelines.empty()) {
    return out;
  }
  append_head("millrace_pipeline_running", "1 while the pipeline runs", "gauge", out);
  for (const NamedPipeline& pipeline : pipelines) {
    const bool runs = pipeline.status.state == exec::PipelineState::running;
    out += "millrace_pipeline_running{" + label("pipeline", pipeline.name) + "} " +
           (runs ? "1" : "0") + "\n";
  }
  for (const OperatorMetric& metric : kOperatorMetrics) {
    append_head(metric.name, metric.help, "gauge", out);
    for (const NamedPipeline& pipeline : pipelines) {
      for (const OperatorStatus& each : pipeline.status.operators) {
        out += std::string(metric.name) + "{" + label("pipeline", pipeline.name) + "," +
               label("operator", each.id) + "} " + std::to_string(each.counts.*metric.count) + "\n";
      }
    }
  }
  return out;
}

}  // namespace millrace::api
