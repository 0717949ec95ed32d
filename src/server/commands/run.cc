// millrace run: pipelines without a server, until their input ends.

#include <array>
#include <csignal>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "connector/connectors.h"
#include "io/asio_loop.h"
#include "io/files.h"
#include "io/terminal.h"
#include "server/commands.h"
#include "server/context.h"
#include "server/data_directory.h"
#include "server/log_sink.h"
#include "server/pipelines.h"
#include "server/settings.h"
#include "topic/store.h"

namespace millrace::server {

namespace {

constexpr std::array kFlags{
    Flag{"--data", "DIR", "keep topics, checkpoints and tables here (a temporary directory)"},
    kConfigFlag};
constexpr Duration kLook = Duration::milliseconds(50);
constexpr Duration kShowToPeople = Duration::milliseconds(500);
constexpr Duration kShowToLogs = Duration::seconds(5);
constexpr int kInterrupted = 130;  // 128 + SIGINT, as shells have it

// A directory that goes when the run ends.
class TemporaryData {
 public:
  explicit TemporaryData(io::Files& files)
      : files_(files), path_(io::make_temporary_directory("millrace-run-")) {}
  ~TemporaryData() { files_.remove_tree(path_); }
  TemporaryData(const TemporaryData&) = delete;
  TemporaryData& operator=(const TemporaryData&) = delete;
  const std::string& path() const { return path_; }

 private:
  io::Files& files_;
  std::string path_;
};

// Shows how far the pipelines are, until they have ended.
class Watch {
 public:
  Watch(Context& context, io::AsioLoop& loop, Pipelines& pipelines)
      : context_(context), loop_(loop), pipelines_(pipelines) {
    look();
  }
  void interrupt() {
    interrupted_ = true;
    pipelines_.stop();
  }
  bool was_interrupted() const { return interrupted_; }
  void show(const char* end) {
    const Progress progress = progress_of(pipelines_.statuses());
    context_.err((context_.err_is_terminal ? "\r" : "") + std::to_string(progress.rows_read) +
                 " rows read, " + std::to_string(progress.rows_written) + " written, " +
                 std::to_string(progress.dead_lettered) + " dead-lettered, " +
                 std::to_string(progress.late) + " late" + end);
  }

 private:
  void look() {
    if (pipelines_.has_ended()) {
      loop_.stop();
      return;
    }
    const Instant now = context_.clock->monotonic();
    const Duration pause = context_.err_is_terminal ? kShowToPeople : kShowToLogs;
    if (now - shown_ >= pause) {
      shown_ = now;
      show(context_.err_is_terminal ? "  " : "\n");
    }
    timer_ = loop_.run_after(kLook, [this] { look(); });
  }

  Context& context_;
  io::AsioLoop& loop_;
  Pipelines& pipelines_;
  Instant shown_ = context_.clock->monotonic();
  bool interrupted_ = false;
  std::unique_ptr<io::Timer> timer_;
};

int report(Context& context, const Pipelines& pipelines, const Watch& watch) {
  int code = watch.was_interrupted() ? kInterrupted : 0;
  for (const api::NamedPipeline& pipeline : pipelines.statuses()) {
    if (pipeline.status.state == exec::PipelineState::failed) {
      context.err("pipeline '" + pipeline.name + "' failed: " + pipeline.status.reason + "\n");
      code = 1;
    }
  }
  return code;
}

int run_in(Context& context, const Settings& settings, std::vector<PlannedJob> jobs) {
  Log log(context.clock, std::max(LogLevel::warning, log_level(settings.log_level)),
          make_log_sink(context, settings.log_file));
  Metrics metrics;
  const io::World world{.clock = context.clock,
                        .random = context.random,
                        .files = context.files,
                        .log = &log,
                        .metrics = &metrics};
  const DataDirectory data(*context.files, settings.data, "millrace run");
  topic::Store topics(world, data.topics());
  connector::Connectors connectors({.world = world,
                                    .topics = &topics,
                                    .own_addresses = {},
                                    .lake_directory = data.lake(),
                                    .print = context.out});
  Pipelines pipelines(world, connectors, data.pipelines(), std::move(jobs));
  io::AsioLoop loop;
  Watch watch(context, loop, pipelines);
  loop.on_signal({SIGTERM, SIGINT}, [&watch](int) { watch.interrupt(); });
  loop.run();
  watch.show("\n");
  return report(context, pipelines, watch);
}

int run(Context& context, const Arguments& arguments) {
  Settings settings = load_settings(context, arguments);
  const bool is_kept = arguments.has("--data");
  std::vector<PlannedJob> jobs = plan_files(
      context, arguments.operands, is_kept ? BadRecords::to_the_lake : BadRecords::stop_the_work);
  if (jobs.empty()) {
    throw Error(ErrorCode::invalid_argument,
                "there is no INSERT in these files, so nothing to run");
  }
  if (is_kept) {
    return run_in(context, settings, std::move(jobs));
  }
  const TemporaryData temporary(*context.files);
  settings.data = temporary.path();
  return run_in(context, settings, std::move(jobs));
}

}  // namespace

Command run_command() {
  return {
      .name = "run",
      .operands = "FILE.sql...",
      .summary = "run pipelines to the end of their input, without a server",
      .about =
          "Runs the pipelines of the files in this process, listens on nothing, and ends with\n"
          "exit code 0 once bounded input has been read and every result is written. Tables\n"
          "over topics end where 'scan.bounded.mode' says; without it they never do, and Ctrl-C\n"
          "ends the run with a last checkpoint. With --data a later run or server goes on\n"
          "from there, and bad records go to the lake's table dead_letters. Without it nothing\n"
          "stays but what the sinks wrote elsewhere, and the first bad record ends the run with\n"
          "exit code 1, unless 'millrace.dead-letter.table' names a place for them.",
      .flags = kFlags,
      .examples = "  millrace run backfill.sql --data ./data\n",
      .least_operands = 1,
      .most_operands = kAnyNumber,
      .run = run};
}

}  // namespace millrace::server
