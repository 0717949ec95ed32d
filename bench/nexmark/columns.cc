// Rung A of Nexmark: the three simplest queries over bids that lie in memory as columns, into a
// sink that drops them, so that nothing is measured but the engine. Beside each a loop written by
// hand, which reads the same columns and writes the same answer into columns of its own.
//
//   nexmark_columns [--events N]
//
// Prints a line of JSON for each query. Exits with 1 where the answers differ.

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

#include "base/error.h"
#include "base/json.h"
#include "bench/real_world.h"
#include "column/builder.h"
#include "connector/connectors.h"
#include "exec/connectors.h"
#include "exec/pipeline.h"
#include "exec/sink.h"
#include "exec/source.h"
#include "io/files.h"
#include "plan/program.h"

namespace millrace::bench {

namespace {

constexpr size_t kRounds = 5;
constexpr int64_t kStartMs = 1'767'225'600'000;  // 2026-01-01T00:00:00Z

constexpr const char* kBids = R"sql(
CREATE TABLE bid (
  auction BIGINT, bidder BIGINT, price BIGINT, `dateTime` TIMESTAMP(3), extra STRING,
  WATERMARK FOR `dateTime` AS `dateTime` - INTERVAL '4' SECOND
) WITH ('connector' = 'datagen');
)sql";

// Of the columns that each query reads: what the engine's scan hands on is in this order.
struct Bids {
  const int64_t* auction;
  const int64_t* bidder;
  const int64_t* price;
  const int64_t* time;
  const StringRef* extra;
  size_t size;
};

// A checksum of the rows that came out, the same whoever made them.
struct Answer {
  uint64_t rows = 0;
  uint64_t sum = 0;
  bool operator==(const Answer&) const = default;
};

// --- The bids ---

std::vector<Batch> make_bids(int64_t events) {
  Random random(42);
  auto letters = std::make_shared<std::string>();
  for (size_t i = 0; i < 4096; ++i) {
    letters->push_back(static_cast<char>('a' + random.below(26)));
  }
  std::vector<Batch> batches;
  for (int64_t first = 0; first < events; first += Batch::kMaxRows) {
    const auto size = static_cast<size_t>(std::min<int64_t>(Batch::kMaxRows, events - first));
    std::array<FlatBuffer<int64_t>, 4> numbers{FlatBuffer<int64_t>(size), FlatBuffer<int64_t>(size),
                                               FlatBuffer<int64_t>(size),
                                               FlatBuffer<int64_t>(size)};
    FlatBuffer<StringRef> extra(size);
    for (size_t row = 0; row < size; ++row) {
      numbers[0][row] = 1000 + static_cast<int64_t>(random.below(100'000));
      numbers[1][row] = 1000 + static_cast<int64_t>(random.below(20'000));
      numbers[2][row] = 100 + static_cast<int64_t>(random.below(10'000'000));
      numbers[3][row] = kStartMs + (first + static_cast<int64_t>(row)) / 10;
      extra[row] = StringRef(std::string_view(*letters).substr(random.below(4000), 55));
    }
    Batch batch;
    batch.physical_size = static_cast<uint32_t>(size);
    for (size_t i = 0; i < 3; ++i) {
      batch.columns.push_back(numbers[i].finish(Type::of(TypeKind::bigint)));
    }
    batch.columns.push_back(numbers[3].finish(Type::timestamp(3)));
    batch.columns.push_back(extra.finish(Type::string(), {letters}));
    batches.push_back(std::move(batch));
  }
  return batches;
}

Bids bids_of(const Batch& batch) {
  const auto numbers = [&](size_t i) { return batch.columns[i].values<int64_t>(); };
  return {
      numbers(0),         numbers(1), numbers(2), numbers(3), batch.columns[4].values<StringRef>(),
      batch.physical_size};
}

// --- By the engine ---

class MemorySource final : public exec::Source {
 public:
  MemorySource(const plan::Scan& scan, const std::vector<Batch>& bids)
      : scan_(&scan), bids_(&bids) {}

  exec::Polled poll() override {
    exec::Polled polled;
    if (next_ == bids_->size()) {
      polled.state = exec::Polled::State::finished;
      return polled;
    }
    const Batch& batch = (*bids_)[next_++];
    polled.state = exec::Polled::State::rows;
    polled.rows.physical_size = batch.physical_size;
    for (const size_t column : scan_->read) {
      polled.rows.columns.push_back(batch.columns[column]);
    }
    return polled;
  }
  bool bounded() const override { return true; }
  size_t splits() const override { return 1; }
  bool caught_up(size_t) const override { return next_ == bids_->size(); }
  void sync() override {}
  void on_ready(std::function<void()>) override {}

 private:
  const plan::Scan* scan_;
  const std::vector<Batch>* bids_;
  size_t next_ = 0;
};

uint64_t checksum(const Column& column, uint32_t row) {
  const Physical physical = column.type().physical();
  if (physical == Physical::i64) {
    return static_cast<uint64_t>(View<int64_t>(column)[row]);
  }
  return physical == Physical::i128 ? static_cast<uint64_t>(View<__int128>(column)[row])
                                    : View<StringRef>(column)[row].hash();
}

// Drops the rows, or adds them up where that is wanted.
class CheckedSink final : public exec::Sink {
 public:
  explicit CheckedSink(Answer* answer) : answer_(answer) {}

  void write(const Batch& rows) override {
    if (answer_ == nullptr) {
      return;
    }
    answer_->rows += rows.size();
    for (const Column& column : rows.columns) {
      for_each(rows.rows(), [&](uint32_t row) { answer_->sum += checksum(column, row); });
    }
  }
  std::string prepare(Epoch) override { return {}; }
  void publish(Epoch, std::string_view) override {}

 private:
  Answer* answer_;
};

class MemoryConnectors final : public exec::Connectors {
 public:
  MemoryConnectors(const std::vector<Batch>& bids, Answer* answer)
      : bids_(&bids), answer_(answer) {}

  std::unique_ptr<exec::Source> make_source(const plan::Scan& scan, exec::TaskContext&) override {
    return std::make_unique<MemorySource>(scan, *bids_);
  }
  std::unique_ptr<exec::Sink> make_sink(const plan::Sink&, exec::TaskContext&) override {
    return std::make_unique<CheckedSink>(answer_);
  }

 private:
  const std::vector<Batch>* bids_;
  Answer* answer_;
};

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// What the engine takes from the first batch to the last.
double run_engine(const io::World& world, const std::string& directory, const std::string& sql,
                  const std::vector<Batch>& bids, Answer* answer) {
  MemoryConnectors connectors(bids, answer);
  const plan::Program program = plan::plan_program(sql, "columns.sql", connector::connections());
  exec::Pipeline pipeline({.name = "columns",
                           .plan = program.jobs.at(0).plan,
                           .dead_letters = nullptr,
                           .directory = directory},
                          connectors, world);
  const double began = cpu_seconds();
  while (!pipeline.finished()) {
    pipeline.run_once();
  }
  const double took = cpu_seconds() - began;
  world.files->remove_tree(directory);
  return took;
}

// --- By hand ---

// The columns of an answer, of one batch at a time.
struct Rows {
  std::array<std::vector<int64_t>, 4> numbers;
  std::vector<__int128> decimals;
  std::vector<StringRef> texts;
  size_t size = 0;
  int64_t watermark = INT64_MIN;

  Rows() : decimals(Batch::kMaxRows), texts(Batch::kMaxRows) {
    numbers.fill(std::vector<int64_t>(Batch::kMaxRows));
  }
};

// Each as one would write it for this query alone, with the watermark that the table asks for.
using Loop = void (*)(const Bids& bids, Rows& to);

void pass_through(const Bids& bids, Rows& to) {
  for (size_t i = 0; i < bids.size; ++i) {
    to.watermark = std::max(to.watermark, bids.time[i] - 4000);
    to.numbers[0][i] = bids.auction[i];
    to.numbers[1][i] = bids.bidder[i];
    to.numbers[2][i] = bids.price[i];
    to.numbers[3][i] = bids.time[i];
    to.texts[i] = bids.extra[i];
  }
  to.size = bids.size;
}

void convert_price(const Bids& bids, Rows& to) {
  for (size_t i = 0; i < bids.size; ++i) {
    to.watermark = std::max(to.watermark, bids.time[i] - 4000);
    to.numbers[0][i] = bids.auction[i];
    to.numbers[1][i] = bids.bidder[i];
    to.decimals[i] = static_cast<__int128>(bids.price[i]) * 908;
    to.numbers[3][i] = bids.time[i];
    to.texts[i] = bids.extra[i];
  }
  to.size = bids.size;
}

void select_auctions(const Bids& bids, Rows& to) {
  to.size = 0;
  for (size_t i = 0; i < bids.size; ++i) {
    to.watermark = std::max(to.watermark, bids.time[i] - 4000);
    if (bids.auction[i] % 123 == 0) {
      to.numbers[0][to.size] = bids.auction[i];
      to.numbers[2][to.size] = bids.price[i];
      ++to.size;
    }
  }
}

struct Query {
  const char* name;
  const char* sql;
  Loop by_hand;
  std::vector<size_t> numbers;  // of the answer's columns
  bool has_decimal;
  bool has_text;
};

const std::array<Query, 3> kQueries = {
    Query{"q0",
          R"sql(
CREATE TABLE answer (auction BIGINT, bidder BIGINT, price BIGINT, `dateTime` TIMESTAMP(3), extra STRING)
WITH ('connector' = 'blackhole');
INSERT INTO answer SELECT auction, bidder, price, `dateTime`, extra FROM bid;)sql",
          pass_through,
          {0, 1, 2, 3},
          false,
          true},
    Query{"q1",
          R"sql(
CREATE TABLE answer (auction BIGINT, bidder BIGINT, price DECIMAL(23, 3), `dateTime` TIMESTAMP(3), extra STRING)
WITH ('connector' = 'blackhole');
INSERT INTO answer SELECT auction, bidder, 0.908 * price, `dateTime`, extra FROM bid;)sql",
          convert_price,
          {0, 1, 3},
          true,
          true},
    Query{"q2",
          R"sql(
CREATE TABLE answer (auction BIGINT, price BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO answer SELECT auction, price FROM bid WHERE MOD(auction, 123) = 0;)sql",
          select_auctions,
          {0, 2},
          false,
          false},
};

void add_up(const Query& query, const Rows& rows, Answer& answer) {
  answer.rows += rows.size;
  for (size_t row = 0; row < rows.size; ++row) {
    for (const size_t i : query.numbers) {
      answer.sum += static_cast<uint64_t>(rows.numbers[i][row]);
    }
    answer.sum += query.has_decimal ? static_cast<uint64_t>(rows.decimals[row]) : 0;
    answer.sum += query.has_text ? rows.texts[row].hash() : 0;
  }
}

double run_by_hand(const Query& query, const std::vector<Batch>& bids, Answer* answer) {
  Rows rows;
  const double began = cpu_seconds();
  for (const Batch& batch : bids) {
    query.by_hand(bids_of(batch), rows);
    if (answer != nullptr) {
      add_up(query, rows, *answer);
    }
  }
  return cpu_seconds() - began;
}

// --- Side by side ---

bool run(const io::World& world, const std::string& directory, const Query& query,
         const std::vector<Batch>& bids, int64_t events) {
  const std::string sql = std::string(kBids) + query.sql;
  Answer ours;
  Answer by_hand;
  run_engine(world, directory, sql, bids, &ours);
  run_by_hand(query, bids, &by_hand);
  if (!(ours == by_hand)) {
    std::fprintf(stderr, "nexmark_columns: %s is answered otherwise by hand\n", query.name);
    return false;
  }
  std::array<double, kRounds> engine{};
  std::array<double, kRounds> limit{};
  for (size_t round = 0; round < kRounds; ++round) {
    limit[round] = run_by_hand(query, bids, nullptr);
    engine[round] = run_engine(world, directory, sql, bids, nullptr);
  }
  std::sort(engine.begin(), engine.end());
  std::sort(limit.begin(), limit.end());
  const double ratio = limit[kRounds / 2] / engine[kRounds / 2];
  const auto speed = [&](double seconds) {
    return static_cast<int64_t>(static_cast<double>(events) / seconds);
  };
  const Json line = Json::object({{"workload", std::string("nexmark_columns_") + query.name},
                                  {"events", events},
                                  {"ours_events_per_cpu_second", speed(engine[kRounds / 2])},
                                  {"limit_events_per_cpu_second", speed(limit[kRounds / 2])},
                                  {"ratio", ratio},
                                  {"rows", static_cast<int64_t>(ours.rows)}});
  std::printf("%s\n", line.dump().c_str());
  return true;
}

}  // namespace

}  // namespace millrace::bench

int main(int count, char** arguments) {
  using namespace millrace;
  const int64_t events = count == 3 && std::string(arguments[1]) == "--events"
                             ? std::atoll(arguments[2])
                             : (count == 1 ? 2'000'000 : 0);
  if (events <= 0) {
    std::fprintf(stderr, "usage: nexmark_columns [--events N]\n");
    return 2;
  }
  bench::RealWorld machine;
  const std::string directory = "/tmp/millrace-columns-" + std::to_string(::getpid());
  const std::vector<Batch> bids = bench::make_bids(events);
  bool same = true;
  try {
    for (const bench::Query& query : bench::kQueries) {
      same = bench::run(machine.get(), directory, query, bids, events) && same;
    }
  } catch (const Error& error) {  // the end of the program: said
    std::fprintf(stderr, "nexmark_columns: %s\n", error.message().c_str());
    same = false;
  }
  return same ? 0 : 1;
}
