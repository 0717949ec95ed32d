#pragma once

// One step of a pipeline. Batches and watermarks enter, batches and watermarks leave; an operator
// never blocks, does I/O, reads a clock or draws chance. What must survive a crash lives in tables
// of the task's state, which checkpoint themselves: an operator is restored by being constructed,
// and then told the checkpointed watermark.

#include <cstdint>
#include <optional>

#include "column/batch.h"

namespace millrace::exec {

struct Port {
  uint32_t number = 0;  // which input of a union or join
};

// Where an operator sends what it makes.
class Output {
 public:
  virtual ~Output() = default;
  virtual void push(Batch rows) = 0;
  virtual void advance(Watermark now) = 0;
  // Nothing is expected from here for a while: do not hold time back for it. Ended by resume(),
  // push() or advance().
  virtual void idle() = 0;
  // Something is about to come again. All behind an idle place hear of it before any of them gets
  // rows: where two inputs of an operator have one source, neither runs ahead of the other.
  virtual void resume() = 0;
  // This row cannot be computed: to the dead letters, with its origin where the batch has one.
  virtual void reject(const Batch& batch, uint32_t row, std::string_view reason) = 0;
  // This row comes too late, time having come to `now`: it is counted, and kept where there is a
  // table for such rows.
  virtual void late(const Batch& batch, uint32_t row, Watermark now) = 0;
};

class Operator {
 public:
  virtual ~Operator() = default;

  // Rows arrive in order per key. The batch's marks say where in it the watermark moves; an
  // operator that does not care hands them on with the rows, one that does slices between them.
  virtual void push(Port port, Batch rows, Output& out) = 0;

  // The watermark of this input moved between batches.
  virtual void advance(Port port, Watermark now, Output& out) = 0;

  // The event time, in milliseconds, that the first of what waits here waits for; nothing where
  // nothing does. Nothing leaves before the watermark has reached it.
  virtual std::optional<int64_t> waits_for() const { return std::nullopt; }

  // Whether the last call left something to give, which is more than should come in one: go_on()
  // then gives a part of it, and is called again, with a turn of its own each time, ahead of any
  // other input of the pipeline. Between the turns state may leave memory, and epochs end.
  virtual bool has_more() const { return false; }
  virtual void go_on(Output&) {}

  virtual void idle(Port, Output& out) { out.idle(); }
  virtual void resume(Port, Output& out) { out.resume(); }
};

}  // namespace millrace::exec
