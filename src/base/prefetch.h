#pragma once

namespace millrace {

// Asks for the cache line at an address that will be read soon, and may be one of nothing. The
// empty statement is for g++ 12, which takes a function that does no more than this for one without
// effect, and leaves its calls out.
inline void prefetch_line(const void* at) {
  __builtin_prefetch(at);
  asm volatile("");
}

}  // namespace millrace
