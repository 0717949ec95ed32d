#include "rehearsal/machine.h"

#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "broker/broker.h"
#include "broker/session.h"
#include "codec/parquet/parquet.h"
#include "connector/connectors.h"
#include "connector/filesystem/options.h"
#include "delta/data_files.h"
#include "delta/table.h"
#include "exec/pipeline.h"
#include "function/evaluate.h"
#include "io/simulated_loop.h"
#include "topic/store.h"
#include "topic/syncer.h"

namespace millrace::rehearsal {

namespace {

constexpr const char* kData = "data";
constexpr size_t kMostLogLines = 2'000;
// Without faults a step is over in some dozens of turns; more is a pipeline that never rests.
constexpr int kMostTurns = 1'000'000;

}  // namespace

// One life of the program, from a start to a stop, a kill or a crash.
struct Machine::Life {
  Life(Machine& machine, const Clock* clock)
      : log(clock, LogLevel::debug,
            [&machine](std::string_view line) {
              if (machine.log_lines_.size() < kMostLogLines) {
                machine.log_lines_.emplace_back(line);
              }
            }),
        world{clock, &machine.random_, &machine.disk_, &log, &metrics},
        loop(clock),
        topics(world, io::join(kData, "topics")),
        syncer(world),
        broker(world, &loop, &topics, &syncer, options()),
        real_connectors(environment(machine.parquet_)),
        connectors(&real_connectors, &machine.collected_) {
    session = std::make_shared<broker::Session>(
        broker, endpoint, "127.0.0.1:50000",
        broker::Session::Events{[this](kafka::Frame frame) { answer = frame.take_flat(); }, [] {}});
  }

  static broker::Options options() {
    broker::Options options;
    options.directory = kData;
    return options;
  }

  connector::Environment environment(codec::Parquet* parquet) {
    connector::Environment environment;
    environment.world = world;
    environment.topics = &topics;
    environment.parquet = parquet;
    environment.lake_directory = io::join(kData, "lake");
    return environment;
  }

  bool turn() {
    bool worked = loop.run_ready();
    worked = broker.worker().step() || worked;
    worked = syncer.step() || worked;
    for (const auto& pipeline : pipelines) {
      worked = pipeline->run_once() || worked;
    }
    return worked;
  }

  Metrics metrics;
  Log log;
  io::World world;
  io::SimulatedLoop loop;
  topic::Store topics;
  topic::Syncer syncer;
  broker::Endpoint endpoint;
  broker::Broker broker;
  std::string answer;  // the session's last frame
  std::shared_ptr<broker::Session> session;
  connector::Connectors real_connectors;
  CollectingConnectors connectors;
  std::vector<std::unique_ptr<exec::Pipeline>> pipelines;
};

Machine::Machine(const plan::Program* program, codec::Parquet* parquet, uint64_t seed)
    : program_(program),
      parquet_(parquet),
      clock_(Timestamp{1'767'225'600'000}),  // 2026-01-01
      random_(seed),
      disk_(seed) {
  disk_.make_directories(kData);
}

Machine::~Machine() = default;

static void copy_tree(io::Files& from, io::Files& to, const std::string& path) {
  if (from.is_directory(path)) {
    for (const std::string& name : from.list(path)) {
      copy_tree(from, to, io::join(path, name));
    }
  } else if (from.exists(path)) {
    to.make_directories(io::parent_of(path));
    to.replace(path, from.read_all(path));
  }
}

void Machine::bring_files(io::Files& from) {
  for (const plan::Job& job : program_->jobs) {
    for (const auto& node : job.plan->nodes) {
      if (node->kind != plan::NodeKind::scan) {
        continue;
      }
      const catalog::Table& table = *static_cast<const plan::Scan&>(*node).table;
      if (table.option("connector") == connector::kFilesystemConnector.name) {
        copy_tree(from, disk_, connector::FilesystemOptions::from(table).path);
      }
    }
  }
}

void Machine::start() {
  life_.reset();
  life_ = std::make_unique<Life>(*this, &clock_);
  for (const plan::Job& job : program_->jobs) {
    exec::PipelineSpec spec;
    spec.name = job.name;
    spec.plan = job.plan;
    spec.dead_letters =
        job.dead_letters ? job.dead_letters : connector::default_dead_letter_table();
    spec.directory = io::join(io::join(kData, "pipelines"), job.name);
    life_->pipelines.push_back(
        std::make_unique<exec::Pipeline>(spec, life_->connectors, life_->world));
  }
}

void Machine::kill() {
  life_.reset();
  disk_.kill();
}

void Machine::crash() {
  life_.reset();
  disk_.crash();
}

void Machine::stop() {
  settle();
  life_.reset();
}

SharedBytes Machine::exchange(SharedBytes request) {
  life_->answer.clear();
  life_->turn();  // what was asked before goes on too, or a client could ask for ever
  life_->session->receive(std::move(request));
  for (int turn = 0; life_->answer.empty(); ++turn) {
    if (!life_->turn() || turn == kMostTurns) {
      throw Error(ErrorCode::timeout, "the broker does not answer");
    }
  }
  constexpr size_t kLengthBytes = 4;
  return SharedBytes::copy_of(std::string_view(life_->answer).substr(kLengthBytes));
}

void Machine::feed(const std::string& topic, uint64_t number,
                   const std::vector<std::string>& records) {
  producer_.send([this](SharedBytes request) { return exchange(std::move(request)); }, topic,
                 number, records, clock_.now());
}

void Machine::feed_aborted(const std::string& topic, const std::vector<std::string>& records) {
  Producer::send_and_abort([this](SharedBytes request) { return exchange(std::move(request)); },
                           topic, records, clock_.now());
}

void Machine::settle() {
  for (int turn = 0; life_->turn(); ++turn) {
    if (turn == kMostTurns) {
      throw Error(ErrorCode::internal, "the pipelines do not come to rest");
    }
    // Epochs end anywhere, not only where all is read.
    if (random_.one_in(3)) {
      end_epochs();
    }
  }
  end_epochs();
}

void Machine::end_epochs() {
  for (const auto& pipeline : life_->pipelines) {
    pipeline->checkpoint();
  }
}

void Machine::wait(Duration time) { clock_.advance(time); }

const catalog::Table& Machine::table(const std::string& name) const {
  const auto found = program_->catalog.find_table(name);
  if (!found) {
    program_->catalog.fail_unknown(name, Position{});
  }
  return *found;
}

namespace {

// Where a column is among the physical ones, which are what a sink gets.
size_t place_of(const catalog::Table& table, const std::string& column) {
  size_t place = 0;
  for (const catalog::ColumnDefinition& defined : table.columns) {
    if (defined.kind != catalog::ColumnKind::physical) {
      continue;
    }
    if (defined.name == column) {
      return place;
    }
    ++place;
  }
  throw Error(ErrorCode::not_found, "table '" + table.name + "' has no column '" + column + "'");
}

std::vector<size_t> places_of(const catalog::Table& table,
                              const std::vector<std::string>& columns) {
  std::vector<size_t> places;
  for (const std::string& column : columns) {
    places.push_back(place_of(table, column));
  }
  return places;
}

}  // namespace

std::vector<Change> Machine::changes(const std::string& name,
                                     const std::vector<std::string>& columns) {
  const std::vector<size_t> places = places_of(table(name), columns);
  std::vector<Change> shown;
  for (const Change& change : collected_.changes(name)) {
    Change& cells = shown.emplace_back(1, change[0]);
    for (const size_t place : places) {
      cells.push_back(change[place + 1]);
    }
  }
  return shown;
}

std::vector<std::vector<std::string>> Machine::rows(const std::string& name,
                                                    const std::vector<std::string>& columns) {
  const auto declared = program_->catalog.find_table(name);
  if (!declared || !is_collected(*declared)) {
    return lake_rows(name, columns);
  }
  const std::vector<size_t> places = places_of(*declared, columns);
  std::vector<std::vector<std::string>> shown;
  for (const auto& row : collected_.rows(*declared)) {
    std::vector<std::string>& cells = shown.emplace_back();
    for (const size_t place : places) {
      cells.push_back(row[place]);
    }
  }
  return shown;
}

std::vector<std::vector<std::string>> Machine::lake_rows(const std::string& table,
                                                         const std::vector<std::string>& columns) {
  const std::string path = io::join(io::join(kData, "lake"), table);
  const auto opened = delta::Table::open(life_->world, parquet_, path);
  std::vector<std::vector<std::string>> rows;
  if (!opened) {
    return rows;
  }
  const Schema& stored = opened->snapshot().schema();
  std::vector<size_t> wanted;
  for (const std::string& column : columns) {
    const auto number = stored.find(column);
    if (!number) {
      throw Error(ErrorCode::not_found, "table '" + table + "' has no column '" + column + "'");
    }
    wanted.push_back(*number);
  }
  const auto declared = program_->catalog.find_table(table);
  function::EvaluationContext context(clock_.now());
  for (Batch& batch : delta::read_rows(disk_, *parquet_, path, opened->snapshot())) {
    // The lake keeps timestamps in microseconds; people wrote the declared type's text.
    for (size_t i = 0; declared && i < wanted.size(); ++i) {
      if (const auto number = declared->find(columns[i])) {
        Column& column = batch.columns[wanted[i]];
        column =
            function::cast(column, declared->columns[*number].type, batch.rows(), false, context);
      }
    }
    for_each(batch.rows(), [&](uint32_t row) {
      std::vector<std::string>& cells = rows.emplace_back();
      for (const size_t column : wanted) {
        cells.push_back(function::to_text(batch.columns[column], row));
      }
    });
  }
  return rows;
}

}  // namespace millrace::rehearsal
