#pragma once

// Where rows enter a pipeline: what is given turns, as operators are given batches. One task's
// thread only.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "column/batch.h"
#include "exec/positions.h"

namespace millrace::exec {

class Emitter;

// How far a partition or a file has been read, and what it says of time.
struct SplitStatus {
  enum class State : uint8_t {
    reading,  // there is more to read now
    at_end,   // all that is there has been read; it holds time back until it is idle
    idle,     // silent for so long that it holds nothing back
    ended,    // nothing comes any more
  };
  std::string name;
  State state = State::reading;
  Watermark watermark;
};

class Head {
 public:
  virtual ~Head() = default;

  // Some rows, pushed through all consumers. False where there was nothing to do.
  virtual bool turn(Emitter& out) = 0;
  // What it has to give is there already, and ends.
  virtual bool bounded() const = 0;
  // Everything has been given, the end of input said.
  virtual bool finished() const = 0;
  // When turn() has something to do although nothing came; nothing where never.
  virtual std::optional<Instant> idle_at() const { return std::nullopt; }

  // Nothing where event time plays no part.
  virtual std::vector<SplitStatus> splits() const { return {}; }

  // The steps of an epoch, for where the rows come from (source.h).
  virtual void sync() {}
  virtual void committed() {}
  virtual void on_ready(std::function<void()>) {}

  // Pausing, as of the source; what is always given again is paused once it is given.
  virtual std::string cannot_pause() const { return {}; }
  virtual void add_ends(Extent, Positions&) const {}
  virtual void pause_at(const Positions&) {}
  virtual bool paused() const { return finished(); }
  virtual uint64_t behind() const { return 0; }
};

}  // namespace millrace::exec
