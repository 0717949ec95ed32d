#include "server/data_directory.h"

#include "base/error.h"
#include "io/files.h"

namespace millrace::server {

static std::string lock_path(const std::string& directory) { return io::join(directory, "lock"); }

static std::string advice_for(ErrorCode code) {
  return code == ErrorCode::disk_full
             ? ": make space on this disk, or choose a directory on another with --data DIR"
             : ": it must be a directory that this user may write to; choose one with --data DIR";
}

static Result<io::DirectoryLock> try_lock(io::Files& files, const std::string& path,
                                          const std::string& purpose) {
  try {
    files.make_directories(path);
  } catch (const Error& error) {
    // To end up in the one place that says what to do about it.
    return error;
  }
  return io::DirectoryLock::take(lock_path(path), purpose);
}

static io::DirectoryLock locked(io::Files& files, const std::string& path,
                                const std::string& purpose) {
  Result<io::DirectoryLock> lock = try_lock(files, path, purpose);
  if (lock.ok()) {
    return std::move(*lock);
  }
  const Error& error = lock.error();
  if (error.code() == ErrorCode::unavailable) {
    throw Error(ErrorCode::unavailable, "data directory '" + path + "' is in use by " +
                                            error.message() +
                                            ": stop it, or choose another with --data DIR");
  }
  throw Error(error.code(), error.message() + advice_for(error.code()));
}

DataDirectory::DataDirectory(io::Files& files, const std::string& path, const std::string& purpose)
    : files_(files), path_(path), lock_(locked(files, path, purpose)) {}

std::string DataDirectory::topics() const { return io::join(path_, "topics"); }
std::string DataDirectory::lake() const { return io::join(path_, "lake"); }
std::string DataDirectory::pipelines() const { return io::join(path_, "pipelines"); }

std::string DataDirectory::fault() const {
  const std::string probe = io::join(path_, "probe");
  try {
    files_.remove(probe);
    files_.open(probe, io::OpenMode::append)->append("?");
    files_.remove(probe);
  } catch (const Error& error) {  // which is the answer
    return error.message();
  }
  return "";
}

bool is_in_use(const std::string& data_directory) {
  return io::DirectoryLock::is_taken(lock_path(data_directory));
}

}  // namespace millrace::server
