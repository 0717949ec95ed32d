// /healthz says that the process answers, /readyz that it does its work, /metrics how well.

#include "api/route.h"
#include "base/metrics.h"

namespace millrace::api {

io::http::Response healthz(const Call& call) {
  return json(Json::object({{"status", "ok"}, {"version", call.services.version}}));
}

io::http::Response readyz(const Call& call) {
  Json reasons = Json::array();
  for (std::string& reason : call.services.reasons_not_ready()) {
    reasons.push(std::move(reason));
  }
  const bool ready = reasons.as_array().empty();
  return json(Json::object({{"status", ready ? "ready" : "not ready"}, {"reasons", reasons}}),
              ready ? 200 : 503);
}

io::http::Response metrics(const Call& call) {
  const std::string pipelines =
      call.services.pipelines ? pipeline_metrics(call.services.pipelines()) : "";
  return {.status = 200,
          .content_type = "text/plain; version=0.0.4; charset=utf-8",
          .body = call.services.world.metrics->expose() + pipelines,
          .headers = {}};
}

}  // namespace millrace::api
