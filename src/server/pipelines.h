#pragma once

// The jobs of the SQL files that a server or a run was given, each on a worker of its own.

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/services.h"
#include "base/random.h"
#include "change/in_force.h"
#include "exec/worker.h"
#include "io/world.h"
#include "plan/program.h"

namespace millrace::server {

struct Context;

struct PlannedJob {
  std::string file;
  plan::Job job;
  std::shared_ptr<const std::string> text = nullptr;  // the whole file's
};

// What becomes of records that cannot be processed where a file names no table for them.
enum class BadRecords : uint8_t {
  to_the_lake,    // to its table "dead_letters"
  stop_the_work,  // there is no lake that stays, so the first of them ends the pipeline, as in
                  // Flink
};

// Says on the standard error what makes no difference. Throws Error with file, line and column of
// the first mistake.
std::vector<PlannedJob> plan_text(Context& context, std::string_view text, const std::string& file,
                                  BadRecords bad_records = BadRecords::to_the_lake);
// All jobs of all files, whose names differ. Throws as plan_text(), or what the disk says.
std::vector<PlannedJob> plan_files(Context& context, std::span<const std::string> paths,
                                   BadRecords bad_records = BadRecords::to_the_lake);

// What a file gives, in order: pipelines to run, queries to answer, and answers.
using Step = std::variant<PlannedJob, plan::Question, plan::Answer, plan::Text>;
struct PlannedFile {
  std::string path;
  size_t statements = 0;
  std::vector<Step> steps;
};
// Throws as plan_files().
std::vector<PlannedFile> plan_steps(Context& context, std::span<const std::string> paths,
                                    BadRecords bad_records = BadRecords::to_the_lake);

class Pipelines {
 public:
  // How they run.
  struct Manner {
    exec::Leaves leaves = exec::Leaves::state;
    int64_t state_bytes = 0;  // that each may take in memory where it does not say; 0: no limit
    change::OtherTerms other_terms = change::OtherTerms::wait;
  };
  // Starts every job, or, where its text says something else, the version of it that is in force
  // (change/in_force.h); checkpoints are below `directory`, and hold at the end what the jobs
  // leave. Returns once each has made its first or found its last. What `world` points to and
  // `connectors` outlive this.
  Pipelines(const io::World& world, exec::Connectors& connectors, const std::string& directory,
            std::vector<PlannedJob> jobs, const Manner& manner);
  // Ends each pipeline's epoch, then its thread.
  ~Pipelines();
  Pipelines(const Pipelines&) = delete;
  Pipelines& operator=(const Pipelines&) = delete;

  // Any thread.
  std::vector<api::NamedPipeline> statuses() const;
  // Why one of them does not run as it should, a sentence each.
  std::vector<std::string> complaints() const;
  // One of them, for a change of it.
  struct Current {
    change::VersionFile file;
    change::Versions versions;
    plan::Job job;
    std::shared_ptr<exec::Worker> worker;
  };
  std::optional<Current> find(const std::string& name) const;
  // These are in force now: their pipeline runs in place of the one before, which has paused.
  void take_over(const change::Versions& versions, plan::Job job);
  // One more, as at the start; returns when it has made its first checkpoint or found its last.
  void begin(PlannedJob planned);
  // One less: ends its epoch and its thread. Its checkpoints stay.
  void end(const std::string& name);
  // What each may take in memory where it does not say.
  int64_t state_bytes() const { return manner_.state_bytes; }

  // What a text that comes over the network may load: what the files that the server was started
  // with name, and the versions that it found, which were such files or were let in by this rule.
  const plan::LibraryFunctions& loadable() const { return loadable_; }

  // Asks each for its end; has_ended() when it has come, which it also may have by itself.
  void stop();
  bool has_ended() const;

 private:
  struct Running {
    Current current;
    std::string file;  // that it was given in
    bool waits;        // for the text of that file to be applied
    bool had_begun;    // when it started
  };

  Running started(PlannedJob planned);
  void let_load(const Running& running);
  void let_load(const std::string& text, const std::string& file);
  // What to do about it; empty where nothing is.
  std::string advice_on(const Running& running, const exec::PipelineStatus& status) const;
  std::shared_ptr<exec::Worker> start(const Current& current);
  Random forked_random();

  io::World world_;
  exec::Connectors& connectors_;
  std::string directory_;
  Manner manner_;
  plan::LibraryFunctions loadable_;  // stands once all have started
  mutable std::mutex mutex_;         // all below
  Random random_;                    // not the main thread's: changes start workers on theirs
  std::vector<Running> running_;
};

// What pipelines have done so far, over all of them.
struct Progress {
  uint64_t rows_read = 0;
  uint64_t rows_written = 0;
  uint64_t dead_lettered = 0;
  uint64_t late = 0;
};
Progress progress_of(std::span<const api::NamedPipeline> pipelines);

}  // namespace millrace::server
