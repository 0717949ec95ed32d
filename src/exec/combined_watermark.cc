#include "exec/combined_watermark.h"

#include <algorithm>
#include <string>

namespace millrace::exec {

// The end of input is not taken over: the source says it again, or has got more to read since.
static int64_t* watermark_in(state::Numbers& saved, std::string_view name) {
  const auto kept = saved.find(name);
  if (!kept || *kept == Watermark::end_of_input().ms) {
    saved.put(name, Watermark::none().ms);
  }
  return &saved.at(name);
}

CombinedWatermark::CombinedWatermark(state::Numbers& saved)
    : saved_(&saved), combined_(watermark_in(saved, "combined")) {}

void CombinedWatermark::set_inputs(size_t count) {
  while (inputs_.size() < count) {
    inputs_.push_back({watermark_in(*saved_, "input " + std::to_string(inputs_.size()))});
  }
}

bool CombinedWatermark::has_ended(const Input& input) {
  return *input.watermark == Watermark::end_of_input().ms;
}

bool CombinedWatermark::all_idle() const {
  return !std::all_of(inputs_.begin(), inputs_.end(), has_ended) &&
         std::all_of(inputs_.begin(), inputs_.end(),
                     [](const Input& i) { return i.idle || has_ended(i); });
}

Watermark CombinedWatermark::limit_for(size_t input) const {
  Watermark limit = Watermark::end_of_input();
  for (size_t i = 0; i < inputs_.size(); ++i) {
    if (i != input && !inputs_[i].idle) {
      limit = std::min(limit, of(i));
    }
  }
  return limit;
}

void CombinedWatermark::raise(size_t input, Watermark now) {
  inputs_[input].idle = false;
  *inputs_[input].watermark = std::max(*inputs_[input].watermark, now.ms);
  combine();
}

void CombinedWatermark::set_idle(size_t input) {
  inputs_[input].idle = true;
  combine();
}

void CombinedWatermark::set_active(size_t input) { inputs_[input].idle = false; }

void CombinedWatermark::raise_and_pass(Port port, Watermark now, Output& out) {
  const Watermark before = combined();
  raise(port.number, now);
  if (combined() > before) {
    out.advance(combined());
  }
  pass_idleness(out);
}

void CombinedWatermark::set_idle_and_pass(Port port, Output& out) {
  const Watermark before = combined();
  set_idle(port.number);
  if (combined() > before) {
    out.advance(combined());
  }
  pass_idleness(out);
}

void CombinedWatermark::set_active_and_pass(Port port, Output& out) {
  set_active(port.number);
  out.resume();
}

void CombinedWatermark::pass_idleness(Output& out) const {
  if (all_idle()) {
    out.idle();
  }
}

void CombinedWatermark::combine() {
  Watermark lowest = Watermark::end_of_input();  // of the active ones
  Watermark highest = Watermark::none();         // of the idle ones
  for (const Input& input : inputs_) {
    if (input.idle && !has_ended(input)) {
      highest = std::max(highest, Watermark{*input.watermark});
    } else {
      lowest = std::min(lowest, Watermark{*input.watermark});
    }
  }
  *combined_ = std::max(*combined_, (all_idle() ? highest : lowest).ms);
}

SavedWatermark::SavedWatermark(state::Numbers& saved) : value_(watermark_in(saved, "watermark")) {}

}  // namespace millrace::exec
