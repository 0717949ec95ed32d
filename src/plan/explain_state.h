#pragma once

// EXPLAIN STATE: what each operator must remember, how large an entry of it is, and what lets it
// go.

#include <string>

#include "plan/nodes.h"

namespace millrace::plan {

// One thing that an operator keeps.
struct KeptState {
  const Node* node;
  std::string what;   // "a group for each user_id"
  std::string until;  // "the watermark passes the window's end"
  // Bytes of an entry that is there once; longer texts and collections come on top.
  size_t entry_bytes;
  bool grows;          // nothing but the input's own retractions lets it go
  bool can_go = true;  // of what grows: a clause or a setting could let it go
};

// In the order of the plan's nodes. Nothing of operators that keep no more than a position.
std::vector<KeptState> kept_state(const Plan& plan);

// As people read it; says so where nothing is kept.
std::string explain_state(const Plan& plan);

}  // namespace millrace::plan
