#pragma once

// One watermark out of several inputs: the splits of a scan, the ports of a union.
//
// It is the minimum over the inputs that are active; where all are idle, the maximum of them. An
// input that has ended is neither: a table that was read to its end says nothing of how far the
// silent topic beside it has come. (Flink counts it as active, so that a topic found idle beside it
// is at the end of time at once, and whatever comes after that is late.) It never goes back, not
// even over a restart: it is kept in the operator's state with those of the inputs. Idleness is not
// kept: after a restart every input is active until found idle again. Nor is the end of input,
// behind which a later run may go on.

#include <cstdint>
#include <vector>

#include "column/batch.h"
#include "exec/operator.h"
#include "state/numbers.h"

namespace millrace::exec {

class CombinedWatermark {
 public:
  // `saved` outlives this.
  explicit CombinedWatermark(state::Numbers& saved);

  // Inputs are numbered from 0; new ones begin without a watermark, and hold back the whole.
  void set_inputs(size_t count);

  Watermark of(size_t input) const { return {*inputs_[input].watermark}; }
  bool is_idle(size_t input) const { return inputs_[input].idle; }
  // Of those that have not ended; false where all have.
  bool all_idle() const;
  // What the others allow: the whole is never above this while `input` is active.
  Watermark limit_for(size_t input) const;

  // The input's watermark, never back; the input is active with it.
  void raise(size_t input, Watermark now);
  void set_idle(size_t input);
  // Counts again, with the watermark it had.
  void set_active(size_t input);

  // For an operator that does nothing with time but hand on what all of its inputs have reached.
  void raise_and_pass(Port port, Watermark now, Output& out);
  void set_idle_and_pass(Port port, Output& out);
  void set_active_and_pass(Port port, Output& out);
  // Says that nothing is to be expected, where that is so. To be asked after each change of an
  // input, the end of one included: with it all that are left may be idle, and whoever hears of a
  // watermark counts this place as active again.
  void pass_idleness(Output& out) const;

  Watermark combined() const { return {*combined_}; }

 private:
  void combine();

  struct Input {
    int64_t* watermark;  // in saved_
    bool idle = false;
  };
  static bool has_ended(const Input& input);

  state::Numbers* saved_;
  int64_t* combined_;
  std::vector<Input> inputs_;
};

// The watermark of a single input, kept in the operator's state.
class SavedWatermark {
 public:
  explicit SavedWatermark(state::Numbers& saved);
  Watermark get() const { return {*value_}; }
  void set(Watermark now) { *value_ = now.ms; }

 private:
  int64_t* value_;
};

}  // namespace millrace::exec
