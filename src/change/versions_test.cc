#include "change/versions.h"

#include <doctest/doctest.h>

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

}  // namespace millrace::change
