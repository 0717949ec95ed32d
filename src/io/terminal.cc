#include "io/terminal.h"

#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include "base/error.h"

namespace millrace::io {

// Who writes to the stream: the system keeps no more than PIPE_BUF bytes together.
static std::mutex& turn_at(Stream stream) {
  static std::mutex out;
  static std::mutex err;
  return stream == Stream::out ? out : err;
}

void write_to(Stream stream, std::string_view bytes) {
  const std::lock_guard lock(turn_at(stream));
  while (!bytes.empty()) {
    const ssize_t written = ::write(static_cast<int>(stream), bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) {
      return;
    }
    bytes.remove_prefix(written < 0 ? 0 : static_cast<size_t>(written));
  }
}

bool is_terminal(Stream stream) { return ::isatty(static_cast<int>(stream)) == 1; }

std::string read_standard_input() {
  std::string text;
  char part[64 * 1024];
  while (true) {
    const ssize_t got = ::read(STDIN_FILENO, part, sizeof(part));
    if (got == 0) {
      return text;
    }
    if (got < 0 && errno != EINTR) {
      throw Error(ErrorCode::io,
                  std::string("cannot read standard input: ") + std::strerror(errno));
    }
    text.append(part, got < 0 ? 0 : static_cast<size_t>(got));
  }
}

std::optional<std::string> environment_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

uint64_t system_seed() {
  uint64_t seed = 0;
  while (::getrandom(&seed, sizeof(seed), 0) != sizeof(seed)) {
  }
  return seed;
}

std::string make_temporary_directory(const std::string& prefix) {
  std::string path = environment_variable("TMPDIR").value_or("/tmp") + "/" + prefix + "XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) {
    throw Error(ErrorCode::io, "cannot create directory '" + path + "': " + std::strerror(errno));
  }
  return path;
}

uint64_t raise_open_file_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
    return 0;
  }
  limit.rlim_cur = limit.rlim_max;
  // Where it is refused, the lower one holds, and running into it is reported there.
  ::setrlimit(RLIMIT_NOFILE, &limit);
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

}  // namespace millrace::io
