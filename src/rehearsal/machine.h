#pragma once

// A whole Millrace in one thread: broker, engine and lake on a clock that stands still and a disk
// that can fail. It can be killed, crashed and started again; the disk, the clock and the producer
// are what outlives that.

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "io/simulated_files.h"
#include "plan/program.h"
#include "rehearsal/collected.h"
#include "rehearsal/producer.h"

namespace millrace::codec {
class Parquet;
}

namespace millrace::rehearsal {

class Machine {
 public:
  // Program and Parquet outlive the machine.
  Machine(const plan::Program* program, codec::Parquet* parquet, uint64_t seed);
  ~Machine();

  io::SimulatedFiles& disk() { return disk_; }
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

  SharedBytes exchange(SharedBytes request);
  void end_epochs();

  const plan::Program* program_;
  codec::Parquet* parquet_;
  ManualClock clock_;
  Random random_;
  io::SimulatedFiles disk_;
  Producer producer_;
  Collected collected_;
  std::vector<std::string> log_lines_;
  std::unique_ptr<Life> life_;
};

}  // namespace millrace::rehearsal
