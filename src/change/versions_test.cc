#include "change/versions.h"

#include <doctest/doctest.h>

#include "base/error.h"
#include "exec/testing/world.h"
#include "io/files.h"

namespace millrace::change {

TEST_CASE("versions are written, followed, and what belongs to none is removed") {
  exec::testing::TestWorld world;
  const io::World all = world.get();
  VersionFile file(all, "p");
  CHECK_FALSE(file.read());
  const Versions first{{1, ".", "a.sql", "one"}, std::nullopt};
  file.write(first);
  all.files->replace("p/checkpoint-1", "state of one");
  CHECK(file.read() == first);

  const Versions second = file.followed_by(first, "b.sql", "two");
  CHECK(second.current == Version{2, "version-2", "b.sql", "two"});
  CHECK(second.previous == first.current);
  CHECK(signature_of("p", first.current) == "p");
  CHECK(signature_of("p", second.current) == "p@2");
  file.begin(second.current, nullptr);
  all.files->replace("p/version-2/checkpoint-7", "state of two");
  file.write(second);
  file.remove_others(second);
  CHECK(all.files->exists("p/checkpoint-1"));

  // Back: as the first left it, in a place of its own.
  const Versions third = file.followed_by(second, "a.sql", "one");
  file.begin(third.current, &*second.previous);
  CHECK(all.files->read_all("p/version-3/checkpoint-1") == "state of one");
  CHECK_FALSE(all.files->exists("p/version-3/versions.json"));
  file.write(third);
  file.remove_others(third);
  CHECK_FALSE(all.files->exists("p/checkpoint-1"));
  CHECK(all.files->exists("p/version-2/checkpoint-7"));
  CHECK(file.read() == third);
}

TEST_CASE("a version goes on with the state of the one before, and with its signature") {
  exec::testing::TestWorld world;
  VersionFile file(world.get(), "p");
  const Versions second = file.followed_by({{1, ".", "a.sql", "one"}, {}}, "a.sql", "two");
  const Versions third = file.continued_by(second, "a.sql", "two, with another option");
  CHECK(third.current == Version{3, "version-2", "a.sql", "two, with another option"});
  CHECK(third.previous == second.current);
  CHECK(signature_of("p", third.current) == "p@2");
  CHECK(signature_of("p", file.continued_by({{1, ".", "", ""}, {}}, "", "").current) == "p");
  world.get().files->make_directories("p/version-2");
  world.get().files->make_directories("p/version-1");
  file.write(third);
  file.remove_others(third);
  CHECK(world.get().files->exists("p/version-2"));
  CHECK_FALSE(world.get().files->exists("p/version-1"));
}

TEST_CASE("a file of versions of the former format is read") {
  exec::testing::TestWorld world;
  world.get().files->make_directories("p");
  world.get().files->replace("p/versions.json", R"({
    "format": 1,
    "current": {"version": 2, "directory": "version-2", "file": "a.sql", "sql": "two"},
    "previous": {"version": 1, "directory": ".", "file": "a.sql", "sql": "one"}
  })");
  const VersionFile file(world.get(), "p");
  CHECK(file.read() == Versions{{2, "version-2", "a.sql", "two"}, Version{1, ".", "a.sql", "one"}});
  world.get().files->replace("p/versions.json", R"({"format": 3})");
  CHECK_THROWS_WITH_AS(file.read(), "cannot read p/versions.json: expected format 1 or 2, found 3",
                       Error);
}

}  // namespace millrace::change
