#include "change/switch.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"

namespace millrace::change {

using exec::PipelineState;

// Near enough to the end that the rest is read in much less than a second.
static constexpr uint64_t kNear = 20'000;
// Nothing is written while the old version pauses, so that must not last.
static constexpr Duration kLongestPause = Duration::seconds(60);

std::string_view name_of(Switch::Phase phase) {
  switch (phase) {
    case Switch::Phase::catching_up: return "catching up";
    case Switch::Phase::holding: return "holding the new version";
    case Switch::Phase::pausing: return "pausing the old version";
    case Switch::Phase::meeting: return "reading up to where the old version paused";
    case Switch::Phase::switched: return "switched";
    case Switch::Phase::failed: return "failed";
  }
  return "";
}

Switch::Switch(const io::World& world, VersionFile& file, const Versions& before,
               const Versions& next, Run& old, Start start, const exec::PipelineSpec& spec)
    : world_(world),
      file_(file),
      before_(before),
      next_(next),
      old_(old),
      start_(std::move(start)),
      spec_(spec) {
  if (old_.status().state == PipelineState::failed) {
    old_.pause(exec::Extent::read);
    phase_ = Phase::pausing;
  } else {
    shadow_ = start_(spec_, std::nullopt);
  }
}

void Switch::give_up(const std::string& reason) {
  if (has_ended()) {
    return;
  }
  shadow_.reset();
  if (phase_ == Phase::pausing || phase_ == Phase::meeting) {
    old_.resume();
  }
  phase_ = Phase::failed;
  reason_ = reason;
}

bool Switch::is_alive(const exec::PipelineStatus& status, const char* which) {
  const bool ended = status.state == PipelineState::failed ||
                     status.state == PipelineState::finished ||
                     status.state == PipelineState::stopped;
  if (ended) {
    give_up(std::string("the ") + which + " version is " +
            std::string(exec::name_of(status.state)) +
            (status.reason.empty() ? "" : ": " + status.reason));
  }
  return !ended;
}

void Switch::step() {
  if (has_ended()) {
    return;
  }
  phase_ == Phase::pausing ? follow_old() : follow_shadow();
  if (!has_ended() && deadline_ && world_.clock->monotonic() >= *deadline_) {
    give_up("the versions did not meet within " + std::to_string(kLongestPause.ms() / 1000) +
            " s, while " + std::string(name_of(phase_)));
  }
}

void Switch::follow_old() {
  const exec::PipelineStatus old = old_.status();
  if (!is_alive(old, "old") || old.state != PipelineState::paused) {
    return;
  }
  if (shadow_ == nullptr) {
    shadow_ = start_(spec_, old.paused_at);
  } else {
    shadow_->pause_at(old.paused_at);
  }
  phase_ = Phase::meeting;
}

void Switch::follow_shadow() {
  const exec::PipelineStatus shadow = shadow_->status();
  if (!is_alive(shadow, "new")) {
    return;
  }
  behind_ = shadow.behind;
  if (shadow.state == PipelineState::running && !shadow.cannot_pause.empty()) {
    give_up("the new version cannot take over: " + shadow.cannot_pause);
  } else if (phase_ == Phase::catching_up) {
    if (shadow.state == PipelineState::running && shadow.behind <= kNear) {
      shadow_->pause(exec::Extent::readable);
      phase_ = Phase::holding;
    }
  } else if (shadow.state == PipelineState::paused) {
    if (phase_ == Phase::holding) {
      deadline_ = world_.clock->monotonic() + kLongestPause;
      old_.pause(exec::Extent::readable);
      phase_ = Phase::pausing;
    } else {
      replace();
    }
  }
}

// A failure leaves open which of the two the file has now, so the old one is put back.
void Switch::replace() {
  shadow_.reset();
  try {
    file_.write(next_);
    phase_ = Phase::switched;
  } catch (const std::exception& failure) {  // the old version goes on, as for every other reason
    try {
      file_.write(before_);
      give_up(std::string("cannot write the file of versions: ") + failure.what());
    } catch (const std::exception& error) {  // whichever is there rules the next start
      phase_ = Phase::failed;
      undecided_ = true;
      reason_ = std::string("cannot write the file of versions, and so the pipeline pauses: ") +
                error.what() + "; start the server again when the disk works";
    }
  }
}

}  // namespace millrace::change
