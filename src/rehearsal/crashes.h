#pragma once

// Where a run crashes, and what is lost there: the process alone, or what the disk had not synced.

#include <cstdint>
#include <optional>
#include <string>

#include "base/random.h"
#include "exec/layers.h"

namespace millrace::rehearsal {

enum class Loss : uint8_t { process, power };

class Crashes {
 public:
  static Crashes none();
  // Up to four, spread over the calm run's steps of the disk. The seed replays them.
  static Crashes at_random(uint64_t seed, uint64_t steps);
  // One, at the step of that number, which a run of as many steps always reaches.
  static Crashes once(uint64_t step, Loss loss);

  // The step of the next one, of a disk that took so many steps; nothing when there is none to
  // come.
  std::optional<uint64_t> next(uint64_t steps_taken);
  // Called at each one: what it loses.
  Loss happen();

  uint32_t happened() const { return happened_; }
  // State is small in a rehearsal, and is kept in layers all the same, few and soon swept: in the
  // calm run, in those that must take as many steps, and in half of the others.
  exec::Layers::Limits layers() const;
  // Of everything that a run draws by chance.
  uint64_t seed() const { return seed_; }
  // The arguments of `millrace test` that repeat these crashes.
  std::string flags() const;

 private:
  explicit Crashes(uint64_t seed) : seed_(seed), chance_(seed) {}

  uint64_t seed_;
  Random chance_;
  uint64_t steps_ = 0;  // of at_random
  std::optional<uint64_t> at_;
  Loss loss_ = Loss::process;
  uint32_t happened_ = 0;
};

}  // namespace millrace::rehearsal
