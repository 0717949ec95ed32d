// Windows whose groups leave memory again and again, against the same ones that stay.

#include <doctest/doctest.h>

#include <map>
#include <random>

#include "base/error.h"
#include "io/simulated_files.h"
#include "state/table_store.h"

namespace millrace::state {

namespace {

constexpr const char* kDirectory = "spilled";

// A slot that counts.
class Counting final : public SlotKind {
 public:
  std::string describe() const override { return "count"; }
  size_t size() const override { return sizeof(int64_t); }
  void init(char*) const override { ++alive; }
  void save(const char* slot, ByteWriter& out) const override { out.write(value(slot)); }
  void load(char* slot, ByteReader& in) const override { add(slot, in.read<int64_t>()); }
  void destroy(char*) const override { --alive; }
  bool merges() const override { return true; }
  void merge(char* into, const char* from) const override { add(into, value(from)); }

  static int64_t value(const char* slot) {
    int64_t count;
    std::memcpy(&count, slot, sizeof(count));
    return count;
  }
  static void add(char* slot, int64_t n) {
    const int64_t count = value(slot) + n;
    std::memcpy(slot, &count, sizeof(count));
  }
  mutable int alive = 0;
};

std::string name_of(uint32_t number) {
  return (number % 3 == 0 ? "a name that does not fit " : "") + std::to_string(number);
}

void count(TimedTable& table, uint32_t number, int64_t end) {
  ColumnBuilder builder(Type::string());
  builder.add_string(name_of(number));
  const std::vector<Column> columns = {builder.finish()};
  KeyRows keys(&table.layout());
  keys.read(columns, Rows(1));
  const uint32_t which = 0;
  char* slot = nullptr;
  table.upsert(keys, std::span(&which, 1), std::span(&end, 1), &slot);
  Counting::add(slot, 1);
}

using Counted = std::vector<std::pair<std::string, int64_t>>;

void append(const Bucket& groups, Counted& to) {
  const std::vector<Column> keys = groups.key_columns(0, groups.size());
  const View<StringRef> names(keys[0]);
  for (uint32_t i = 0; i < groups.size(); ++i) {
    to.emplace_back(std::string(names[i].view()), Counting::value(groups.slot(i)));
  }
}

struct Disk {
  explicit Disk(size_t most_memory, uint64_t full_file = SpillSpace::kFullFile)
      : space(&files, kDirectory, most_memory, full_file) {
    files.make_directories(kDirectory);
  }
  io::SimulatedFiles files{1};
  SpillSpace space;
};

}  // namespace

TEST_CASE("a window whose groups have left memory counts as one that stayed, in its order") {
  const auto kind = std::make_shared<Counting>();
  {
    Disk disk(SIZE_MAX);
    TableStore store;
    store.spill_to(&disk.space);
    TimedTable& table = store.timed_table("groups", {Type::string()}, kind);
    TableStore beside;
    TimedTable& stayed = beside.timed_table("groups", {Type::string()}, kind);
    std::mt19937 random(7);
    for (int i = 0; i < 3000; ++i) {
      const auto number = static_cast<uint32_t>(random() % 500);
      const auto end = static_cast<int64_t>(random() % 2);
      count(table, number, end);
      count(stayed, number, end);
      if (i % 700 == 600) {
        store.spill(SIZE_MAX);
        CHECK(table.groups() == 0);
      }
    }
    CHECK(store.spilled() > 0);
    for (int64_t end = 0; end < 2; ++end) {
      const auto taken = table.take_ending_by(end);
      const auto expected = stayed.take_ending_by(end);
      REQUIRE(taken);
      REQUIRE(expected);
      Counted groups;
      Counted expected_groups;
      table.visit(*taken, [&](const Bucket& bucket) { append(bucket, groups); });
      append(expected->groups, expected_groups);
      CHECK(groups == expected_groups);
    }
    CHECK(disk.files.list(kDirectory).empty());
  }
  CHECK(kind->alive == 0);
}

TEST_CASE("groups for which there is no room come back in parts, each once") {
  Disk disk(16384);
  TableStore store;
  store.spill_to(&disk.space);
  TimedTable& table = store.timed_table("groups", {Type::string()}, std::make_shared<Counting>());
  for (uint32_t i = 0; i < 3000; ++i) {
    count(table, i % 1000, i % 2 == 0 ? 10 : 20);
    if (i % 500 == 0) {
      store.spill(SIZE_MAX);
    }
  }
  // Panes: what left memory, and what is there, some keys at a time.
  std::map<std::string, int64_t> counted;
  size_t buckets = 0;
  const std::vector<Parts> parts = table.parts(0, 20);
  CHECK(parts.size() > 4);
  for (const Parts some : parts) {
    std::map<std::string, int64_t> of_part;
    table.visit(0, 20, some, [&](const Bucket& bucket) {
      ++buckets;
      for (size_t i = 0; i < bucket.size(); ++i) {
        if (some.hold(table.layout().hash(bucket.key(i)))) {
          Counted one;
          append(bucket, one);
          of_part[one[i].first] += one[i].second;
        }
      }
    });
    for (const auto& [name, n] : of_part) {
      CHECK(counted.emplace(name, n).second);
    }
  }
  CHECK(buckets == 4 * parts.size());
  CHECK(counted.size() == 1000);
  // One after the other.
  std::map<std::string, int64_t> fired;
  while (const auto taken = table.take_ending_by(20)) {
    size_t shown = 0;
    std::map<std::string, int64_t> of_window;
    table.visit(*taken, [&](const Bucket& bucket) {
      ++shown;
      Counted some;
      append(bucket, some);
      for (const auto& [name, n] : some) {
        CHECK(of_window.emplace(name, n).second);
        fired[name] += n;
      }
    });
    CHECK(shown > 2);
  }
  CHECK(fired == counted);
}

TEST_CASE("thousands of windows share a few files, and what they take in memory is counted") {
  constexpr int64_t kWindows = 3000;
  Disk disk(16 << 20, 32 << 10);
  TableStore store;
  store.spill_to(&disk.space);
  TimedTable& table = store.timed_table("groups", {Type::string()}, std::make_shared<Counting>());
  const size_t empty = table.memory();
  for (uint32_t turn = 0; turn < 3; ++turn) {
    for (int64_t end = 1; end <= kWindows; ++end) {
      count(table, turn, end);
      count(table, 7, end);
    }
    const size_t before = table.memory();
    store.spill(SIZE_MAX);
    CHECK(table.groups() == 0);
    CHECK(table.memory() < before);
    CHECK(table.memory() > empty + (turn + 1) * kWindows * sizeof(SpilledGroups::Saved));
  }
  const uint64_t spilled = store.spilled();
  CHECK(spilled > 3 * kWindows);
  CHECK(disk.files.list(kDirectory).size() <= spilled / (32 << 10) + 1);
  for (int64_t end = 1; end <= kWindows; ++end) {
    const auto taken = table.take_ending_by(end);
    REQUIRE(taken);
    Counted groups;
    table.visit(*taken, [&](const Bucket& bucket) { append(bucket, groups); });
    CHECK(groups == Counted{{name_of(0), 1}, {name_of(7), 3}, {name_of(1), 1}, {name_of(2), 1}});
  }
  CHECK(disk.files.list(kDirectory).empty());
}

TEST_CASE("what is in memory alone is written whole, and so is what has left it") {
  const auto kind = std::make_shared<Counting>();
  Disk disk(SIZE_MAX);
  TableStore before;
  before.spill_to(&disk.space);
  TimedTable& table = before.timed_table("groups", {Type::string()}, kind);
  for (uint32_t i = 0; i < 300; ++i) {
    count(table, i % 100, 10);
    if (i == 50 || i == 120) {
      before.spill(SIZE_MAX);
    }
  }
  TableStore after(before.snapshot());
  after.spill_to(&disk.space);
  TimedTable& restored = after.timed_table("groups", {Type::string()}, kind);
  CHECK(restored.groups() == table.groups());
  const auto taken = restored.take_ending_by(10);
  REQUIRE(taken);
  Counted groups;
  restored.visit(*taken, [&](const Bucket& bucket) { append(bucket, groups); });
  REQUIRE(groups.size() == 100);
  for (uint32_t i = 0; i < 100; ++i) {
    CHECK(groups[i] == std::pair(name_of(i), int64_t{3}));
  }
}

TEST_CASE("a full disk says for what there was no room, and damage is found") {
  Disk disk(SIZE_MAX);
  TableStore store;
  store.spill_to(&disk.space);
  TimedTable& table = store.timed_table("groups", {Type::string()}, std::make_shared<Counting>());
  count(table, 1, 10);
  store.spill(SIZE_MAX);
  REQUIRE(disk.files.list(kDirectory).size() == 1);
  const std::string path = io::join(kDirectory, disk.files.list(kDirectory)[0]);
  disk.files.open(path, io::OpenMode::append)->truncate(3);
  const auto taken = table.take_ending_by(10);
  CHECK_THROWS_WITH_AS(table.visit(*taken, [](const Bucket&) {}),
                       doctest::Contains("it is not what was written"), Error);
  count(table, 1, 20);
  disk.files.set_capacity(1);
  CHECK_THROWS_WITH_AS(store.spill(SIZE_MAX),
                       doctest::Contains("cannot write state that has no room in memory"), Error);
}

TEST_CASE("what an earlier life left on disk is removed") {
  io::SimulatedFiles files(1);
  files.make_directories(kDirectory);
  files.replace(io::join(kDirectory, "spill-3"), "left");
  files.replace(io::join(kDirectory, "state-3"), "stays");
  const SpillSpace space(&files, kDirectory, SIZE_MAX);
  CHECK(files.list(kDirectory) == std::vector<std::string>{"state-3"});
}

}  // namespace millrace::state
