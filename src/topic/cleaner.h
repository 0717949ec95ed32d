#pragma once

// Looks at all partitions from time to time, and lets them delete and compact what their settings
// say. In the server it has a thread of its own, because that reads and writes files; a simulation
// calls step().

#include <memory>

#include "io/world.h"

namespace millrace::topic {

class Store;

class Cleaner {
 public:
  // `store` outlives it.
  Cleaner(io::World world, Store* store);
  // Ends the thread, after the partition that it is at.
  ~Cleaner();
  Cleaner(const Cleaner&) = delete;
  Cleaner& operator=(const Cleaner&) = delete;

  // One round over all partitions. What the disk refuses is logged, and tried again next time.
  void step();
  void start_thread();

 private:
  struct Thread;

  bool is_stopping() const;
  bool rest();

  const io::World world_;
  Store* const store_;
  std::unique_ptr<Thread> thread_;
};

}  // namespace millrace::topic
