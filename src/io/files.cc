#include "io/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/check.h"
#include "base/error.h"

namespace millrace::io {

namespace {

[[noreturn]] void fail(std::string_view attempt, const std::string& path, int error) {
  const auto code = [error] {
    switch (error) {
      case ENOENT: return ErrorCode::not_found;
      case EEXIST: return ErrorCode::already_exists;
      case ENOSPC:
      case EDQUOT: return ErrorCode::disk_full;
      default: return ErrorCode::io;
    }
  }();
  throw Error(code, "cannot " + std::string(attempt) + " '" + path + "': " + std::strerror(error));
}

// Closes its descriptor; every write ends up here.
class LocalFile final : public File {
 public:
  LocalFile(std::string path, int descriptor, uint64_t size)
      : path_(std::move(path)),
        descriptor_(descriptor),
        size_(size),
        is_pipe_(::lseek(descriptor, 0, SEEK_CUR) < 0) {}
  ~LocalFile() override { ::close(descriptor_); }
  LocalFile(const LocalFile&) = delete;
  LocalFile& operator=(const LocalFile&) = delete;

  void append(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t written =
          ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(size_));
      if (written < 0) {
        if (errno == EINTR) {
          continue;
        }
        fail("write to", path_, errno);
      }
      size_ += static_cast<uint64_t>(written);
      bytes.remove_prefix(static_cast<size_t>(written));
    }
  }
  size_t read(uint64_t offset, char* to, size_t size) const override {
    size_t done = 0;
    while (done < size) {
      const ssize_t got = is_pipe_ ? ::read(descriptor_, to + done, size - done)
                                   : ::pread(descriptor_, to + done, size - done,
                                             static_cast<off_t>(offset + done));
      if (got < 0) {
        if (errno == EINTR) {
          continue;
        }
        fail("read", path_, errno);
      }
      if (got == 0) {
        break;
      }
      done += static_cast<size_t>(got);
    }
    return done;
  }
  uint64_t size() const override { return size_; }
  void truncate(uint64_t size) override {
    if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) {
      fail("truncate", path_, errno);
    }
    size_ = size;
  }
  void sync() override {
    if (::fdatasync(descriptor_) != 0) {
      fail("sync", path_, errno);
    }
  }

 private:
  std::string path_;
  int descriptor_;
  uint64_t size_;
  bool is_pipe_;  // read from where it is, and not again
};

// A name beside `path` that no other writer uses: the process and a counter make it so.
std::string temporary_beside(const std::string& path) {
  static std::atomic<uint64_t> counter{0};
  return path + ".tmp-" + std::to_string(::getpid()) + "-" + std::to_string(counter++);
}

}  // namespace

namespace {

constexpr mode_t kForAll = 0644;  // to read
constexpr mode_t kForOwner = 0600;

std::unique_ptr<File> open_file(const std::string& path, int flags, mode_t permissions) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, permissions);
  if (descriptor < 0) {
    fail("open", path, errno);
  }
  struct stat status{};
  if (::fstat(descriptor, &status) != 0) {
    const int error = errno;
    ::close(descriptor);
    fail("examine", path, error);
  }
  return std::make_unique<LocalFile>(path, descriptor, static_cast<uint64_t>(status.st_size));
}

// A file beside `path`, gone with this object unless it was renamed: a full disk must not fill up
// further with what could not be written.
class Temporary {
 public:
  explicit Temporary(const std::string& path) : path_(temporary_beside(path)) {}
  ~Temporary() { ::unlink(path_.c_str()); }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;

  void write_synced(std::string_view bytes, mode_t permissions = kForAll) const {
    ::unlink(path_.c_str());  // what a process of the same number left has its own permissions
    const auto file = open_file(path_, O_RDWR | O_CREAT | O_EXCL, permissions);
    file->append(bytes);
    file->sync();
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace

std::unique_ptr<File> LocalFiles::open(const std::string& path, OpenMode mode) {
  return open_file(path, mode == OpenMode::read ? O_RDONLY : O_RDWR | O_CREAT, kForAll);
}

bool LocalFiles::put_if_absent(const std::string& path, std::string_view bytes) {
  const Temporary temporary(path);
  temporary.write_synced(bytes);
  // link() refuses an existing name, where rename() would replace it.
  const int error = ::link(temporary.path().c_str(), path.c_str()) == 0 ? 0 : errno;
  if (error == EEXIST) {
    return false;
  }
  if (error != 0) {
    fail("create", path, error);
  }
  sync_directory(parent_of(path));
  return true;
}

void LocalFiles::replace(const std::string& path, std::string_view bytes) {
  const Temporary temporary(path);
  temporary.write_synced(bytes);
  rename(temporary.path(), path);
  sync_directory(parent_of(path));
}

void LocalFiles::replace_secret(const std::string& path, std::string_view bytes) {
  const Temporary temporary(path);
  temporary.write_synced(bytes, kForOwner);
  rename(temporary.path(), path);
  sync_directory(parent_of(path));
}

void LocalFiles::rename(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) {
    fail("rename to '" + to + "' from", from, errno);
  }
}

void LocalFiles::remove(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    fail("remove", path, errno);
  }
}

void LocalFiles::remove_tree(const std::string& path) {
  std::error_code failure;
  std::filesystem::remove_all(path, failure);
  if (failure) {
    fail("remove", path, failure.value());
  }
}

bool LocalFiles::exists(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0;
}

bool LocalFiles::is_directory(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

void LocalFiles::make_directories(const std::string& path) {
  if (path == "." || path == "/" || is_directory(path)) {
    return;
  }
  make_directories(parent_of(path));
  if (::mkdir(path.c_str(), 0777) == 0) {
    sync_directory(parent_of(path));
  } else if (errno != EEXIST || !is_directory(path)) {  // somebody else may have been faster
    // A file of that name is in the way: "file exists" would not say so.
    fail("create directory", path, errno == EEXIST ? ENOTDIR : errno);
  }
}

void LocalFiles::sync_directory(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) {
    fail("open directory", path, errno);
  }
  const int error = ::fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  if (error != 0) {
    fail("sync directory", path, error);
  }
}

std::vector<std::string> LocalFiles::list(const std::string& path) {
  std::vector<std::string> names;
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(path, failure)) {
    names.push_back(entry.path().filename().string());
  }
  if (failure && failure.value() != ENOENT) {
    fail("list", path, failure.value());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string Files::read_all(const std::string& path) {
  const auto file = open(path, OpenMode::read);
  std::string bytes(file->size(), '\0');
  bytes.resize(file->read(0, bytes.data(), bytes.size()));
  // Behind the size that it had at first, which of a pipe is none.
  constexpr size_t kPart = size_t{64} * 1024;
  for (size_t end = bytes.size(), got = kPart; got == kPart; end += got) {
    bytes.resize(end + kPart);
    got = file->read(end, bytes.data() + end, kPart);
    bytes.resize(end + got);
  }
  return bytes;
}

std::string join(std::string_view directory, std::string_view name) {
  std::string path(directory);
  if (!path.empty() && path.back() != '/') {
    path += '/';
  }
  return path.append(name);
}

std::string parent_of(std::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) {
    return ".";
  }
  return std::string(path.substr(0, slash == 0 ? 1 : slash));
}

}  // namespace millrace::io
