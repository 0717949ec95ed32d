#include "io/directory_lock.h"

#include <doctest/doctest.h>

#include "io/files.h"
#include "io/terminal.h"

namespace millrace::io {

TEST_CASE("a directory has one holder at a time, who is named") {
  const std::string directory = make_temporary_directory("millrace-lock-");
  const std::string path = join(directory, "lock");
  CHECK(!DirectoryLock::is_taken(path));
  {
    const Result<DirectoryLock> first = DirectoryLock::take(path, "millrace server");
    REQUIRE(first.ok());
    CHECK(DirectoryLock::is_taken(path));
    const Result<DirectoryLock> second = DirectoryLock::take(path, "millrace run");
    REQUIRE(!second.ok());
    CHECK(second.error().message().find("millrace server, process ") == 0);
  }
  CHECK(!DirectoryLock::is_taken(path));
  CHECK(DirectoryLock::take(path, "millrace run").ok());
  CHECK(!DirectoryLock::take(join(directory, "none/lock"), "millrace run").ok());
  LocalFiles().remove_tree(directory);
}

}  // namespace millrace::io
