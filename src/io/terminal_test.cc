#include "io/terminal.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <string>
#include <thread>

namespace millrace::io {

namespace {

// A pipe in the place of the stream; the least that the system has, so that a line fills it.
class Piped {
 public:
  explicit Piped(Stream stream) : stream_(static_cast<int>(stream)), saved_(::dup(stream_)) {
    int ends[2] = {};
    REQUIRE(::pipe(ends) == 0);
    reader_ = ends[0];
    capacity_ = ::fcntl(reader_, F_SETPIPE_SZ, 1);
    ::dup2(ends[1], stream_);
    ::close(ends[1]);
  }
  ~Piped() {
    ::dup2(saved_, stream_);
    ::close(saved_);
    ::close(reader_);
  }
  Piped(const Piped&) = delete;
  Piped& operator=(const Piped&) = delete;

  size_t capacity() const { return static_cast<size_t>(capacity_); }
  void wait_until_full() const {
    for (int waiting = 0; waiting < capacity_;) {
      ::ioctl(reader_, FIONREAD, &waiting);
      std::this_thread::yield();
    }
  }
  std::string read(size_t size) const {
    std::string bytes(size, ' ');
    for (size_t got = 0; got < size;) {
      const ssize_t more = ::read(reader_, bytes.data() + got, size - got);
      REQUIRE(more > 0);
      got += static_cast<size_t>(more);
    }
    return bytes;
  }

 private:
  int stream_;
  int saved_;
  int reader_ = -1;
  int capacity_ = 0;
};

}  // namespace

TEST_CASE("a long line is not torn by another thread's") {
  const Piped piped(Stream::err);
  const std::string first(8 * piped.capacity(), 'a');
  const std::string second(8 * piped.capacity(), 'b');
  std::thread one([&] { write_to(Stream::err, first); });
  piped.wait_until_full();
  std::thread other([&] { write_to(Stream::err, second); });
  std::string read = piped.read(piped.capacity() / 2);
  while (read.size() < first.size() + second.size()) {
    std::this_thread::yield();
    read += piped.read(piped.capacity() / 2);
  }
  one.join();
  other.join();
  CHECK((read == first + second));
}

}  // namespace millrace::io
