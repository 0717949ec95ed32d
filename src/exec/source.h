#pragma once

// Where a pipeline's rows come from. Implemented by connectors.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "column/batch.h"
#include "exec/positions.h"

namespace millrace::exec {

// A record that could not be made into a row.
struct Reject {
  std::string source;  // topic or file
  PartitionIndex partition;
  int64_t offset = 0;
  std::string raw;
  std::string reason;       // "JSON: expected ',' at byte 17"
  bool is_ignored = false;  // no reason to stop where there is no table for such records
};

struct Polled {
  enum class State : uint8_t {
    rows,      // there is a batch (and perhaps rejects)
    idle,      // nothing now; the wake function will be called
    finished,  // nothing ever again
  };
  State state = State::idle;
  size_t split = 0;  // the partition or file the rows are from; watermarks are per split
  Batch rows;        // the scan's `read` columns, with origins
  std::vector<Reject> rejects;
  // Records without a row: deletions of a topic's keys, blank lines, what is for another pipeline.
  size_t empty = 0;
};

// One task's thread only, but for wake. Positions live in the task's state, so that they belong to
// the same epoch as everything computed from them.
class Source {
 public:
  virtual ~Source() = default;

  // Never blocks. Takes what is there, up to Batch::kMaxRows.
  virtual Polled poll() = 0;
  // There is an end to it, and all of it is there: poll() will say `finished`. Such a source is
  // read before those that go on for ever.
  virtual bool bounded() const { return false; }
  // There is an end to it, though it may come later.
  virtual bool ends() const { return bounded(); }
  virtual size_t splits() const = 0;
  // "partition 3", or a file's path.
  virtual std::string split_name(size_t split) const { return "split " + std::to_string(split); }
  // All of a split has been read, so its silence holds no watermark back for long.
  virtual bool caught_up(size_t split) const = 0;
  // Nothing more comes from a split, so that its watermark counts no longer.
  virtual bool ended(size_t) const { return false; }
  // Of all splits this one's event time is furthest behind: reading it moves time on. A hint.
  virtual void prefer(size_t) {}
  // Everything handed out so far is on disk where it came from; before a checkpoint counts on it.
  virtual void sync() = 0;
  // The epoch of the last sync() is durable: others may be told how far this has come.
  virtual void committed() {}
  // `wake` may be called from any thread whenever poll() may have something again.
  virtual void on_ready(std::function<void()> wake) = 0;
  // When poll() may have something again though nobody calls `wake`.
  virtual std::optional<Instant> wake_at() const { return std::nullopt; }

  // Pausing: reading stops at an agreed place, from which another plan goes on. What is bounded is
  // read to its end instead.

  // Why there is no such place, for a sentence that begins with the table; empty where there is.
  virtual std::string cannot_pause() const {
    return bounded() ? "" : "has no positions that another plan could go on from";
  }
  // Says how far that is, where it is further than `ends` has it.
  virtual void add_ends(Extent, Positions& /*ends*/) const {}
  // Gives nothing behind these, and of what they do not name nothing more. May be called again for
  // places further on. Throws Error(conflict) where more was given already.
  virtual void pause_at(const Positions&) {}
  // Has given everything up to there.
  virtual bool paused() const { return false; }
  // Records that could be read now, about.
  virtual uint64_t behind() const { return 0; }
};

}  // namespace millrace::exec
