// millrace pipeline plan | shadow | apply | rollback | cancel: another SQL for what runs.

#include <array>

#include "base/clock.h"
#include "base/error.h"
#include "io/asio_loop.h"
#include "io/files.h"
#include "io/http/message.h"
#include "server/api_access.h"
#include "server/commands.h"
#include "server/context.h"
#include "server/print.h"
#include "server/settings.h"

namespace millrace::server {

namespace {

constexpr Flag kPipelineFlag{"--pipeline", "NAME", "this one of the file's alone"};
constexpr std::array kFlags{kDataFlag, kConfigFlag, kOutputFlag};
constexpr std::array kChangeFlags{kPipelineFlag, kDataFlag, kConfigFlag, kOutputFlag};
constexpr std::array kShadowFlags{
    kPipelineFlag,
    Flag{"--since", "DURATION", "the input of the last '2 h', say (all that is kept)"}, kDataFlag,
    kConfigFlag, kOutputFlag};

// Of the exit code: there is a difference.
constexpr int kDiffers = 3;

std::string changes_of(const std::string& pipeline) {
  return "/api/v1/pipelines/" + io::http::percent_encoded(pipeline) + "/changes";
}

// Says, as whoever runs the file is told, what in it makes no difference.
Json planned(Context& context, ApiAccess& api, const std::string& file) {
  Json answer = api.ask("POST", "/api/v1/plans",
                        Json::object({{"sql", context.files->read_all(file)}, {"file", file}}));
  for (const Json& notice : answer.at("notices").as_array()) {
    context.err(notice.as_string() + "\n");
  }
  return answer;
}

void show_lines(Context& context, const char* title, const Json& lines, const char* indent) {
  if (!lines.as_array().empty()) {
    context.out(std::string(title) + "\n");
  }
  for (const Json& line : lines.as_array()) {
    context.out(indent + line.as_string() + "\n");
  }
}

void show_changed(Context& context, const Json& pipeline) {
  const Json& plan = pipeline.at("plan");
  const Json& terms = pipeline.at("terms");
  show_lines(context, "  plan, before (-) and now (+):", plan, "    ");
  show_lines(context, "  tables and settings, before (-) and now (+):", terms, "    ");
  if (plan.as_array().empty() && terms.as_array().empty()) {
    context.out("  " + pipeline.at("first_difference").as_string() + "\n");
  }
  if (pipeline.at("keeps_state").as_bool()) {
    context.out("  it goes on with its state, and builds none anew\n");
  }
  for (const Json& state : pipeline.at("state").as_array()) {
    context.out("  state to be built anew: " + state.at("operator").as_string() + " keeps " +
                state.at("keeps").as_string() +
                (state.at("until").is_null() ? "" : " until " + state.at("until").as_string()) +
                "\n");
  }
  for (const Json& input : pipeline.at("input").as_array()) {
    context.out("  built from: topic " + input.at("topic").as_string() + ", partition " +
                input.at("partition").dump() + ", offsets " + input.at("from").dump() + " to " +
                input.at("to").dump() +
                (input.at("from").as_int() > 0 ? " (what was before is no longer kept)" : "") +
                "\n");
  }
  show_lines(context, "  differs with every run:", pipeline.at("not_repeatable"), "    ");
  show_lines(context, "  read from the beginning:", pipeline.at("begun_anew"), "    ");
  if (const Json& obstacle = pipeline.at("obstacle"); !obstacle.is_null()) {
    context.out("  it cannot be changed while it runs: " + obstacle.as_string() + "\n");
  }
}

void show_plan(Context& context, const Json& answer, const std::string& file) {
  for (const Json& pipeline : answer.at("pipelines").as_array()) {
    const std::string& verdict = pipeline.at("verdict").as_string();
    const Json* version = pipeline.find("version");
    context.out(pipeline.at("pipeline").as_string() + ": " + verdict +
                (version != nullptr ? ", version " + version->dump() + " runs" : "") + "\n");
    if (verdict == "changed") {
      show_changed(context, pipeline);
    } else if (verdict == "new") {
      context.out("  it begins with 'pipeline apply " + file +
                  "', or when the server is started\n");
    } else if (verdict == "gone") {
      context.out("  it ends with 'pipeline apply " + file + "', or when the server is started\n");
    }
  }
}

int plan(Context& context, const Arguments& arguments) {
  const OutputFormat format = output_format(arguments, "table|json");
  const auto api = open_api(context, load_settings(context, arguments), "pipeline plan");
  const Json answer = planned(context, *api, arguments.operands[0]);
  if (format == OutputFormat::json) {
    context.out(answer.dump_pretty() + "\n");
  } else {
    show_plan(context, answer, arguments.operands[0]);
    if (answer.at("pipelines").as_array().empty()) {
      context.err("there is no pipeline in " + arguments.operands[0] +
                  ", and none of it runs: nothing would change\n");
    }
  }
  return answer.at("changed").as_bool() ? kDiffers : 0;
}

// The pipelines to which `kind` makes a difference, or the one that was asked for: those that end
// first, so that nobody else writes their tables when others begin.
std::vector<std::string> changed_pipelines(Context& context, ApiAccess& api,
                                           const Arguments& arguments, const std::string& kind) {
  std::vector<std::string> names;
  const auto only = arguments.find("--pipeline");
  const Json answer = planned(context, api, arguments.operands[0]);
  const auto add = [&](const char* verdict) {
    for (const Json& pipeline : answer.at("pipelines").as_array()) {
      const std::string& name = pipeline.at("pipeline").as_string();
      if (pipeline.at("verdict").as_string() == verdict && (!only || *only == name)) {
        names.push_back(name);
      }
    }
  };
  if (kind == "apply") {
    add("gone");
  }
  add("changed");
  if (kind == "apply") {
    add("new");
  }
  return names;
}

// Before the next look.
void pause() {
  io::AsioLoop loop;
  const auto timer = loop.run_after(Duration::milliseconds(50), [&] { loop.stop(); });
  loop.run();
}

// Begins it and follows it to its end, which is the answer.
Json follow(Context& context, ApiAccess& api, const std::string& pipeline, const Json& request) {
  Json status = api.ask("POST", changes_of(pipeline), request);
  std::string shown;
  while (status.at("state").as_string() == "running") {
    const std::string phase =
        status.at("phase").is_null() ? "beginning" : status.at("phase").as_string();
    const std::string line =
        pipeline + ": " + phase +
        (status.at("behind").as_int() > 0 ? ", " + status.at("behind").dump() + " records to read"
                                          : "");
    if (line != shown) {
      context.err(line + "\n");
      shown = line;
    }
    pause();
    status = api.ask("GET", changes_of(pipeline));
  }
  return status;
}

void show_tables(Context& context, const Json& status) {
  for (const Json& table : status.at("tables").as_array()) {
    context.out(status.at("pipeline").as_string() + ", table " + table.at("table").as_string() +
                ": " + table.at("equal").dump() + " rows equal, " + table.at("only_old").dump() +
                " of the old version alone, " + table.at("only_new").dump() +
                " of the new version alone\n");
    for (const Json& row : table.at("samples_old").as_array()) {
      context.out("  - " + row.as_string() + "\n");
    }
    for (const Json& row : table.at("samples_new").as_array()) {
      context.out("  + " + row.as_string() + "\n");
    }
  }
}

bool differs(const Json& status) {
  bool differs = false;
  for (const Json& table : status.at("tables").as_array()) {
    differs = differs || table.at("only_old").as_int() > 0 || table.at("only_new").as_int() > 0;
  }
  return differs;
}

// What holds after a change that did not come to its end.
std::string what_holds(const Json& status) {
  const Json& in_force = status.at("in_force");
  if (in_force.is_null()) {
    return "";  // the reason says what to do
  }
  return in_force.as_int() == status.at("version").as_int()
             ? "; version " + in_force.dump() +
                   " is in force, and runs when the server is started again"
             : "; nothing has changed";
}

// 0, or 1 with the reason shown where it did not come to its end.
int show_end(Context& context, const Json& status) {
  const std::string& kind = status.at("kind").as_string();
  const std::string name = status.at("pipeline").as_string();
  if (status.at("state").as_string() != "done") {
    context.err(name + ": " + kind + " " + status.at("state").as_string() + ": " +
                status.at("reason").as_string() + what_holds(status) + "\n");
    return 1;
  }
  if (kind == "shadow") {
    show_tables(context, status);
    return differs(status) ? kDiffers : 0;
  }
  context.out(name + (kind == "end" ? ": it has ended, and its checkpoints stay\n"
                                    : ": version " + status.at("version").dump() + " runs\n"));
  return 0;
}

int show_all(Context& context, const std::vector<Json>& ends, OutputFormat format) {
  int code = 0;
  Json list = Json::array();
  for (const Json& status : ends) {
    list.push(status);
    if (format == OutputFormat::json) {
      const bool done = status.at("state").as_string() == "done";
      const bool differing = done && !status.at("tables").is_null() && differs(status);
      code = !done ? 1 : differing && code == 0 ? kDiffers : code;
    } else {
      const int each = show_end(context, status);
      code = code == 1 || each == 0 ? code : each;
    }
  }
  if (format == OutputFormat::json) {
    context.out(list.dump_pretty() + "\n");
  }
  return code;
}

int change_by_file(Context& context, const Arguments& arguments, const char* kind) {
  const OutputFormat format = output_format(arguments, "table|json");
  const std::string& file = arguments.operands[0];
  const auto api =
      open_api(context, load_settings(context, arguments), std::string("pipeline ") + kind);
  Json request =
      Json::object({{"kind", kind}, {"sql", context.files->read_all(file)}, {"file", file}});
  if (const auto since = arguments.find("--since")) {
    const auto duration = parse_duration(*since);
    if (!duration) {
      throw UsageError("--since is '" + *since + "': expected a duration such as '2 h'");
    }
    request.set("since_ms", context.clock->now().ms - duration->ms());
  }
  std::vector<Json> ends;
  for (const std::string& pipeline : changed_pipelines(context, *api, arguments, kind)) {
    ends.push_back(follow(context, *api, pipeline, request));
    if (ends.back().at("state").as_string() != "done") {
      break;
    }
  }
  if (ends.empty()) {
    context.err("nothing in " + file + " changes a pipeline that runs\n");
  }
  return show_all(context, ends, format);
}

int shadow(Context& context, const Arguments& arguments) {
  return change_by_file(context, arguments, "shadow");
}

int apply(Context& context, const Arguments& arguments) {
  return change_by_file(context, arguments, "apply");
}

int rollback(Context& context, const Arguments& arguments) {
  const OutputFormat format = output_format(arguments, "table|json");
  const auto api = open_api(context, load_settings(context, arguments), "pipeline rollback");
  return show_all(
      context, {follow(context, *api, arguments.operands[0], Json::object({{"kind", "rollback"}}))},
      format);
}

int cancel(Context& context, const Arguments& arguments) {
  open_api(context, load_settings(context, arguments), "pipeline cancel")
      ->ask("DELETE", changes_of(arguments.operands[0]));
  return 0;
}

}  // namespace

Command pipeline_plan_command() {
  return {
      .name = "pipeline plan",
      .operands = "FILE.sql",
      .summary = "",
      .about =
          "Compares the pipelines of the file with those that run: which are unchanged, new,\n"
          "changed or gone; of the changed ones the difference of the plans, of the tables'\n"
          "options and of the settings, the state that has to be built anew, from which offset\n"
          "its topics are still kept, and what in it gives another answer with every run.\n"
          "Changes nothing. The exit code is 0 where nothing differs and 3 where something\n"
          "does.",
      .flags = kFlags,
      .examples = "  millrace pipeline plan telecom.sql\n",
      .least_operands = 1,
      .most_operands = 1,
      .run = plan};
}

Command pipeline_shadow_command() {
  return {.name = "pipeline shadow",
          .operands = "FILE.sql",
          .summary = "",
          .about =
              "Runs, of each pipeline that the file changes, the version in force and the new one\n"
              "beside the running one, over the same input up to where it ends now, and compares\n"
              "what their tables come to: rows that both have, rows of one alone, a few of these.\n"
              "The input ends there for both, so the last windows count as complete; the time of\n"
              "day stands still. Nothing is written. The exit code is 0 where all rows are equal\n"
              "and 3 where some are not.",
          .flags = kShadowFlags,
          .examples =
              "  millrace pipeline shadow telecom.sql\n"
              "  millrace pipeline shadow telecom.sql --since '2 h' --output json\n",
          .least_operands = 1,
          .most_operands = 1,
          .run = shadow};
}

Command pipeline_apply_command() {
  return {
      .name = "pipeline apply",
      .operands = "FILE.sql",
      .summary = "",
      .about =
          "Changes the pipelines that the file changes, one after another, while they run; those\n"
          "that are gone from it end, and those that are new in it begin. Of a changed one the\n"
          "new version reads its topics from their beginning (or from the table's\n"
          "'scan.startup.timestamp-millis') beside the old one and writes nothing; then the\n"
          "old one pauses, the new one reads up to the same place and goes on from there. Where\n"
          "options of tables or settings alone differ, it goes on with the state that there is.\n"
          "No row is lost or doubled, whatever crashes: before the switch the old version runs\n"
          "again after a restart, behind it the new one. Its last checkpoint is kept, for\n"
          "'pipeline rollback'. Interrupting this command leaves the change under way.",
      .flags = kChangeFlags,
      .examples = "  millrace pipeline apply telecom.sql\n",
      .least_operands = 1,
      .most_operands = 1,
      .run = apply};
}

Command pipeline_rollback_command() {
  return {
      .name = "pipeline rollback",
      .operands = "NAME",
      .summary = "",
      .about =
          "Changes a pipeline back to the version before, as 'pipeline apply' changes it: that\n"
          "version goes on from its kept checkpoint, reads what came since without writing it,\n"
          "and takes over. What the other version wrote stays. A second rollback goes forth\n"
          "again.",
      .flags = kFlags,
      .examples = "  millrace pipeline rollback telecom-events\n",
      .least_operands = 1,
      .most_operands = 1,
      .run = rollback};
}

Command pipeline_cancel_command() {
  return {.name = "pipeline cancel",
          .operands = "NAME",
          .summary = "",
          .about = "Gives up a change of the pipeline that is under way; what ran before goes on.",
          .flags = kFlags,
          .examples = "  millrace pipeline cancel telecom-events\n",
          .least_operands = 1,
          .most_operands = 1,
          .run = cancel};
}

}  // namespace millrace::server
