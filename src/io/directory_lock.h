#pragma once

// One process at a time works on a data directory. The lock is the kernel's, so it ends with the
// process however that ends; the file only tells who holds it.

#include <string>

#include "base/result.h"

namespace millrace::io {

class DirectoryLock {
 public:
  // Takes the file `path`, made where missing. `purpose` is told to whoever comes later.
  // unavailable, naming the holder, where it is taken; what the disk said where it cannot be made.
  static Result<DirectoryLock> take(const std::string& path, const std::string& purpose);
  // Whether a process holds it now.
  static bool is_taken(const std::string& path);

  ~DirectoryLock();
  DirectoryLock(DirectoryLock&& other) noexcept;
  DirectoryLock& operator=(DirectoryLock&&) = delete;

 private:
  explicit DirectoryLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace millrace::io
