#include "io/files.h"

#include <doctest/doctest.h>

#include "base/error.h"
#include "io/terminal.h"

namespace millrace::io {

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

}  // namespace millrace::io
