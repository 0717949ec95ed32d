#include "state/room.h"

#include "base/error.h"
#include "state/slot_kind.h"
#include "state/spill_space.h"

namespace millrace::state {

void check_room(const SpillSpace& space, const SlotKind& slots, size_t bytes) {
  const size_t most = space.most_memory();
  if (bytes / 2 > most) {
    throw Error(ErrorCode::invalid_argument,
                "the groups of '" + slots.describe() + "' that are asked for at once take " +
                    std::to_string(bytes) + " bytes in memory, more than twice the " +
                    std::to_string(most) +
                    " that the pipeline's state may have: SET 'millrace.state.memory' to more, or "
                    "let each group keep less");
  }
}

}  // namespace millrace::state
