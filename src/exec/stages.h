#pragma once

// The stages of a pipeline together: who has a turn, what all of them are told and asked. One
// task's thread only.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "exec/build.h"
#include "exec/positions.h"
#include "state/numbers.h"

namespace millrace {
class Clock;
}

namespace millrace::exec {

class Stages {
 public:
  Stages() = default;  // none yet
  // Goes on with the counts and watermarks that `store` has of them, which outlives this.
  Stages(std::vector<std::unique_ptr<Stage>> stages, state::TableStore& store);

  // --- Work ---

  // One turn. False where there was nothing to do.
  //
  // A row looks up what is there when it comes: so that is read ahead of it, all of it.
  //
  // What is bounded is read to its end before anything else has a turn: a table of customers is
  // whole before the first order meets it, and no order waits longer than it must. A Flink job
  // reads both at once, so that it may do the same, or not: this is the one of its schedules that
  // depends on no clock. Where all input is bounded, all take turns.
  //
  // What a stage has more to give of goes ahead of all input.
  bool take_turns();
  // Those whose time has come.
  bool ring_alarms(const Clock& clock);
  // When one of the two has something to do without any record.
  std::optional<Instant> wake_at(const Clock& clock) const;
  // `wake` may come from any thread.
  void on_ready(const std::function<void()>& wake);

  // --- The input ---

  bool bounded() const;
  bool finished() const;
  bool paused() const;
  // The first reason that there is; empty where there is none.
  std::string cannot_pause() const;
  Positions ends(Extent extent) const;
  void pause_at(const Positions& positions);
  // Records that could be read now, about.
  uint64_t behind() const;

  // --- Epochs ---

  void sync();
  void save_counts();
  void committed();

  std::map<std::string, Sink*> sinks() const;  // by the stage's id
  std::vector<OperatorStatus> status() const;

 private:
  enum class Heads : uint8_t { looked_up, bounded, unbounded };

  // Of a stage that has more to give.
  bool go_on();
  bool has_more() const;
  static Heads heads_of(const Stage& stage);
  bool give_turns(Heads heads);
  // Of the heads but for those that are looked up, after which nobody waits for more.
  template <typename Holds>
  bool all_heads(Holds&& holds) const;
  void restore_counts(state::TableStore& store);

  std::vector<std::unique_ptr<Stage>> stages_;
  std::map<std::string, state::Numbers*> saved_counts_;  // by the stage's id
};

}  // namespace millrace::exec
