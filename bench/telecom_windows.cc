// Five-minute windows over telecom events: what the engine takes for them, against what a loop
// written by hand takes (windows_by_hand.h), on the same log, in turns, in seconds of CPU.
//
//   telecom_windows [--events N] [--directory PARENT]
//
// Exits with 1 where the two differ in what they computed.

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

#include "base/error.h"
#include "base/json.h"
#include "bench/real_world.h"
#include "bench/telecom_topic.h"
#include "bench/windows_by_hand.h"
#include "codec/parquet/parquet.h"
#include "connector/connectors.h"
#include "delta/data_files.h"
#include "delta/table.h"
#include "exec/pipeline.h"
#include "io/files.h"
#include "kafka/records.h"
#include "plan/program.h"

namespace millrace::bench {

namespace {

constexpr size_t kRounds = 3;
constexpr size_t kReadBytes = 1 << 20;
constexpr const char* kSql = R"sql(
CREATE TABLE telecom_events (
  event_id         STRING,
  event_type       STRING,
  event_subtype    STRING,
  msisdn           STRING,
  region           STRING,
  `timestamp`      TIMESTAMP_LTZ(3),
  duration_seconds DOUBLE,
  data_mb          DOUBLE,
  amount           DOUBLE,
  WATERMARK FOR `timestamp` AS `timestamp` - INTERVAL '1' MINUTE
) WITH (
  'connector' = 'kafka',
  'topic' = 'telecom_events',
  'scan.startup.mode' = 'earliest-offset',
  'scan.bounded.mode' = 'latest-offset',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE totals (
  window_start TIMESTAMP(3),
  event_type   STRING,
  region       STRING,
  events       BIGINT,
  amount       DOUBLE
) WITH ('connector' = 'delta');

INSERT INTO totals
SELECT window_start, event_type, region, COUNT(*), SUM(amount)
FROM TABLE(TUMBLE(TABLE telecom_events, DESCRIPTOR(`timestamp`), INTERVAL '5' MINUTES))
GROUP BY window_start, window_end, event_type, region;
)sql";

struct Options {
  int64_t events = 2'000'000;
  std::string parent = "/tmp";
};

// What a run took, and what came of it.
struct Run {
  double cpu_seconds = 0;
  WindowTotals totals;
};

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

Run run_by_hand(const topic::Store& topics) {
  const double began = cpu_seconds();
  const auto partition = topics.find(kTelecomTopic)->find(PartitionIndex(0));
  WindowsByHand windows;
  for (Offset next = partition->start_offset(); next < partition->end_offset();) {
    const auto read = partition->read(next, kReadBytes);
    if (!read.ok()) {
      throw Error(read.error());
    }
    std::string_view rest = read->view();
    while (const auto batch = kafka::BatchView::front_of(rest)) {
      kafka::Records records(*batch);
      while (const kafka::Record* record = records.next()) {
        windows.add(*record->value);
      }
      rest.remove_prefix(batch->size());
      next = batch->next_offset();
    }
  }
  return {cpu_seconds() - began, windows.totals()};
}

WindowTotals read_totals(const io::World& world, const std::string& path) {
  codec::Parquet parquet;
  const auto table = delta::Table::open(world, &parquet, path);
  if (!table) {
    throw Error(ErrorCode::not_found, "the pipeline left no table in '" + path + "'");
  }
  WindowTotals all;
  for (const Batch& batch : delta::read_rows(*world.files, parquet, path, table->snapshot())) {
    const View<int64_t> start(batch.columns[0]);
    const int64_t per_ms = batch.columns[0].type().timestamp_unit() / 1000;
    const View<StringRef> type(batch.columns[1]);
    const View<StringRef> region(batch.columns[2]);
    const View<int64_t> events(batch.columns[3]);
    const View<double> amount(batch.columns[4]);
    for_each(batch.rows(), [&](uint32_t row) {
      Totals& totals = all[{start[row] / per_ms, std::string(type[row].view()),
                            std::string(region[row].view())}];
      totals.count += events[row];
      totals.amount += amount.is_null(row) ? 0 : amount[row];
    });
  }
  return all;
}

// From the SQL text to the committed table; reading that back is not counted.
Run run_pipeline(const io::World& world, topic::Store& topics, const std::string& directory) {
  const double began = cpu_seconds();
  const std::string lake = io::join(directory, "lake");
  codec::Parquet parquet;
  connector::Connectors connectors({.topics = &topics,
                                    .parquet = &parquet,
                                    .own_addresses = {},
                                    .lake_directory = lake,
                                    .print = nullptr});
  const plan::Program program =
      plan::plan_program(kSql, "telecom_windows.sql", connector::connections());
  exec::Pipeline pipeline({.name = "telecom_windows",
                           .plan = program.jobs.at(0).plan,
                           .dead_letters = nullptr,
                           .directory = io::join(directory, "pipeline")},
                          connectors, world);
  while (!pipeline.finished()) {
    pipeline.run_once();
  }
  pipeline.checkpoint();
  const double took = cpu_seconds() - began;
  return {took, read_totals(world, io::join(lake, "totals"))};
}

bool same(const WindowTotals& ours, const WindowTotals& limit, int64_t events) {
  int64_t counted = 0;
  for (const auto& [key, expected] : limit) {
    const auto found = ours.find(key);
    if (found == ours.end() || found->second.count != expected.count ||
        std::abs(found->second.amount - expected.amount) >
            1e-9 * std::max(1.0, std::abs(expected.amount))) {
      return false;
    }
    counted += expected.count;
  }
  return ours.size() == limit.size() && counted == events;
}

double median(std::array<double, kRounds> values) {
  std::sort(values.begin(), values.end());
  return values[kRounds / 2];
}

void report(int64_t events, double ours_seconds, double limit_seconds) {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const double ours = std::round(static_cast<double>(events) / ours_seconds);
  const double limit = std::round(static_cast<double>(events) / limit_seconds);
  const double ratio = std::round(ours / limit * 1000) / 1000;
  const int64_t peak_mb = usage.ru_maxrss / 1024;
  const Json line = Json::object({{"workload", "telecom_windows"},
                                  {"events", events},
                                  {"ours_events_per_cpu_second", static_cast<int64_t>(ours)},
                                  {"limit_events_per_cpu_second", static_cast<int64_t>(limit)},
                                  {"ratio", ratio},
                                  {"peak_rss_mb", peak_mb}});
  std::printf("%s\n", line.dump().c_str());
  std::printf(
      "telecom_windows: %.2f million events a CPU second, %.0f %% of the %.2f million of a "
      "loop written by hand; the same results\n",
      ours / 1e6, ratio * 100, limit / 1e6);
}

bool run(const io::World& world, const Options& options, const std::string& directory) {
  topic::Store topics(world, io::join(directory, "topics"));
  fill_telecom_topic(topics, options.events, 1);
  std::array<double, kRounds> ours{};
  std::array<double, kRounds> limit{};
  for (size_t round = 0; round < kRounds; ++round) {
    const Run by_hand = run_by_hand(topics);
    const Run pipeline =
        run_pipeline(world, topics, io::join(directory, "round-" + std::to_string(round)));
    if (!same(pipeline.totals, by_hand.totals, options.events)) {
      std::fprintf(stderr, "telecom_windows: the pipeline's results are not those of the loop\n");
      return false;
    }
    limit[round] = by_hand.cpu_seconds;
    ours[round] = pipeline.cpu_seconds;
  }
  report(options.events, median(ours), median(limit));
  return true;
}

// False where they are none of the two.
bool read_options(int count, char** arguments, Options& options) {
  if (const char* temporary = std::getenv("TMPDIR"); temporary != nullptr && *temporary != '\0') {
    options.parent = temporary;
  }
  for (int i = 1; i < count; i += 2) {
    const std::string flag = arguments[i];
    if (i + 1 == count || (flag != "--events" && flag != "--directory")) {
      return false;
    }
    if (flag == "--directory") {
      options.parent = arguments[i + 1];
    } else {
      options.events = std::atoll(arguments[i + 1]);
    }
  }
  return options.events > 0;
}

}  // namespace

}  // namespace millrace::bench

int main(int count, char** arguments) {
  using namespace millrace;
  bench::Options options;
  if (!bench::read_options(count, arguments, options)) {
    std::fprintf(stderr, "usage: telecom_windows [--events N] [--directory PARENT]\n");
    return 2;
  }
  bench::RealWorld machine;
  const std::string directory =
      io::join(options.parent, "millrace-bench-" + std::to_string(::getpid()));
  bool same = false;
  try {
    machine.files.make_directories(directory);
    same = bench::run(machine.get(), options, directory);
  } catch (const Error& error) {  // the end of the program: said, and the files still removed
    std::fprintf(stderr, "telecom_windows: %s\n", error.message().c_str());
  }
  machine.files.remove_tree(directory);
  return same ? 0 : 1;
}
