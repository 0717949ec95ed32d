// /api/v1/plans and /api/v1/pipelines/{pipeline}/changes: another SQL for a running pipeline.

#include "api/route.h"
#include "base/error.h"

namespace millrace::api {

static PipelineChanges& changes_of(const Call& call) {
  if (!call.services.changes) {
    throw Error(ErrorCode::unavailable,
                "no server runs on this data directory, and so no pipeline does: start one with "
                "'millrace server FILE.sql'");
  }
  return call.services.changes();
}

io::http::Response plan_pipelines(const Call& call) {
  const Json body = call.body();
  return json(changes_of(call).plan(Call::required(body, "sql").as_string(),
                                    Call::required(body, "file").as_string()));
}

io::http::Response begin_change(const Call& call) {
  return json(changes_of(call).begin(call.captured.front(), call.body()), 202);
}

io::http::Response describe_change(const Call& call) {
  return json(changes_of(call).status(call.captured.front()));
}

io::http::Response cancel_change(const Call& call) {
  changes_of(call).cancel(call.captured.front());
  return {.status = 204, .content_type = "", .body = "", .headers = {}};
}

}  // namespace millrace::api
