#include "exec/operators/processing_time_windows.h"

#include <algorithm>

#include "base/clock.h"
#include "column/builder.h"
#include "exec/emitter.h"

namespace millrace::exec {

namespace {

// The clock as a watermark is nobody else's business: behind the windows is event time again.
class Untimed final : public Output {
 public:
  explicit Untimed(Output& out) : out_(out) {}
  void push(Batch rows) override {
    rows.marks.clear();
    out_.push(std::move(rows));
  }
  void advance(Watermark) override {}
  void idle() override { out_.idle(); }
  void resume() override { out_.resume(); }
  void reject(const Batch& batch, uint32_t row, std::string_view reason) override {
    out_.reject(batch, row, reason);
  }
  void late(const Batch& batch, uint32_t row, Watermark now) override {
    out_.late(batch, row, now);
  }

 private:
  Output& out_;
};

// All windows that end at `now` or before have fired with it, and the one that `now` is in has not.
Watermark watermark_at(int64_t now) { return {now - 1}; }

}  // namespace

ProcessingTimeWindows::ProcessingTimeWindows(size_t time_column,
                                             std::shared_ptr<const TimeZone> zone,
                                             std::unique_ptr<Operator> windows,
                                             const TaskContext& task)
    : time_column_(time_column),
      zone_(std::move(zone)),
      windows_(std::move(windows)),
      clock_(task.world().clock),
      reached_(&task.state().numbers("processing_time").at("reached")) {}

int64_t ProcessingTimeWindows::now() {
  *reached_ = std::max(*reached_, clock_->now().ms);
  return *reached_;
}

// What the session's clock shows; in the first of two equal hours it stands still.
int64_t ProcessingTimeWindows::on_clock(int64_t now) const {
  return zone_ ? zone_->last_passed(now) : now;
}

void ProcessingTimeWindows::push(Port port, Batch rows, Output& out) {
  const std::optional<Watermark> passing = rows.final_watermark();
  const int64_t now = this->now();
  Column& times = rows.columns[time_column_];
  FlatBuffer<int64_t> value(1);
  value[0] = on_clock(now) * (times.type().timestamp_unit() / 1000);
  times = Column::constant(value.finish(times.type()), rows.physical_size);
  rows.marks = {{0, watermark_at(on_clock(now))}};
  Untimed untimed(out);
  windows_->push(port, std::move(rows), untimed);
  if (passing) {
    advance(port, *passing, out);
  }
}

void ProcessingTimeWindows::advance(Port, Watermark now, Output& out) {
  if (now == Watermark::end_of_input()) {
    pass_time(++*reached_, out);
  }
  out.advance(now);
}

std::optional<Timestamp> ProcessingTimeWindows::due() const {
  const auto end = windows_->waits_for();
  return end ? std::optional(Timestamp{zone_ ? zone_->passed_at(*end - 1) + 1 : *end})
             : std::nullopt;
}

void ProcessingTimeWindows::ring(Emitter& out) { pass_time(now(), out); }

void ProcessingTimeWindows::pass_time(int64_t now, Output& out) {
  Untimed untimed(out);
  windows_->advance(Port{0}, watermark_at(on_clock(now)), untimed);
}

}  // namespace millrace::exec
