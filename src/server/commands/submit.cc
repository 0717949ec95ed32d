// millrace submit: the same SQL file on a Flink cluster.

#include <array>
#include <csignal>
#include <filesystem>
#include <map>

#include "base/clock.h"
#include "base/error.h"
#include "connector/connectors.h"
#include "io/asio_loop.h"
#include "io/files.h"
#include "server/commands.h"
#include "server/context.h"
#include "server/flink/check.h"
#include "server/flink/gateway.h"
#include "server/flink/portability.h"
#include "sql/parser.h"

namespace millrace::server {

namespace {

constexpr std::array kFlags{
    Flag{"--to", "flink=URL", "the cluster's SQL Gateway (flink=http://127.0.0.1:8083)"},
    Flag{"--check", "", "only say what Flink would refuse or ignore, without a cluster"},
    Flag{"--lake", "DIR", "lake tables become JSON files in DIR, for a Flink without Delta"},
    Flag{"--detach", "", "do not follow the jobs"},
};
constexpr std::string_view kFlink = "flink=";
constexpr Duration kLook = Duration::milliseconds(500);
constexpr int kInterrupted = 130;  // 128 + SIGINT, as shells have it

// The cluster does not know from where we were called.
std::string absolute(const std::string& path) {
  return std::filesystem::absolute(path).lexically_normal().string();
}

struct File {
  std::string path;
  std::vector<sql::Statement> statements;
};

flink::Places places_of(const std::string& file, const std::string& lake) {
  return {absolute(io::parent_of(file)), lake.empty() ? "" : absolute(lake)};
}

// Where in the file a place in the statement is.
Position in_file(const Position& statement, const Position& within) {
  return {statement.file, statement.line + within.line - 1,
          within.line == 1 ? statement.column + within.column - 1 : within.column};
}

// What Flink said, at its place in the file.
[[noreturn]] void rethrow(const flink::Refused& refused, const sql::Statement& statement) {
  const Position at =
      refused.position() ? in_file(statement.position, *refused.position()) : statement.position;
  throw Error(ErrorCode::invalid_argument, "Flink: " + refused.message(), at);
}

class Submission {
 public:
  Submission(Context& context, const std::string& url)
      : context_(context), gateway_(url, [this](Duration time) { wait(time); }) {
    loop_.on_signal({SIGTERM, SIGINT}, [this](int) {
      interrupted_ = true;
      loop_.stop();
    });
    context_.err("Apache Flink " + gateway_.version() + " at " + url + "\n");
  }

  void run(const File& file, const std::string& lake) {
    const flink::Places places = places_of(file.path, lake);
    for (const sql::Statement& statement : file.statements) {
      if (const auto why = flink::not_handed_over(statement)) {
        context_.err(place(statement) + *why + "\n");
        continue;
      }
      try {
        const flink::Answer answer = gateway_.execute(flink::for_flink(statement, places));
        if (answer.job) {
          jobs_[*answer.job] = "";
          context_.out(place(statement) + "job " + *answer.job + "\n");
        }
      } catch (const flink::Refused& refused) {  // which knows the statement alone, not the file
        rethrow(refused, statement);
      }
    }
  }

  // 0 where every job has finished.
  int follow() {
    int code = 0;
    for (size_t over = 0; over < jobs_.size() && !interrupted_;) {
      over = 0;
      for (auto& [job, state] : jobs_) {
        const flink::JobState now = gateway_.state_of(job);
        if (now.state != state) {
          state = now.state;
          context_.out("job " + job + " " + state + (now.reason.empty() ? "" : ": " + now.reason) +
                       "\n");
          code = state == "FAILED" || state == "CANCELED" ? 1 : code;
        }
        over += now.is_over() ? 1 : 0;
      }
      wait(over < jobs_.size() ? kLook : Duration());
    }
    if (interrupted_) {
      cancel();
      return kInterrupted;
    }
    return code;
  }

 private:
  static std::string place(const sql::Statement& statement) {
    return statement.position.file + ":" + std::to_string(statement.position.line) + ": ";
  }
  // Signals are served meanwhile.
  void wait(Duration time) {
    const auto timer = loop_.run_after(time, [this] { loop_.stop(); });
    loop_.run();
  }
  void cancel() {
    for (const auto& [job, state] : jobs_) {
      if (state == "RUNNING" || state == "CREATED" || state == "RESTARTING") {
        context_.err("cancelling job " + job + "\n");
        gateway_.cancel(job);
      }
    }
  }

  Context& context_;
  io::AsioLoop loop_;
  flink::Gateway gateway_;
  std::map<std::string, std::string> jobs_;  // and the state last seen
  bool interrupted_ = false;
};

// What the worst of the findings comes to.
std::string_view verdict(flink::Weight worst) {
  switch (worst) {
    case flink::Weight::ignored: return "Flink would take it\n";
    case flink::Weight::unknown: return "Flink may take it or not: not all can be checked here\n";
    case flink::Weight::otherwise: return "Flink would take it, and answer otherwise\n";
    case flink::Weight::refused: return "Flink would refuse it\n";
  }
  return "";
}

// 0 where Flink would take every statement.
int check(Context& context, const std::vector<std::string>& paths, const std::string& lake) {
  flink::Check check(connector::connections());
  auto worst = flink::Weight::ignored;
  for (const std::string& path : paths) {
    const std::string text = context.files->read_all(path);
    for (const flink::Finding& finding : check.findings_in(text, path, places_of(path, lake))) {
      context.out(finding.position.file + ":" + std::to_string(finding.position.line) + ":" +
                  std::to_string(finding.position.column) + ": " + finding.what + "\n");
      worst = std::max(worst, finding.weight);
    }
  }
  context.out(std::string(verdict(worst)));
  return worst == flink::Weight::ignored ? 0 : 1;
}

int run(Context& context, const Arguments& arguments) {
  const std::string lake = arguments.get("--lake", "");
  if (arguments.has("--check")) {
    return check(context, arguments.operands, lake);
  }
  std::vector<File> files;
  for (const std::string& path : arguments.operands) {
    files.push_back({path, sql::parse_script(context.files->read_all(path), path)});
    if (files.back().statements.empty()) {
      throw Error(ErrorCode::invalid_argument, "there is no statement in " + path);
    }
  }
  const std::string to = arguments.get("--to", "flink=http://127.0.0.1:8083");
  if (!to.starts_with(kFlink)) {
    throw UsageError("--to takes flink=http://HOST:PORT, not '" + to + "'");
  }
  Submission submission(context, to.substr(kFlink.size()));
  for (const File& file : files) {
    submission.run(file, lake);
  }
  return arguments.has("--detach") ? 0 : submission.follow();
}

}  // namespace

Command submit_command() {
  return {
      .name = "submit",
      .operands = "FILE.sql...",
      .summary = "run the same files on an Apache Flink cluster",
      .about =
          "Hands the statements of the files to a cluster's SQL Gateway, one after the other, "
          "shows\n"
          "what Flink says at its place in the file, and follows the jobs until they end; Ctrl-C\n"
          "cancels them. Topics are read and written over the Kafka protocol, so the cluster "
          "needs\n"
          "Flink's Kafka connector, and a path to 'properties.bootstrap.servers'. --check plans\n"
          "the files instead, and says without a cluster what Flink would refuse, what of ours it\n"
          "would ignore, and what cannot be told here.",
      .flags = kFlags,
      .examples =
          "  millrace submit pipeline.sql --check\n"
          "  millrace submit pipeline.sql --to flink=http://127.0.0.1:8083\n"
          "  millrace submit systems/telecom-events/pipeline.sql --lake /tmp/lake\n",
      .least_operands = 1,
      .most_operands = kAnyNumber,
      .run = run};
}

}  // namespace millrace::server
