#pragma once

// A plan at work: its operators, its state, its epochs. Everything happens inside run_once() and
// checkpoint(), on one thread, so a simulation drives it as well as a worker (worker.h).
//
// Exactly once: positions of the sources, groups of the windows, counts and the sinks' tokens are
// made durable together, once an epoch (checkpoint.h). A pipeline that is destroyed at any instant
// and constructed again goes on from its last checkpoint; what it did since then is done again,
// and no sink shows it twice.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "catalog/table.h"
#include "column/batch.h"
#include "exec/head.h"
#include "exec/layers.h"
#include "exec/positions.h"
#include "exec/task_context.h"
#include "io/world.h"
#include "plan/nodes.h"

namespace millrace::exec {

class Connectors;

// What a pipeline whose input has ended leaves behind: its state, for a later run that goes on from
// there, or its results alone, where nobody will.
enum class Leaves : uint8_t { state, results };

// A pipeline that only catches up is given sinks that take rows nowhere and keep no state. What
// those before them had kept is left behind.
enum class Writes : uint8_t { rows, nothing };

// When state leaves memory that can: where it has more than it may take, or after each turn, which
// must change no answer.
enum class Spills : uint8_t { over_budget, each_turn };

struct PipelineSpec {
  std::string name;
  std::shared_ptr<const plan::Plan> plan;
  // Takes the records and rows that cannot be processed. Null: the first of them stops the
  // pipeline, and so it warns at the start.
  std::shared_ptr<const catalog::Table> dead_letters;
  std::string directory;  // of the pipeline's checkpoints; made where missing
  Leaves leaves = Leaves::state;
  Writes writes = Writes::rows;
  // What its sinks sign their transactions with, nobody else's; the name where it is empty.
  std::string signature = {};
  // Takes the rows that come too late, in the fields of dead letters. Null: they are counted alone.
  std::shared_ptr<const catalog::Table> late_rows = nullptr;
  // Where the plan's settings do not forbid layers.
  Layers::Limits layers = {};
  // That state may take in memory where the plan's settings do not say; 0 for no limit.
  int64_t state_bytes = 0;
  Spills spills = Spills::over_budget;
};

struct OperatorStatus {
  std::string id;    // "window_aggregate-3"
  std::string what;  // "WindowAggregate", "Scan telecom_events"
  OperatorCounts counts;
  Watermark watermark;               // of what it has sent on
  std::vector<SplitStatus> splits;   // of a scan with event time
  std::optional<int64_t> waits_for;  // operator.h
};

// Of all tables, about.
struct StateSize {
  size_t memory = 0;
  uint64_t spilled = 0;  // that has left memory, and is on disk until it is asked for
};

class Pipeline {
 public:
  // Restores from the newest checkpoint that can be read, or begins and makes the first one, so
  // that a start position of "now" survives a crash at once. Throws Error where the plan does not
  // fit the checkpoint. `connectors` and what `world` points to outlive the pipeline.
  Pipeline(const PipelineSpec& spec, Connectors& connectors, const io::World& world);
  ~Pipeline();

  // One turn: a batch from each source through all operators. False where there was nothing.
  bool run_once();
  // Ends the epoch where anything happened in it.
  void checkpoint();
  // The same, without waiting for the disk where state and sinks allow it: hands `elsewhere` what
  // makes the epoch durable, to be run on another thread, or dropped, while run_once() goes on.
  // Behind it, complete_checkpoint() publishes, and is to be called now and then until it does; the
  // wake function says when. One epoch is under way at a time.
  using Elsewhere = std::function<void(std::function<void()> write)>;
  void begin_checkpoint(const Elsewhere& elsewhere);
  void complete_checkpoint();
  // When checkpoint() is next due; nothing where nothing happened since the last one.
  std::optional<Instant> checkpoint_due() const;
  // When run_once() has something to do without any record: a source about to be called idle, a
  // window of processing time about to end.
  std::optional<Instant> wake_at() const;

  // All input has ended, all results are out; a last checkpoint() remains.
  bool finished() const;
  Epoch epoch() const;  // of the last checkpoint
  std::vector<OperatorStatus> operators() const;
  StateSize state_size() const;

  // `wake` may come from any thread, whenever run_once() may have something again.
  void on_ready(std::function<void()> wake);

  // --- Pausing, so that another plan goes on from where this one stopped ---
  // What stands against it: the first of the sources that has no positions. Empty where it can.
  std::string cannot_pause() const;
  // Behind what can be read now, or behind what was read, at the same place wherever a topic is
  // read; which is the answer.
  Positions pause(Extent extent);
  // Reads up to there and no further. Throws Error: unsupported, with cannot_pause(), or conflict
  // where it has read more. What was paused may be sent further on; it never goes on by itself.
  void pause_at(const Positions& positions);
  // It has come there, and does nothing more; the last checkpoint() remains, with which its sinks
  // show everything, as at the end of input. The watermark stays where it is.
  bool paused() const;
  // Records that could be read now, about.
  uint64_t behind() const;

 private:
  class Running;
  std::unique_ptr<Running> running_;
};

}  // namespace millrace::exec
