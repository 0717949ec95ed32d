#pragma once

// A whole Millrace in one thread: broker, engine and lake on a clock that stands still and a disk
// that can fail. It can be killed, crashed and started again; the disk, the clock and the producer
// are what outlives that.

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "catalog/check_options.h"
#include "exec/layers.h"
#include "exec/pipeline.h"
#include "io/simulated_files.h"
#include "plan/program.h"
#include "rehearsal/collected.h"
#include "rehearsal/crashes.h"
#include "rehearsal/producer.h"

namespace millrace::codec {
class Parquet;
}

namespace millrace::change {
class VersionFile;
struct Version;
struct Versions;
}  // namespace millrace::change

namespace millrace::rehearsal {

class SteppedRun;

// Statements and where they stand.
struct SqlFile {
  std::string path;
  std::string text;
};

class Machine {
 public:
  // `program` is the file's. It, `parquet` and what `connections` points to outlive the machine.
  Machine(SqlFile file, const plan::Program* program, codec::Parquet* parquet,
          const catalog::Connections& connections, const Crashes& crashes);
  ~Machine();

  io::SimulatedFiles& disk() { return disk_; }
  // Of the pipelines that start from now on.
  void set_spills(exec::Spills spills) { spills_ = spills; }
  // Puts the files that the program's tables read onto the disk, from the same places of another.
  void bring_files(io::Files& from);

  // Starts the program, or starts it again, and with it all its jobs.
  void start();
  // The process is gone; what it wrote is on the disk.
  void kill();
  // The machine is gone; what it synced is on the disk.
  void crash();
  // A clean stop: every job ends its epoch.
  void stop();

  // Records for a topic's partition 0; sent again under the same number they are not doubled.
  void feed(const std::string& topic, uint64_t number, const std::vector<std::string>& records);
  // Records in a transaction that is aborted.
  void feed_aborted(const std::string& topic, const std::vector<std::string>& records);
  // Works until there is nothing left to do, and ends every job's epoch.
  void settle();
  void wait(Duration time);

  // Changes the pipelines that `text` changes; `step` tells this change from others, so that
  // another try after a crash does what is left of it.
  void apply(const std::string& text, const std::string& path, uint64_t step);
  void roll_back(const std::string& pipeline, uint64_t step);

  // All rows of a table as text, in the order of `columns`: of the lake, or what the changes to a
  // table that keeps nothing add up to.
  std::vector<std::vector<std::string>> rows(const std::string& table,
                                             const std::vector<std::string>& columns);
  // All changes to a table that keeps nothing, in their order.
  std::vector<Change> changes(const std::string& table, const std::vector<std::string>& columns);
  const catalog::Table& table(const std::string& name) const;
  // What the program said, for the report of a failure.
  const std::vector<std::string>& log() const { return log_lines_; }

 private:
  struct Life;

  std::vector<std::vector<std::string>> lake_rows(const std::string& table,
                                                  const std::vector<std::string>& columns);

  struct Target;
  void change(const std::string& pipeline, const Target& target, uint64_t step);
  void switch_over(change::VersionFile& file, const change::Versions& before,
                   const change::Versions& next, const plan::Job& job);
  std::unique_ptr<SteppedRun>& run_of(const std::string& pipeline);
  exec::PipelineSpec spec_of(const plan::Job& job, const change::VersionFile& file,
                             const change::Version& version) const;
  SharedBytes exchange(SharedBytes request);
  void end_epochs();
  void work_on_epochs();

  SqlFile file_;
  const plan::Program* program_;
  catalog::Connections connections_;
  codec::Parquet* parquet_;
  exec::Layers::Limits layers_;
  exec::Spills spills_ = exec::Spills::over_budget;
  ManualClock clock_;
  Random random_;
  io::SimulatedFiles disk_;
  Producer producer_;
  Collected collected_;
  std::map<std::pair<uint64_t, std::string>, int64_t> goals_;  // versions, by step and pipeline
  std::vector<std::string> log_lines_;
  std::unique_ptr<Life> life_;
};

}  // namespace millrace::rehearsal
