// State at size: what it takes to fill, to checkpoint, and to have back.
//
//   state_at_size [--keys N] [--rows N] [--directory PARENT] [--budget PART] [windows|groups|join]
//
// `windows` counts and sums N keys in a tumbling window of a year, each key once and half of them
// twice, `groups` without a window; `join` keeps N rows of two inputs, each of which joins one of
// the other. Each runs until all of its input is in state, with epochs as a worker ends them, and
// then dies; another process goes on from its last checkpoint. A process each, so that peak memory
// is that of one life.
//
// With --budget 4, or "quarter", each also runs to the end of its input, once with as much memory
// as it likes and once with a quarter of what its state took then, and both must give the same
// answer.

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "bench/real_world.h"
#include "connector/connectors.h"
#include "exec/background.h"
#include "exec/pipeline.h"
#include "io/files.h"
#include "plan/program.h"

namespace millrace::bench {

namespace {

struct Options {
  int64_t keys = 10'000'000;
  int64_t rows = 5'000'000;
  std::string parent = "/tmp";
  std::string only;    // a workload; empty for all
  int64_t budget = 0;  // the part of memory; 0 for none
};

struct Workload {
  std::string name;
  std::string sql;
  uint64_t rows;        // that go into state, or change it
  uint64_t remembered;  // keys or rows that state holds in the end
  std::string answer;   // SQL that reads all of its input, and prints one row
  int64_t memory = 0;   // of its state; 0 for as much as it likes
};

// Enough of them for a quantile.
constexpr const char* kEpochs = "SET 'execution.checkpointing.interval' = '100 ms';\n";

// All results in one row.
constexpr const char* kBatch = "SET 'execution.runtime-mode' = 'batch';\n";

std::string events(int64_t keys, int64_t end) {
  return "CREATE TABLE events (i BIGINT, k AS MOD(i * 7919, " + std::to_string(keys) +
         "), ts AS TO_TIMESTAMP_LTZ(i, 3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND) "
         "WITH ('connector' = 'datagen', 'rows-per-second' = '1000000000', 'fields.i.kind' = "
         "'sequence', 'fields.i.start' = '1', 'fields.i.end' = '" +
         std::to_string(end) + "');\n";
}

constexpr const char* kTotals =
    "SELECT k, COUNT(*) AS events, SUM(i) AS total FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), "
    "INTERVAL '365' DAY(3))) GROUP BY window_start, window_end, k";

constexpr const char* kTotalsSoFar =
    "SELECT k, COUNT(*) AS events, SUM(i) AS total FROM events GROUP BY k";

// The input goes on behind what is read of it: one that had ended would let the state go.
Workload totals(const std::string& name, int64_t keys, const std::string& query) {
  const int64_t rows = keys + keys / 2;
  return {name,
          std::string(kEpochs) + events(keys, rows * 1000) +
              "CREATE TABLE totals (k BIGINT, events BIGINT, total BIGINT) WITH ('connector' = "
              "'blackhole');\nINSERT INTO totals " +
              query + ";\n",
          static_cast<uint64_t>(rows), static_cast<uint64_t>(keys),
          std::string(kEpochs) + kBatch + events(keys, rows) +
              "CREATE TABLE answer (a BIGINT, b BIGINT, c BIGINT, d BIGINT) WITH ('connector' = "
              "'print');\nINSERT INTO answer SELECT COUNT(*), SUM(events), SUM(total), SUM(MOD(k * "
              "total, 1000003)) FROM (" +
              query + ");\n"};
}

Workload join(int64_t rows) {
  const auto inputs = [&](int64_t end) {
    const std::string source =
        " (i BIGINT, what STRING, k AS MOD(i * 7919, " + std::to_string(rows / 2) +
        ")) WITH ('connector' = 'datagen', 'rows-per-second' = '1000000000', 'fields.i.kind' = "
        "'sequence', 'fields.i.start' = '1', 'fields.i.end' = '" +
        std::to_string(end) + "', 'fields.what.length' = '180');\n";
    return "CREATE TABLE orders" + source + "CREATE TABLE payments" + source;
  };
  const std::string paid =
      "SELECT o.k, o.i, p.i AS p, p.what FROM orders o JOIN payments p ON o.k = p.k";
  return {"join",
          std::string(kEpochs) + inputs(rows) +
              "CREATE TABLE paid (k BIGINT, ordered BIGINT, paid BIGINT, what STRING) WITH "
              "('connector' = 'blackhole');\nINSERT INTO paid " +
              paid + ";\n",
          static_cast<uint64_t>(rows), static_cast<uint64_t>(rows),
          std::string(kEpochs) + kBatch + inputs(rows / 2) +
              "CREATE TABLE answer (a BIGINT, b BIGINT, c BIGINT, d BIGINT) WITH ('connector' = "
              "'print');\nINSERT INTO answer SELECT COUNT(*), SUM(i), SUM(MOD(i * p, 1000003)), "
              "SUM(CHAR_LENGTH(what)) FROM (" +
              paid + ");\n"};
}

double seconds_of(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

double cpu_seconds() { return seconds_of(CLOCK_PROCESS_CPUTIME_ID); }
double thread_cpu_seconds() { return seconds_of(CLOCK_THREAD_CPUTIME_ID); }

// What has passed since it was made.
class Effort {
 public:
  explicit Effort(const Clock& clock)
      : clock_(clock), began_(clock.monotonic()), cpu_began_(cpu_seconds()) {}

  double seconds() const { return static_cast<double>((clock_.monotonic() - began_).ns) / 1e9; }
  double of_cpu() const { return cpu_seconds() - cpu_began_; }

 private:
  const Clock& clock_;
  Instant began_;
  double cpu_began_;
};

int64_t megabytes(uint64_t bytes) { return static_cast<int64_t>(bytes / 1'000'000); }

void print(const Json& result) { std::printf("%s\n", result.dump().c_str()); }

int64_t peak_mb() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

uint64_t rows_read(const exec::Pipeline& pipeline) {
  uint64_t rows = 0;
  for (const exec::OperatorStatus& status : pipeline.operators()) {
    if (status.id.starts_with("scan")) {
      rows += status.counts.in;
    }
  }
  return rows;
}

struct Place {
  io::World world;
  std::string directory;  // of the pipeline
};

std::unique_ptr<exec::Pipeline> start(const Workload& workload, const std::string& sql,
                                      const Place& place, connector::Connectors& connectors) {
  const plan::Program program = plan::plan_program(sql, workload.name, connector::connections());
  return std::make_unique<exec::Pipeline>(exec::PipelineSpec{.name = workload.name,
                                                             .plan = program.jobs.at(0).plan,
                                                             .dead_letters = nullptr,
                                                             .directory = place.directory,
                                                             .state_bytes = workload.memory},
                                          connectors, place.world);
}

uint64_t bytes_in(io::Files& files, const std::string& directory) {
  uint64_t bytes = 0;
  for (const std::string& name : files.list(directory)) {
    bytes += files.open(io::join(directory, name), io::OpenMode::read)->size();
  }
  return bytes;
}

double quantile(std::vector<double> values, double part) {
  std::sort(values.begin(), values.end());
  return values.empty()
             ? 0
             : values[static_cast<size_t>(part * static_cast<double>(values.size() - 1))];
}

// Milliseconds for which the ends of epochs held a pipeline up, on the clock and of the CPU.
struct Pauses {
  std::vector<double> wall;
  std::vector<double> cpu;
};

// To all of the workload's rows, with epochs as a worker ends them.
Pauses run_to_all_rows(const Workload& workload, exec::Pipeline& pipeline, const Clock& clock) {
  exec::Background background;
  Pauses pauses;
  const auto end_epoch = [&] {
    const Instant before = clock.monotonic();
    const double cpu_before = thread_cpu_seconds();
    pipeline.begin_checkpoint([&](auto write) { background.run(std::move(write)); });
    pauses.wall.push_back(static_cast<double>((clock.monotonic() - before).ns) / 1e6);
    pauses.cpu.push_back((thread_cpu_seconds() - cpu_before) * 1e3);
  };
  while (rows_read(pipeline) < workload.rows && pipeline.run_once()) {
    pipeline.complete_checkpoint();
    if (const auto due = pipeline.checkpoint_due(); due && clock.monotonic() >= *due) {
      end_epoch();
    }
  }
  end_epoch();
  pipeline.checkpoint();  // waits for that
  return pauses;
}

void fill(const Workload& workload, const Place& place, connector::Connectors& connectors) {
  const Effort effort(*place.world.clock);
  const auto pipeline = start(workload, workload.sql, place, connectors);
  const Pauses pauses = run_to_all_rows(workload, *pipeline, *place.world.clock);
  const double cpu = effort.of_cpu();
  const double wall = effort.seconds();
  const int64_t on_disk = megabytes(bytes_in(*place.world.files, place.directory));
  const auto rows = static_cast<double>(workload.rows);
  print(Json::object(
      {{"workload", "state_" + workload.name},
       {"rows", static_cast<int64_t>(workload.rows)},
       {"held", static_cast<int64_t>(workload.remembered)},
       {"rows_per_cpu_second", static_cast<int64_t>(rows / cpu)},
       {"seconds", wall},
       {"peak_rss_mb", peak_mb()},
       {"bytes_each", peak_mb() * 1024 * 1024 / static_cast<int64_t>(workload.remembered)},
       {"epochs", static_cast<int64_t>(pauses.wall.size())},
       {"pause_ms_median", quantile(pauses.wall, 0.5)},
       {"pause_ms_p99", quantile(pauses.wall, 0.99)},
       {"pause_ms_most", quantile(pauses.wall, 1)},
       {"pause_cpu_ms_p99", quantile(pauses.cpu, 0.99)},
       {"pause_cpu_ms_most", quantile(pauses.cpu, 1)},
       {"checkpoint_mb", on_disk}}));
  std::printf(
      "state_%s: %.2f million rows a CPU second; %lld MB in memory, %lld MB on disk; "
      "%zu epochs, which stood still for %.1f ms, p99 %.1f ms\n",
      workload.name.c_str(), rows / cpu / 1e6, static_cast<long long>(peak_mb()),
      static_cast<long long>(on_disk), pauses.wall.size(), quantile(pauses.wall, 0.5),
      quantile(pauses.wall, 0.99));
}

void restore(const Workload& workload, const Place& place, connector::Connectors& connectors) {
  const Effort effort(*place.world.clock);
  const int64_t on_disk = megabytes(bytes_in(*place.world.files, place.directory));
  const auto pipeline = start(workload, workload.sql, place, connectors);
  const double seconds = effort.seconds();
  if (rows_read(*pipeline) < workload.rows) {
    throw Error(ErrorCode::internal, "the last checkpoint has not all rows");
  }
  print(Json::object({{"workload", "state_" + workload.name + "_restored"},
                      {"checkpoint_mb", on_disk},
                      {"seconds", seconds},
                      {"peak_rss_mb", peak_mb()}}));
  std::printf("state_%s: restored in %.2f s from %lld MB on disk; %lld MB in memory\n",
              workload.name.c_str(), seconds, static_cast<long long>(on_disk),
              static_cast<long long>(peak_mb()));
}

constexpr const char* kAnswer = "answer";
constexpr const char* kMost = "most_memory";

// To the end of the input. Leaves the answer in the directory, and what state took at most.
void answer(const Workload& workload, const Place& place, connector::Connectors& connectors) {
  const Clock& clock = *place.world.clock;
  const Effort effort(clock);
  auto pipeline = start(workload, workload.answer, place, connectors);
  exec::Background background;
  exec::StateSize most;
  while (!pipeline->finished()) {
    pipeline->run_once();
    pipeline->complete_checkpoint();
    const exec::StateSize size = pipeline->state_size();
    most = {std::max(most.memory, size.memory), std::max(most.spilled, size.spilled)};
    if (const auto due = pipeline->checkpoint_due(); due && clock.monotonic() >= *due) {
      pipeline->begin_checkpoint([&](auto write) { background.run(std::move(write)); });
    }
  }
  pipeline->checkpoint();
  const double cpu = effort.of_cpu();
  const double wall = effort.seconds();
  place.world.files->replace(io::join(place.directory, kMost), std::to_string(most.memory));
  const auto rows = static_cast<double>(workload.rows);
  print(Json::object({{"workload", "state_" + workload.name + "_answered"},
                      {"rows", static_cast<int64_t>(workload.rows)},
                      {"budget_mb", workload.memory / 1'000'000},
                      {"rows_per_cpu_second", static_cast<int64_t>(rows / cpu)},
                      {"rows_per_second", static_cast<int64_t>(rows / wall)},
                      {"state_mb", megabytes(most.memory)},
                      {"spilled_mb", megabytes(most.spilled)},
                      {"peak_rss_mb", peak_mb()}}));
}

using Life = void (*)(const Workload&, const Place&, connector::Connectors&);

// In a process of its own, which leaves by _exit: its state need not be taken apart.
bool live(Life life, const Workload& workload, const std::string& directory) {
  std::fflush(stdout);
  const pid_t child = ::fork();
  if (child != 0) {
    int status = 0;
    ::waitpid(child, &status, 0);
    return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  std::string said;  // the last row
  RealWorld machine;
  const Place place{machine.get(), directory};
  connector::Connectors connectors(
      {.topics = nullptr,
       .own_addresses = {},
       .lake_directory = directory,
       .print = [&](std::string_view line, connector::Stream) { said.assign(line); }});
  int code = 0;
  try {
    life(workload, place, connectors);
    if (!said.empty()) {
      place.world.files->replace(io::join(directory, kAnswer), said);
    }
  } catch (const Error& error) {  // the end of the process: said
    std::fprintf(stderr, "state_at_size: %s\n", error.message().c_str());
    code = 1;
  }
  std::fflush(stdout);
  ::_exit(code);
}

bool read_options(int count, char** arguments, Options& options) {
  if (const char* temporary = std::getenv("TMPDIR"); temporary != nullptr && *temporary != '\0') {
    options.parent = temporary;
  }
  for (int i = 1; i < count; ++i) {
    const std::string flag = arguments[i];
    if (flag == "windows" || flag == "groups" || flag == "join") {
      options.only = flag;
    } else if (i + 1 == count) {
      return false;
    } else if (flag == "--keys") {
      options.keys = std::atoll(arguments[++i]);
    } else if (flag == "--rows") {
      options.rows = std::atoll(arguments[++i]);
    } else if (flag == "--budget") {
      const std::string part = arguments[++i];
      options.budget = part == "quarter" ? 4 : std::atoll(part.c_str());
    } else if (flag == "--directory") {
      options.parent = arguments[++i];
    } else {
      return false;
    }
  }
  return options.keys > 0 && options.rows > 1;
}

// One life in a directory of its own: what it left there under these names.
struct Answered {
  bool good = false;
  std::string answer;
  int64_t most_memory = 0;
};
Answered answered(const Workload& workload, const std::string& directory) {
  io::LocalFiles files;
  Answered answered;
  answered.good = live(answer, workload, directory);
  if (answered.good) {
    answered.answer = files.read_all(io::join(directory, kAnswer));
    answered.most_memory = std::atoll(files.read_all(io::join(directory, kMost)).c_str());
  }
  files.remove_tree(directory);
  return answered;
}

bool same_within_budget(Workload workload, int64_t part, const std::string& directory) {
  const Answered free = answered(workload, directory);
  workload.memory = free.most_memory / part;
  const Answered bound = answered(workload, directory);
  std::printf("state_%s: %s, and with 1/%lld of the memory %s\n", workload.name.c_str(),
              free.answer.c_str(), static_cast<long long>(part),
              free.answer == bound.answer ? "the same" : bound.answer.c_str());
  return free.good && bound.good && free.answer == bound.answer;
}

bool run(const Options& options) {
  bool good = true;
  for (const Workload& workload :
       {totals("windows", options.keys, kTotals), totals("groups", options.keys, kTotalsSoFar),
        join(options.rows)}) {
    if (!options.only.empty() && workload.name != options.only) {
      continue;
    }
    const std::string directory = io::join(
        options.parent, "millrace-state-" + workload.name + "-" + std::to_string(::getpid()));
    if (options.budget > 0) {
      good = same_within_budget(workload, options.budget, directory) && good;
      continue;
    }
    good = live(fill, workload, directory) && live(restore, workload, directory) && good;
    io::LocalFiles().remove_tree(directory);
  }
  return good;
}

}  // namespace

}  // namespace millrace::bench

int main(int count, char** arguments) {
  millrace::bench::Options options;
  if (!millrace::bench::read_options(count, arguments, options)) {
    std::fprintf(stderr,
                 "usage: state_at_size [--keys N] [--rows N] [--directory PARENT] [--budget PART] "
                 "[windows|groups|join]\n");
    return 2;
  }
  return millrace::bench::run(options) ? 0 : 1;
}
