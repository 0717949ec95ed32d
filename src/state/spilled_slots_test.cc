#include "state/spilled_slots.h"

#include <doctest/doctest.h>

#include <map>

#include "base/hash.h"
#include "io/simulated_files.h"

namespace millrace::state {

namespace {

// A key row of one BIGINT.
struct Key {
  explicit Key(int64_t value) : words{0, value} {}
  const char* row() const { return reinterpret_cast<const char*>(words); }
  int64_t words[2];
};

std::string entry_of(const KeyLayout& layout, const Key& key, const std::string& behind) {
  ByteWriter out;
  layout.save(key.row(), out);
  out.write_bytes(behind);
  return out.take();
}

}  // namespace

TEST_CASE("spilled slots are taken as they were added, also once their file was written anew") {
  const KeyLayout layout({Type::of(TypeKind::bigint)});
  io::SimulatedFiles files{1};
  files.make_directories("spilled");
  SpillSpace space(&files, "spilled", SIZE_MAX);
  SpilledSlots slots(&layout, &space);
  std::map<int64_t, std::string> model;
  uint64_t largest = 0;
  for (int64_t round = 0; round < 40; ++round) {
    for (int64_t i = 0; i < 300; ++i) {
      const int64_t number = (round * 37 + i * 7) % 1000;
      const Key key(number);
      const uint64_t hash = layout.hash(key.row());
      const auto taken = slots.take(key.row(), hash);
      REQUIRE(taken.has_value() == model.contains(number));
      if (taken) {
        REQUIRE(taken->behind_key == model[number]);
        model.erase(number);
      }
      if (i % 5 != 0 && !model.contains(number)) {
        model[number] = std::to_string(round) + std::string(4'000, 'x');
        slots.add(hash, entry_of(layout, key, model[number]));
        slots.end_block();
      }
    }
    slots.drop_garbage();
    largest = std::max(largest, slots.bytes());
    REQUIRE(slots.size() == model.size());
  }
  CHECK(largest < 30'000'000);  // of 38 MB that were written
  for (const auto& [number, behind] : model) {
    const Key key(number);
    REQUIRE(slots.take(key.row(), layout.hash(key.row()))->behind_key == behind);
  }
  CHECK(slots.size() == 0);
}

}  // namespace millrace::state
