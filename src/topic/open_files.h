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

  // To read. Whoever has it may use it for as long as he likes. Throws what the disk throws.
  std::shared_ptr<io::File> opened(const std::string& path);
  // What has this name is gone, or will be another file.
  void forget(const std::string& path);

 private:
  struct Used {
    std::string path;
    std::shared_ptr<io::File> file;
  };
  using Order = std::list<Used>;  // by their last use, latest first

  std::shared_ptr<io::File> find(const std::string& path);

  io::Files* const files_;
  const size_t most_;
  std::mutex mutex_;  // all below; never held over the disk
  Order order_;
  std::map<std::string, Order::iterator> by_path_;
};

}  // namespace millrace::topic
