#include "rehearsal/crashes.h"

namespace millrace::rehearsal {

namespace {

constexpr uint32_t kMostRandom = 4;

}  // namespace

Crashes Crashes::none() { return Crashes(0); }

Crashes Crashes::at_random(uint64_t seed, uint64_t steps) {
  Crashes crashes(seed);
  crashes.steps_ = steps;
  return crashes;
}

Crashes Crashes::once(uint64_t step, Loss loss) {
  Crashes crashes(step);  // so that each step finds another part of the unsynced lost
  crashes.at_ = step;
  crashes.loss_ = loss;
  return crashes;
}

std::optional<uint64_t> Crashes::next(uint64_t steps_taken) {
  if (at_) {
    return happened_ == 0 ? at_ : std::nullopt;
  }
  if (steps_ == 0 || happened_ == kMostRandom) {
    return std::nullopt;
  }
  return steps_taken + chance_.below(steps_);
}

Loss Crashes::happen() {
  ++happened_;
  if (at_) {
    return loss_;
  }
  return chance_.one_in(2) ? Loss::power : Loss::process;
}

exec::Layers::Limits Crashes::layers() const {
  if (steps_ > 0 && seed_ % 2 == 1) {
    return {};
  }
  return {.large = 0, .changes = 8, .sweep_bytes = 256, .slack = 0, .most = 3};
}

std::string Crashes::flags() const {
  if (at_) {
    return "--crash-at " + std::to_string(*at_);
  }
  return "--crashes 1 --seed " + std::to_string(seed_);
}

}  // namespace millrace::rehearsal
