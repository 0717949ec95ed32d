#include "io/directory_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace millrace::io {

static std::string holder_named_in(int descriptor) {
  char text[200];
  const ssize_t size = ::pread(descriptor, text, sizeof(text), 0);
  return size <= 0 ? "another process" : std::string(text, static_cast<size_t>(size));
}

Result<DirectoryLock> DirectoryLock::take(const std::string& path, const std::string& purpose) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    const auto code = errno == ENOSPC ? ErrorCode::disk_full : ErrorCode::io;
    return Error(code, "cannot create '" + path + "': " + std::strerror(errno));
  }
  DirectoryLock lock(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    return Error(ErrorCode::unavailable, holder_named_in(descriptor));
  }
  const std::string holder = purpose + ", process " + std::to_string(::getpid());
  const bool written =
      ::ftruncate(descriptor, 0) == 0 &&
      ::pwrite(descriptor, holder.data(), holder.size(), 0) == static_cast<ssize_t>(holder.size());
  if (!written) {
    const auto code = errno == ENOSPC ? ErrorCode::disk_full : ErrorCode::io;
    return Error(code, "cannot write '" + path + "': " + std::strerror(errno));
  }
  return lock;
}

bool DirectoryLock::is_taken(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return false;
  }
  const bool taken = ::flock(descriptor, LOCK_SH | LOCK_NB) != 0;
  ::close(descriptor);
  return taken;
}

DirectoryLock::DirectoryLock(DirectoryLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

DirectoryLock::~DirectoryLock() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

}  // namespace millrace::io
