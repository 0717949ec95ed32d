#pragma once

// The files of segments that are appended to no more: opened when they are read, and a bounded
// number of them kept open for the next read. A log of years has more segments than a process may
// have open files, and few of them have readers. Any thread.

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "io/files.h"

namespace millrace::topic {

class OpenFiles {
 public:
  OpenFiles(io::Files* files, size_t most) : files_(files), most_(most) {}

  // To read. Whoever has it may use it for as long as he likes. By its owner and not by its name,
  // which another topic's file may have had or get. Throws what the disk throws.
  std::shared_ptr<io::File> opened(const void* owner, const std::string& path);
  // The owner's file, where it is open, which is no more kept for it.
  std::shared_ptr<io::File> take(const void* owner);

 private:
  struct Used {
    const void* owner;
    std::shared_ptr<io::File> file;
  };
  using Order = std::list<Used>;  // by their last use, latest first

  std::shared_ptr<io::File> find(const void* owner);

  io::Files* const files_;
  const size_t most_;
  std::mutex mutex_;  // all below; never held over the disk
  Order order_;
  std::map<const void*, Order::iterator> by_owner_;
};

}  // namespace millrace::topic
