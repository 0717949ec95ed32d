#include "exec/memory_limit.h"

#include <algorithm>

#include "base/error.h"
#include "base/memory_size.h"

namespace millrace::exec {

static constexpr const char* kSetting = "millrace.state.memory";
// How many turns pass before it is measured again while there is plenty; each adds a few thousand
// rows at most.
static constexpr uint32_t kTurnsBetween = 8;
// Once there is too much, so much more goes that it is not too much at once again.
static constexpr size_t kPartThatIsLeft = 8;

static size_t most_memory(const PipelineSpec& spec) {
  const auto found = spec.plan->settings.find(kSetting);
  const int64_t bytes = found == spec.plan->settings.end()
                            ? spec.state_bytes
                            : parse_memory_size(found->second).value_or(0);
  return bytes == 0 ? SIZE_MAX : static_cast<size_t>(bytes);
}

// So many are named that hold most of it.
static constexpr size_t kNamed = 3;

// "'join-3/right' has 400 of them, 'join-3/left' 300, all others 20".
static std::string shares(const state::TableStore& store) {
  const std::vector<state::TableStore::Size> sizes = store.sizes();
  std::string text;
  size_t others = 0;
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (i >= kNamed) {
      others += sizes[i].bytes;
    } else if (sizes[i].bytes > 0) {
      text += (i > 0 ? ", '" : "'") + sizes[i].table + "' " + (i > 0 ? "" : "has ") +
              std::to_string(sizes[i].bytes) + (i > 0 ? "" : " of them");
    }
  }
  return text + (others > 0 ? ", all others " + std::to_string(others) : "");
}

MemoryLimit::MemoryLimit(const PipelineSpec& spec)
    : pipeline_(spec.name), most_(most_memory(spec)), spills_(spec.spills) {}

void MemoryLimit::hold(state::TableStore& store, const std::function<bool()>& save_all) {
  // What changed and has left memory comes back where it is saved, so that it is measured behind
  // it.
  const auto spill_down_to = [&](size_t bytes) {
    if (save_all()) {
      store.spill(store.memory() - std::min(store.memory(), bytes));
    }
  };
  if (spills_ == Spills::each_turn) {
    spill_down_to(0);
  }
  if (most_ == SIZE_MAX || turns_until_look_-- > 0) {
    return;
  }
  const size_t taken = store.memory();
  // What has left memory comes back by whole blocks.
  turns_until_look_ = taken > most_ / 2 || store.spilled() > 0 ? 0 : kTurnsBetween - 1;
  if (taken <= most_) {
    return;
  }
  spill_down_to(most_ - most_ / kPartThatIsLeft);
  const size_t held = store.memory();
  if (held <= most_) {
    return;
  }
  throw Error(ErrorCode::invalid_argument,
              "the state of pipeline '" + pipeline_ + "' takes " + std::to_string(held) +
                  " bytes in memory, more than the " + std::to_string(most_) + " that it may have" +
                  (store.spilled() > 0 ? ", although what could has left it" : "") + "; " +
                  shares(store) + ": SET '" + kSetting +
                  "' to more, or let the query keep less, by windows or 'table.exec.state.ttl'");
}

}  // namespace millrace::exec
