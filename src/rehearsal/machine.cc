#include "rehearsal/machine.h"

#include <algorithm>

#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "broker/broker.h"
#include "broker/session.h"
#include "change/dropping.h"
#include "change/in_force.h"
#include "change/sameness.h"
#include "change/switch.h"
#include "codec/parquet/parquet.h"
#include "connector/connectors.h"
#include "connector/filesystem/options.h"
#include "delta/data_files.h"
#include "delta/table.h"
#include "function/evaluate.h"
#include "io/simulated_loop.h"
#include "rehearsal/stepped_run.h"
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
            [&machine](const LogEntry& entry) {
              if (machine.log_lines_.size() < kMostLogLines) {
                machine.log_lines_.push_back(entry.to_json());
              }
            }),
        world{clock, &machine.random_, &machine.disk_, &log, &metrics},
        loop(clock),
        topics(world, io::join(kData, "topics")),
        syncer(world),
        broker(world, &loop, &topics, &syncer, options()),
        real_connectors(environment(machine.parquet_)),
        connectors(&real_connectors, &machine.collected_),
        replaying(environment(machine.parquet_, connector::Replay())),
        dropping(&replaying) {
    session = std::make_shared<broker::Session>(
        broker, endpoint, "127.0.0.1:50000",
        broker::Session::Events{[this](kafka::Frame frame) { answer = frame.take_flat(); }, [] {}});
  }

  static broker::Options options() {
    broker::Options options;
    options.directory = kData;
    return options;
  }

  connector::Environment environment(codec::Parquet* parquet,
                                     std::optional<connector::Replay> replay = std::nullopt) {
    connector::Environment environment;
    environment.replay = std::move(replay);
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
      worked = pipeline->turn() || worked;
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
  connector::Connectors replaying;
  change::DroppingConnectors dropping;
  std::vector<std::unique_ptr<SteppedRun>> pipelines;
};

Machine::Machine(SqlFile file, const plan::Program* program, codec::Parquet* parquet,
                 const catalog::Connections& connections, const Crashes& crashes)
    : file_(std::move(file)),
      program_(program),
      connections_(connections),
      parquet_(parquet),
      layers_(crashes.layers()),
      clock_(Timestamp{1'767'225'600'000}),  // 2026-01-01
      random_(crashes.seed()),
      disk_(crashes.seed()) {
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

static std::string directory_of(const std::string& pipeline) {
  return io::join(io::join(kData, "pipelines"), pipeline);
}

exec::PipelineSpec Machine::spec_of(const plan::Job& job, const change::VersionFile& file,
                                    const change::Version& version) const {
  exec::PipelineSpec spec = change::pipeline_spec(job, file, version);
  spec.layers = layers_;
  spec.spills = spills_;
  if (spec.dead_letters == nullptr) {
    spec.dead_letters = connector::default_dead_letter_table();
  }
  return spec;
}

void Machine::start() {
  life_.reset();
  life_ = std::make_unique<Life>(*this, &clock_);
  for (const plan::Job& job : program_->jobs) {
    change::VersionFile file(life_->world, directory_of(job.name));
    const change::InForce in_force =
        change::in_force(life_->world, file, job, file_.path, file_.text, connections_);
    life_->pipelines.push_back(std::make_unique<SteppedRun>(
        spec_of(in_force.job, file, in_force.versions.current), life_->connectors, life_->world));
  }
}

// What a pipeline is changed to: another text, or its version before.
struct Machine::Target {
  const std::string* text = nullptr;
  std::string path;
};

void Machine::apply(const std::string& text, const std::string& path, uint64_t step) {
  for (const plan::Job& job : program_->jobs) {
    change(job.name, {&text, path}, step);
  }
}

void Machine::roll_back(const std::string& pipeline, uint64_t step) { change(pipeline, {}, step); }

void Machine::change(const std::string& pipeline, const Target& target, uint64_t step) {
  change::VersionFile file(life_->world, directory_of(pipeline));
  const change::Versions before = file.read().value();
  const auto [goal, is_first_try] = goals_.try_emplace({step, pipeline}, before.current.number + 1);
  if (before.current.number == goal->second) {
    return;
  }
  const change::Version* kept = target.text == nullptr ? &before.previous.value() : nullptr;
  const std::string& path = kept != nullptr ? kept->file : target.path;
  const std::string& text = kept != nullptr ? kept->text : *target.text;
  const plan::Job job = change::job_in(text, path, pipeline, connections_);
  const plan::Job now =
      change::job_in(before.current.text, before.current.file, pipeline, connections_);
  change::Versions next;
  switch (change::sameness(now, job)) {
    case change::Sameness::whole: return;
    case change::Sameness::of_plan:
      next = file.continued_by(before, path, text);
      file.write(next);
      break;
    case change::Sameness::none:
      next = file.followed_by(before, path, text);
      file.remove_others(before);
      file.begin(next.current, kept);
      switch_over(file, before, next, job);
      break;
  }
  std::unique_ptr<SteppedRun>& running = run_of(pipeline);
  running.reset();
  running = std::make_unique<SteppedRun>(spec_of(job, file, next.current), life_->connectors,
                                         life_->world);
  file.remove_others(next);
}

std::unique_ptr<SteppedRun>& Machine::run_of(const std::string& pipeline) {
  return *std::find_if(life_->pipelines.begin(), life_->pipelines.end(),
                       [&](const auto& each) { return each->name() == pipeline; });
}

void Machine::switch_over(change::VersionFile& file, const change::Versions& before,
                          const change::Versions& next, const plan::Job& job) {
  SteppedRun* shadow = nullptr;
  exec::PipelineSpec spec = spec_of(job, file, next.current);
  spec.writes = exec::Writes::nothing;
  change::Switch change(
      life_->world, file, before, next, *run_of(job.name),
      [&](const exec::PipelineSpec& of, const std::optional<exec::Positions>& pause_at) {
        auto made = std::make_unique<SteppedRun>(of, life_->dropping, life_->world);
        if (pause_at) {
          made->pause_at(*pause_at);
        }
        shadow = made.get();
        return made;
      },
      spec);
  while (!change.has_ended()) {
    change.step();
    life_->turn();
    if (!change.has_ended()) {
      shadow->turn();
    }
  }
  if (change.phase() == change::Switch::Phase::failed) {
    throw Error(ErrorCode::conflict, "pipeline '" + job.name + "': " + change.reason());
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
  for (int turn = 0; turn < kMostTurns; ++turn) {
    if (life_->turn()) {
      work_on_epochs();
      continue;
    }
    end_epochs();
    if (!life_->turn()) {  // with an epoch's end another pipeline may have got its input
      return;
    }
  }
  throw Error(ErrorCode::internal, "the pipelines do not come to rest");
}

// Epochs end anywhere, not only where all is read.
void Machine::work_on_epochs() {
  if (random_.one_in(3)) {
    for (const auto& pipeline : life_->pipelines) {
      pipeline->begin_to_end_epoch();
    }
  } else if (random_.one_in(2)) {
    for (const auto& pipeline : life_->pipelines) {
      pipeline->run_write();
    }
  }
}

void Machine::end_epochs() {
  for (const auto& pipeline : life_->pipelines) {
    pipeline->end_epoch();
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
