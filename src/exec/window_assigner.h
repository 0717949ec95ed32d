#pragma once

// Which windows a moment falls into: arithmetic on milliseconds, as Flink does it, before 1970 too.
// Windows of a moment are numbered from the one that ends last, 0, to the one that ends first.
//
//   tumble     one window      [start, start + size), start = offset mod size
//   hop        size/step       starts at each step; where that is no whole number, one more or
//                              less as the moment falls: none, between windows that leave gaps
//   cumulate   up to size/step the same start, ends at each step up to start + size
//
// Where the size is a whole number of steps, what lies between two ends that follow each other is
// in the same windows: a pane.
//
// Where the time is the end of a window already, that one is its only window.

#include <cstdint>
#include <optional>

#include "column/batch.h"
#include "plan/nodes.h"

namespace millrace::exec {

class WindowAssigner {
 public:
  // Of a window that the binder let through, and that is no session.
  explicit WindowAssigner(const plan::Window& window);

  size_t most_per_row() const { return most_per_row_; }
  bool has_panes() const { return size_ % step_ == 0; }
  // The end of window 0 of a moment.
  int64_t last_end_of(int64_t ms) const;
  // The end of window `number` of a moment, where it falls into so many. `last_end` is that of
  // window 0.
  std::optional<int64_t> end_of(int64_t ms, int64_t last_end, size_t number) const {
    const int64_t end = last_end - static_cast<int64_t>(number) * step_;
    return end > ms || time_ == plan::WindowTime::of_window_end ? std::optional(end) : std::nullopt;
  }
  std::optional<int64_t> end_of(int64_t ms, size_t number) const {
    return end_of(ms, last_end_of(ms), number);
  }
  int64_t start_of(int64_t end) const;

  // The end of a moment's pane, which is that of its window that ends first.
  int64_t pane_of(int64_t ms) const { return floor_to(ms, step_, offset_) + step_; }
  // The first window over the pane with this end that has not fired at `now`.
  int64_t next_end_over(int64_t pane, Watermark now) const {
    return has_fired(pane, now) ? next_firing(now).ms + 1 : pane;
  }
  // The last window over it.
  int64_t last_end_over(int64_t pane) const { return last_end_of(pane - 1); }

  // What window_time says of a window that fires at `now`: its last moment, or, of processing time,
  // the moment of firing.
  static int64_t time_of(const plan::Window& window, int64_t end, Watermark now) {
    return window.time == plan::WindowTime::of_processing ? now.ms + 1 : end - 1;
  }

  // A window is closed for a row, and its results leave, once this holds.
  static bool has_fired(int64_t end, Watermark now) { return now.ms >= end - 1; }
  // The least watermark above `now` with which any window fires. All below it change nothing.
  Watermark next_firing(Watermark now) const;

 private:
  int64_t floor_to(int64_t ms, int64_t step, int64_t offset) const;

  plan::WindowKind kind_;
  plan::WindowTime time_;
  int64_t size_;
  int64_t step_;  // between ends of windows
  int64_t offset_;
  size_t most_per_row_;
};

}  // namespace millrace::exec
