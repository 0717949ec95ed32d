#include "exec/operators/window_table_function.h"

#include <algorithm>

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

// Rows of a batch, some several times over; origins follow, marks do not.
Batch repeated(const Batch& batch, std::span<const uint32_t> rows) {
  Batch longer;
  longer.physical_size = static_cast<uint32_t>(rows.size());
  for (const Column& column : batch.columns) {
    longer.columns.push_back(column.gather(rows));
  }
  if (!batch.kinds.empty()) {
    for (const uint32_t row : rows) {
      longer.kinds.push_back(batch.kinds[row]);
    }
  }
  if (batch.origins) {
    auto origins = std::make_shared<Origins>(*batch.origins);
    origins->offsets.clear();
    origins->raw.clear();
    for (const uint32_t row : rows) {
      origins->offsets.push_back(batch.origins->offsets[row]);
      origins->raw.push_back(batch.origins->raw[row]);
    }
    longer.origins = std::move(origins);
  }
  return longer;
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
  auto mark = rows.marks.begin();
  // A row in many windows makes more than one batch of output.
  for (size_t from = 0; from < expanded.rows.size(); from += Batch::kMaxRows) {
    const size_t size = std::min(Batch::kMaxRows, expanded.rows.size() - from);
    const auto chunk = std::span(expanded.rows).subspan(from, size);
    Batch windowed = with_windows(rows, chunk, std::span(expanded.ends).subspan(from, size));
    const bool last = from + size == expanded.rows.size();
    for (; mark != rows.marks.end() && (last || mark->row <= chunk.back()); ++mark) {
      const auto at = std::lower_bound(chunk.begin(), chunk.end(), mark->row) - chunk.begin();
      windowed.marks.push_back({static_cast<uint32_t>(at), mark->watermark});
    }
    out.push(std::move(windowed));
  }
  if (mark != rows.marks.end()) {
    out.advance(rows.marks.back().watermark);
  }
}

Batch WindowTableFunction::with_windows(const Batch& rows, std::span<const uint32_t> chosen,
                                        std::span<const int64_t> ends) const {
  Batch windowed = repeated(rows, chosen);
  const size_t first = rows.columns.size();
  const auto type = [&](size_t nth) { return node_->schema[first + nth].type; };
  windowed.columns.push_back(
      moments(ends, type(0), [&](int64_t end) { return windows_.start_of(end); }));
  windowed.columns.push_back(moments(ends, type(1), [](int64_t end) { return end; }));
  windowed.columns.push_back(moments(ends, type(2), [](int64_t end) { return end - 1; }));
  return windowed;
}

}  // namespace millrace::exec
