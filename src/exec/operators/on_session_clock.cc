#include "exec/operators/on_session_clock.h"

#include <algorithm>

#include "exec/event_time.h"

namespace millrace::exec {

namespace {

bool is_moment(Watermark now) {
  return now != Watermark::none() && now != Watermark::end_of_input() &&
         EventTimes::in_range(now.ms);
}

// Watermarks of the clock become instants.
class Instants final : public Output {
 public:
  Instants(Output& out, const TimeZone& zone) : out_(out), zone_(zone) {}
  void push(Batch rows) override {
    for (Mark& mark : rows.marks) {
      mark.watermark = instant(mark.watermark);
    }
    out_.push(std::move(rows));
  }
  void advance(Watermark now) override { out_.advance(instant(now)); }
  void idle() override { out_.idle(); }
  void resume() override { out_.resume(); }
  void reject(const Batch& batch, uint32_t row, std::string_view reason) override {
    out_.reject(batch, row, reason);
  }
  void late(const Batch& batch, uint32_t row, Watermark now) override {
    out_.late(batch, row, instant(now));
  }

 private:
  Watermark instant(Watermark now) const {
    return is_moment(now) ? Watermark{zone_.passed_at(now.ms)} : now;
  }

  Output& out_;
  const TimeZone& zone_;
};

}  // namespace

Watermark OnSessionClock::on_clock(Watermark now) const {
  return is_moment(now) ? Watermark{zone_->last_passed(now.ms)} : now;
}

void OnSessionClock::push(Port port, Batch rows, Output& out) {
  for (Mark& mark : rows.marks) {
    mark.watermark = on_clock(mark.watermark);
  }
  // The clock may stand still from one mark to the next.
  const auto same = [](const Mark& a, const Mark& b) { return a.watermark == b.watermark; };
  rows.marks.erase(std::unique(rows.marks.begin(), rows.marks.end(), same), rows.marks.end());
  Instants instants(out, *zone_);
  windows_->push(port, std::move(rows), instants);
}

void OnSessionClock::advance(Port port, Watermark now, Output& out) {
  Instants instants(out, *zone_);
  windows_->advance(port, on_clock(now), instants);
}

void OnSessionClock::idle(Port port, Output& out) {
  Instants instants(out, *zone_);
  windows_->idle(port, instants);
}

void OnSessionClock::resume(Port port, Output& out) {
  Instants instants(out, *zone_);
  windows_->resume(port, instants);
}

std::optional<int64_t> OnSessionClock::waits_for() const {
  const auto end = windows_->waits_for();
  return end ? std::optional(zone_->passed_at(*end - 1) + 1) : std::nullopt;
}

}  // namespace millrace::exec
