#include "io/files.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "base/error.h"
#include "io/terminal.h"

namespace millrace::io {

TEST_CASE("a pipe is read to its end, though it has no size") {
  LocalFiles files;
  const std::string directory = make_temporary_directory("millrace-files-");
  const std::string path = join(directory, "pipe");
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const std::string text(100'000, 'x');
  std::thread writer([&] { std::ofstream(path) << text; });
  CHECK(files.read_all(path) == text);
  writer.join();
  files.remove_tree(directory);
}

TEST_CASE("what could not be put in place leaves nothing beside it") {
  LocalFiles files;
  const std::string directory = make_temporary_directory("millrace-files-");
  const std::string path = join(directory, "name");
  files.make_directories(path);  // a directory is in the way of every file
  CHECK_THROWS_AS(files.replace(path, "bytes"), Error);
  CHECK_FALSE(files.put_if_absent(path, "bytes"));
  CHECK(files.list(directory) == std::vector<std::string>{"name"});

  files.remove_tree(path);
  CHECK(files.put_if_absent(path, "first"));
  files.replace(path, "second");
  CHECK(files.read_all(path) == "second");
  CHECK(files.list(directory) == std::vector<std::string>{"name"});
  files.remove_tree(directory);
}

TEST_CASE("secrets are for their owner's eyes, others for all, whatever was there before") {
  LocalFiles files;
  const std::string directory = make_temporary_directory("millrace-files-");
  const std::string path = join(directory, "name");
  const auto permissions = [&path] {
    struct stat status{};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 0777;
  };
  const mode_t before = ::umask(022);
  for (int round = 0; round < 2; ++round) {
    files.replace(path, "to be read");
    CHECK(permissions() == 0644);
    files.replace_secret(path, "to be kept");
    CHECK(permissions() == 0600);
    CHECK(files.read_all(path) == "to be kept");
  }
  ::umask(before);
  CHECK(files.list(directory) == std::vector<std::string>{"name"});
  files.remove_tree(directory);
}

}  // namespace millrace::io
