// millrace run: the statements of files without a server, until their input ends.

#include <algorithm>
#include <array>
#include <csignal>

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "base/match.h"
#include "base/metrics.h"
#include "base/random.h"
#include "codec/parquet/parquet.h"
#include "connector/connectors.h"
#include "io/asio_loop.h"
#include "io/files.h"
#include "io/terminal.h"
#include "server/commands.h"
#include "server/context.h"
#include "server/data_directory.h"
#include "server/log_sink.h"
#include "server/own_addresses.h"
#include "server/pipelines.h"
#include "server/print.h"
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

// Whether progress is shown: not while the rows of a query are.
enum class Progressing : uint8_t { shown, hidden };

using Groups = std::vector<std::unique_ptr<Pipelines>>;

// Waits until all of some pipelines have ended.
class Watch {
 public:
  Watch(Context& context, io::AsioLoop& loop, const Groups& groups, Progressing progressing)
      : context_(context), loop_(loop), groups_(groups), progressing_(progressing) {
    look();
  }
  void show(const char* end) { show(progress(), end); }

 private:
  std::string progress() const {
    Progress total;
    for (const auto& group : groups_) {
      const Progress progress = progress_of(group->statuses());
      total.rows_read += progress.rows_read;
      total.rows_written += progress.rows_written;
      total.dead_lettered += progress.dead_lettered;
      total.late += progress.late;
    }
    return std::to_string(total.rows_read) + " rows read, " + std::to_string(total.rows_written) +
           " written, " + std::to_string(total.dead_lettered) + " dead-lettered, " +
           std::to_string(total.late) + " late";
  }
  void show(const std::string& progress, const char* end) {
    context_.err((context_.err_is_terminal ? "\r" : "") + progress + end);
  }
  void look() {
    if (std::all_of(groups_.begin(), groups_.end(),
                    [](const auto& group) { return group->has_ended(); })) {
      loop_.stop();
      return;
    }
    const Instant now = context_.clock->monotonic();
    const Duration pause = context_.err_is_terminal ? kShowToPeople : kShowToLogs;
    if (progressing_ == Progressing::shown && now - looked_ >= pause) {
      looked_ = now;
      std::string line = progress();
      if (line != shown_) {  // else it would push away the line that counts
        show(line, context_.err_is_terminal ? "  " : "\n");
        shown_ = std::move(line);
      }
    }
    timer_ = loop_.run_after(kLook, [this] { look(); });
  }

  Context& context_;
  io::AsioLoop& loop_;
  const Groups& groups_;
  Progressing progressing_;
  Instant looked_ = context_.clock->monotonic();
  std::string shown_;
  std::unique_ptr<io::Timer> timer_;
};

int report(Context& context, const Groups& groups) {
  int code = 0;
  for (const auto& group : groups) {
    for (const api::NamedPipeline& pipeline : group->statuses()) {
      if (pipeline.status.state == exec::PipelineState::failed) {
        context.err("pipeline '" + pipeline.name + "' failed: " + pipeline.status.reason + "\n");
        code = 1;
      }
    }
  }
  return code;
}

TextTable table_of(const plan::Answer& answer) {
  TextTable table{answer.columns, {}};
  for (const auto& row : answer.rows) {
    std::vector<Json>& cells = table.rows.emplace_back();
    for (const auto& cell : row) {
      cells.push_back(cell ? Json(*cell) : Json());
    }
  }
  return table;
}

// The steps of files, in order: INSERTs begin and go on beside what follows, a query is answered to
// its end, as in Flink's SQL client.
class Play {
 public:
  // All outlive this. Checkpoints of queries are below `passing`, which goes when the run ends.
  Play(Context& context, const io::World& world, exec::Connectors& connectors,
       std::string directory, exec::Leaves leaves, std::string passing)
      : context_(context),
        world_(world),
        connectors_(connectors),
        directory_(std::move(directory)),
        leaves_(leaves),
        passing_(std::move(passing)) {
    loop_.on_signal({SIGTERM, SIGINT}, [this](int) { interrupt(); });
  }

  int run(std::vector<PlannedFile> files) {
    for (PlannedFile& file : files) {
      for (Step& step : file.steps) {
        match(
            step, [&](PlannedJob& job) { jobs_.push_back(std::move(job)); },
            [&](const plan::Answer& answer) {
              context_.out(rendered(table_of(answer), OutputFormat::table));
            },
            [&](const plan::Text& text) { context_.out(text.text + "\n"); },
            [&](plan::Question& question) { ask(std::move(question), file.path); });
        if (interrupted_ || code_ != 0) {
          break;
        }
      }
    }
    start_jobs();
    if (code_ != 0) {
      interrupt();
    }
    wait_for_jobs();
    return interrupted_ ? kInterrupted : code_;
  }

 private:
  void start_jobs() {
    if (!jobs_.empty()) {
      // No server runs that could be asked to apply other options or settings.
      running_.push_back(std::make_unique<Pipelines>(
          world_, connectors_, directory_, std::exchange(jobs_, {}),
          Pipelines::Manner{.leaves = leaves_, .other_terms = change::OtherTerms::hold}));
    }
  }
  void wait_for_jobs() {
    if (running_.empty()) {
      return;
    }
    Watch watch(context_, loop_, running_, Progressing::shown);
    loop_.run();
    watch.show("\n");
    code_ = std::max(code_, report(context_, running_));
  }
  void ask(plan::Question question, const std::string& file) {
    start_jobs();
    std::vector<PlannedJob> jobs;
    jobs.push_back({file, {name_of_next(question), question.plan, question.letters}});
    asked_.push_back(
        std::make_unique<Pipelines>(world_, connectors_, passing_, std::move(jobs),
                                    Pipelines::Manner{.leaves = exec::Leaves::results}));
    const Watch watch(context_, loop_, asked_, Progressing::hidden);
    loop_.run();
    code_ = report(context_, asked_);
    asked_.clear();
  }
  // A table takes each epoch of a name once, and those of a query begin anew in each run: what
  // writes letters has a name that no other run gives.
  std::string name_of_next(const plan::Question& question) {
    const std::string name = "query-" + std::to_string(++queries_);
    const bool writes = question.letters.dead_letters || question.letters.late_rows;
    return writes ? name + "-" + std::to_string(world_.random->next()) : name;
  }
  void interrupt() {
    interrupted_ = code_ == 0;
    for (const auto& group : running_) {
      group->stop();
    }
    for (const auto& group : asked_) {
      group->stop();
    }
  }

  Context& context_;
  const io::World& world_;
  exec::Connectors& connectors_;
  const std::string directory_;
  const exec::Leaves leaves_;
  const std::string passing_;
  io::AsioLoop loop_;
  std::vector<PlannedJob> jobs_;  // to be started with the next query, or behind the last step
  Groups running_;
  Groups asked_;
  size_t queries_ = 0;
  int code_ = 0;
  bool interrupted_ = false;
};

// The log where it is for people, who hear at the end why a pipeline failed: from report().
Log::Sink make_run_log(const Context& context, const std::string& file) {
  Log::Sink sink = make_log_sink(context, file);
  if (!file.empty()) {
    return sink;
  }
  return [sink = std::move(sink)](const LogEntry& entry) {
    const bool is_reported = entry.part == "pipeline" && entry.what == "failed";
    if (!is_reported) {
      sink(entry);
    }
  };
}

int run_in(Context& context, const Settings& settings, exec::Leaves leaves,
           const std::string& passing, std::vector<PlannedFile> files) {
  Log log(context.clock, std::max(LogLevel::warning, log_level(settings.log_level)),
          make_run_log(context, settings.log_file));
  Metrics metrics;
  const io::World world{.clock = context.clock,
                        .random = context.random,
                        .files = context.files,
                        .log = &log,
                        .metrics = &metrics};
  const DataDirectory data(*context.files, settings.data, "millrace run");
  topic::Store topics(world, data.topics());
  codec::Parquet parquet;
  connector::Connectors connectors({.topics = &topics,
                                    .parquet = &parquet,
                                    .own_addresses = {},
                                    .lake_directory = data.lake(),
                                    .replay = {},
                                    .print = print_to(context)});
  return Play(context, world, connectors, data.pipelines(), leaves, passing).run(std::move(files));
}

bool gives_anything(const std::vector<PlannedFile>& files) {
  return std::any_of(files.begin(), files.end(),
                     [](const PlannedFile& file) { return !file.steps.empty(); });
}

int run(Context& context, const Arguments& arguments) {
  Settings settings = load_settings(context, arguments);
  const bool is_kept = arguments.has("--data");
  std::vector<PlannedFile> files = plan_steps(
      context, arguments.operands, is_kept ? BadRecords::to_the_lake : BadRecords::stop_the_work);
  if (!gives_anything(files)) {
    context.err("there is no INSERT and no query in these files, so nothing to run\n");
    return 0;
  }
  for (const std::string& notice :
       notices_of_other_servers(files, own_addresses(settings, settings.kafka.port))) {
    context.err(notice + "\n");
  }
  const TemporaryData temporary(*context.files);
  if (!is_kept) {
    settings.data = temporary.path();
  }
  return run_in(context, settings, is_kept ? exec::Leaves::state : exec::Leaves::results,
                io::join(temporary.path(), "queries"), std::move(files));
}

}  // namespace

Command run_command() {
  return {
      .name = "run",
      .operands = "FILE.sql...",
      .summary = "run pipelines to the end of their input, without a server",
      .about =
          "Runs the pipelines of the files in this process, listens on nothing, and ends with\n"
          "exit code 0 once bounded input has been read and every result is written. What\n"
          "SHOW, DESCRIBE and EXPLAIN answer is printed, and the rows of a query by itself as\n"
          "they come, each with the kind of its change; what stands behind the query begins\n"
          "when it has ended, INSERTs before it run beside it. Topics are this program's own:\n"
          "a line says so where 'properties.bootstrap.servers' names other servers. Tables over\n"
          "topics end where 'scan.bounded.mode' says; without it they never do, and Ctrl-C ends\n"
          "the run with a last checkpoint. With --data a later run or server goes on from\n"
          "there, and bad records go to the lake's table dead_letters. Without it nothing\n"
          "stays but what the sinks wrote elsewhere, and the first bad record ends the run with\n"
          "exit code 1, unless 'millrace.dead-letter.table' names a place for them.",
      .flags = kFlags,
      .examples = "  millrace run backfill.sql --data ./data\n",
      .least_operands = 1,
      .most_operands = kAnyNumber,
      .run = run};
}

}  // namespace millrace::server
