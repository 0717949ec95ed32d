#include "exec/window_assigner.h"

#include "base/check.h"
#include "exec/event_time.h"

namespace millrace::exec {

static int64_t step_of(const plan::Window& window) {
  return window.kind == plan::WindowKind::tumble ? window.size_ms : window.step_ms;
}

WindowAssigner::WindowAssigner(const plan::Window& window)
    : kind_(window.kind),
      time_(window.time),
      size_(window.size_ms),
      step_(step_of(window)),
      offset_(window.offset_ms) {
  check(kind_ != plan::WindowKind::session, "sessions grow with their rows: see SessionTable");
  check(size_ > 0 && step_ > 0, "windows have a length, and follow each other");
  check(kind_ == plan::WindowKind::hop || has_panes(), "a window ends with its last step");
  most_per_row_ = time_ == plan::WindowTime::of_window_end
                      ? 1
                      : static_cast<size_t>((size_ + step_ - 1) / step_);
}

int64_t WindowAssigner::floor_to(int64_t ms, int64_t step, int64_t offset) const {
  return floor_divide(ms - offset, step) * step + offset;
}

int64_t WindowAssigner::last_end_of(int64_t ms) const {
  return time_ == plan::WindowTime::of_window_end
             ? ms
             : floor_to(ms, kind_ == plan::WindowKind::hop ? step_ : size_, offset_) + size_;
}

int64_t WindowAssigner::start_of(int64_t end) const {
  return kind_ == plan::WindowKind::cumulate ? floor_to(end - 1, size_, offset_) : end - size_;
}

Watermark WindowAssigner::next_firing(Watermark now) const {
  if (now == Watermark::end_of_input() || !EventTimes::in_range(now.ms)) {
    return now == Watermark::none() ? now : Watermark::end_of_input();
  }
  const int64_t next_end = floor_to(now.ms + 1, step_, offset_ + size_) + step_;
  return {next_end - 1};
}

}  // namespace millrace::exec
