#pragma once

// What is asked for is read back within a turn, in which nothing can leave memory.

#include <cstddef>

namespace millrace::state {

class SlotKind;
class SpillSpace;

// Throws Error(invalid_argument) where a table of such slots, which come from there, has come to
// hold so many bytes by it that its pipeline is to be stopped: beyond what its state may take, and
// as much again.
void check_room(const SpillSpace& space, const SlotKind& slots, size_t bytes);

}  // namespace millrace::state
