#include "exec/operators/window_table_function.h"

#include <algorithm>

#include "exec/chosen_rows.h"
#include "exec/event_time.h"
#include "exec/rejecting.h"

namespace millrace::exec {

WindowTableFunction::WindowTableFunction(const plan::WindowTableFunction& node,
                                         const TaskContext& task)
    : node_(&node), task_(task), windows_(node.window) {}

namespace {

// The rows of the output: which input row each is, and when its window ends.
struct Expanded {
  std::vector<uint32_t> rows;
  std::vector<int64_t> ends;
};

Expanded expand(const Batch& batch, const EventTimes& times, const WindowAssigner& windows) {
  Expanded expanded;
  for_each(batch.rows(), [&](uint32_t row) {
    for (size_t number = 0; number < windows.most_per_row(); ++number) {
      if (const auto end = windows.end_of(times.ms(row), number)) {
        expanded.rows.push_back(row);
        expanded.ends.push_back(*end);
      }
    }
  });
  return expanded;
}

template <typename ToMs>
Column moments(std::span<const int64_t> ends, const Type& type, ToMs&& to_ms) {
  FlatBuffer<int64_t> values(ends.size());
  const int64_t per_ms = type.timestamp_unit() / 1000;
  for (size_t i = 0; i < ends.size(); ++i) {
    values[i] = to_ms(ends[i]) * per_ms;
  }
  return values.finish(type);
}

}  // namespace

void WindowTableFunction::push(Port, Batch rows, Output& out) {
  const size_t time = node_->window.time_column;
  reject_null(rows, time, "the event time is NULL", out);
  const Expanded expanded = expand(rows, EventTimes(rows.columns[time]), windows_);
  send_in_batches(
      rows, expanded.rows,
      [&](size_t from, size_t size) {
        return with_windows(rows, std::span(expanded.rows).subspan(from, size),
                            std::span(expanded.ends).subspan(from, size));
      },
      out);
}

Batch WindowTableFunction::with_windows(const Batch& rows, std::span<const uint32_t> chosen,
                                        std::span<const int64_t> ends) const {
  Batch windowed = chosen_rows(rows, chosen);
  const size_t first = rows.columns.size();
  const auto type = [&](size_t nth) { return node_->schema[first + nth].type; };
  windowed.columns.push_back(
      moments(ends, type(0), [&](int64_t end) { return windows_.start_of(end); }));
  windowed.columns.push_back(moments(ends, type(1), [](int64_t end) { return end; }));
  if (node_->window.time == plan::WindowTime::of_processing) {
    windowed.columns.push_back(windowed.columns[node_->window.time_column].retyped(type(2)));
  } else {
    windowed.columns.push_back(moments(ends, type(2), [](int64_t end) { return end - 1; }));
  }
  return windowed;
}

}  // namespace millrace::exec
