#pragma once

// The switch of a pipeline from one version to another, in steps.
//
//   1. The new version catches up beside the old one, in a directory of its own, its sinks
//   dropping.
//   2. Near the end of its input it pauses where it is, so that it cannot overtake.
//   3. The old one pauses at what can be read by then: its last epoch ends there, published.
//   4. The new one reads up to exactly that place.
//   5. The file of versions is replaced. That is the switch.
//
// Where the old one does not run but failed, it pauses first, at what it has read, and the new one
// reads up to there from the start.
//
// So each record of the input counts for the results of exactly one version, whatever crashes.
// Until 5 the old version goes on after any failure; what the new one left is removed before the
// next try.

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/time.h"
#include "change/run.h"
#include "change/versions.h"
#include "exec/pipeline.h"
#include "io/world.h"

namespace millrace::change {

class Switch {
 public:
  enum class Phase : uint8_t { catching_up, holding, pausing, meeting, switched, failed };

  // Starts a pipeline with sinks that drop, to pause at these positions where there are some.
  using Start = std::function<std::unique_ptr<Run>(const exec::PipelineSpec&,
                                                   const std::optional<exec::Positions>&)>;

  // From `before` to `next`, whose checkpoints are begun: empty, or as of a version to go back to.
  // `spec` is the new version's. All of these outlive the switch.
  Switch(const io::World& world, VersionFile& file, const Versions& before, const Versions& next,
         Run& old, Start start, const exec::PipelineSpec& spec);

  // Does what can be done now; called again and again until it has ended.
  void step();
  bool has_ended() const { return phase_ == Phase::switched || phase_ == Phase::failed; }
  Phase phase() const { return phase_; }
  // Of failed.
  const std::string& reason() const { return reason_; }
  // Records that the new version has before it, about.
  uint64_t behind() const { return behind_; }
  // Of failed: the disk would not say which version the file has, and neither runs.
  bool is_undecided() const { return undecided_; }
  // The old version goes on. Nothing where it has ended.
  void give_up(const std::string& reason);

 private:
  void follow_old();
  void follow_shadow();
  void replace();
  bool is_alive(const exec::PipelineStatus& status, const char* which);

  io::World world_;
  VersionFile& file_;
  const Versions& before_;
  const Versions& next_;
  Run& old_;
  Start start_;
  const exec::PipelineSpec& spec_;
  std::unique_ptr<Run> shadow_;  // once it runs
  Phase phase_ = Phase::catching_up;
  std::string reason_;
  bool undecided_ = false;
  uint64_t behind_ = 0;
  std::optional<Instant> deadline_;  // while an old one that runs pauses
};

// "catching up"
std::string_view name_of(Switch::Phase phase);

}  // namespace millrace::change
