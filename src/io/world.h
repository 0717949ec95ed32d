#pragma once

// Everything outside the program that its parts may touch, handed to constructors: time, chance,
// disk, and the places to report to. A simulation owns all of it; product code holds no other way
// to the outside. (The network enters as an EventLoop, event_loop.h, where sockets are served.)

namespace millrace {
class Clock;
class Log;
class Metrics;
class Random;
}  // namespace millrace

namespace millrace::io {

class Files;

// Plain pointers; whoever made the world outlives everything that was given it.
struct World {
  const Clock* clock = nullptr;
  Random* random = nullptr;  // of the main thread; a part with its own thread forks its own
  Files* files = nullptr;
  Log* log = nullptr;
  Metrics* metrics = nullptr;
};

}  // namespace millrace::io
