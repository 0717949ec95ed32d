#include "io/simulated_files.h"

#include <doctest/doctest.h>

#include "base/error.h"

namespace millrace::io {

TEST_CASE("a killed process leaves what it wrote, a crashed machine what it synced") {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    SimulatedFiles disk(seed);
    disk.make_directories("data");
    {
      const auto file = disk.open("data/log", OpenMode::append);
      disk.sync_directory("data");
      file->append("durable ");
      file->sync();
      file->append("perhaps");
    }
    disk.kill();
    CHECK(disk.read_all("data/log") == "durable perhaps");
    disk.crash();
    const std::string left = disk.read_all("data/log");
    CHECK(std::string("durable perhaps").starts_with(left));
    CHECK(left.size() >= 8);
  }
}

TEST_CASE("a name that was not synced may be lost, in order") {
  bool lost = false;
  bool kept = false;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    SimulatedFiles disk(seed);
    disk.make_directories("d");
    disk.open("d/first", OpenMode::append);
    disk.open("d/second", OpenMode::append);
    disk.crash();
    CHECK((disk.exists("d/first") || !disk.exists("d/second")));
    (disk.exists("d/first") ? kept : lost) = true;
  }
  CHECK(lost);
  CHECK(kept);
}

TEST_CASE("replace is all or nothing at every step") {
  SimulatedFiles calm(1);
  calm.make_directories("d");
  calm.replace("d/f", "old");
  const uint64_t before = calm.steps();
  calm.replace("d/f", "new");
  const uint64_t after = calm.steps();
  REQUIRE(after > before);
  for (uint64_t step = before; step <= after; ++step) {
    SimulatedFiles disk(step);
    disk.make_directories("d");
    disk.replace("d/f", "old");
    disk.crash_at(step);
    bool crashed = false;
    try {
      disk.replace("d/f", "new");
    } catch (const SimulatedCrash&) {
      crashed = true;
    }
    CHECK(crashed == (step < after));
    disk.crash();
    const std::string left = disk.read_all("d/f");
    CHECK((left == "old" || left == "new"));
    CHECK((crashed || left == "new"));
  }
}

TEST_CASE("a full disk refuses and keeps what fitted") {
  SimulatedFiles disk(1);
  disk.make_directories("d");
  const auto file = disk.open("d/f", OpenMode::append);
  disk.set_capacity(4);
  CHECK_THROWS_AS(file->append("12345678"), Error);
  CHECK(file->size() == 4);
  file->truncate(0);
  file->append("123");
  CHECK(disk.read_all("d/f") == "123");
}

TEST_CASE("a directory moves with all that is in it, or a crash leaves it where it was") {
  bool moved_by_chance = false;
  bool stayed_by_chance = false;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    for (const bool synced : {false, true}) {
      SimulatedFiles files(seed);
      files.make_directories("a/b");
      files.replace("a/b/file", "bytes");
      files.rename("a/b", "a/c");
      CHECK(files.read_all("a/c/file") == "bytes");
      CHECK_FALSE(files.exists("a/b/file"));
      if (synced) {
        files.sync_directory("a");
      }
      files.crash();
      const bool moved = files.exists("a/c/file");
      CHECK(moved != files.exists("a/b/file"));
      CHECK((moved || !synced));
      moved_by_chance |= !synced && moved;
      stayed_by_chance |= !moved;
    }
  }
  CHECK(moved_by_chance);
  CHECK(stayed_by_chance);
}

}  // namespace millrace::io
