#pragma once

// An accumulator that lies outside of its slot: a container, made with the first row. What it takes
// is counted (base/counted_memory.h), as all that accumulators own must be: a pipeline is held to a
// budget by it.

#include "base/counted_memory.h"
#include "function/aggregate/accumulate.h"

namespace millrace::function {

// `Held` is made of counted containers, and has save(ByteWriter&) const and load(ByteReader&).
template <typename Held>
struct Owned {
  Held* held;

  Held& get() {
    if (held == nullptr) {
      held = new Held();
      counted_bytes += taken_for(sizeof(Held));
    }
    return *held;
  }
};

template <typename Held>
void save_owned(const char* state, ByteWriter& out) {
  const Owned<Held>& owned = state_at<Owned<Held>>(state);
  out.write<uint8_t>(owned.held != nullptr ? 1 : 0);
  if (owned.held != nullptr) {
    owned.held->save(out);
  }
}

template <typename Held>
void load_owned(char* state, ByteReader& in) {
  if (in.read<uint8_t>() != 0) {
    state_at<Owned<Held>>(state).get().load(in);
  }
}

template <typename Held>
void destroy_owned(char* state) {
  Owned<Held>& owned = state_at<Owned<Held>>(state);
  counted_bytes -= owned.held == nullptr ? 0 : taken_for(sizeof(Held));
  delete owned.held;
  owned.held = nullptr;
}

// Merging for states that are one `Held` each, which can append().
template <typename Held>
void merge_owned(char* into, const char* from) {
  if (const Held* other = state_at<Owned<Held>>(from).held) {
    state_at<Owned<Held>>(into).get().append(*other);
  }
}

// Where a result is of any size, as its `Held` says in shown().
template <typename Held>
size_t shown_of_owned(const char* state) {
  const Held* held = state_at<Owned<Held>>(state).held;
  return held == nullptr ? 0 : held->shown();
}

// Everything but name, types, update, trace, merge and finish.
template <typename Held>
AggregateSignature owned_signature() {
  AggregateSignature signature;
  signature.size = sizeof(Owned<Held>);
  signature.save = save_owned<Held>;
  signature.load = load_owned<Held>;
  signature.destroy = destroy_owned<Held>;
  return signature;
}

}  // namespace millrace::function
