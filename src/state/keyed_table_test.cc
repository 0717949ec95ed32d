#include "state/keyed_table.h"

#include <doctest/doctest.h>

#include <map>

#include "column/builder.h"
#include "io/simulated_files.h"
#include "state/table_store.h"

namespace millrace::state {

namespace {

// A slot that holds a number.
class Number final : public SlotKind {
 public:
  std::string describe() const override { return "number"; }
  size_t size() const override { return sizeof(int64_t); }
  void init(char*) const override { ++alive; }
  void save(const char* slot, ByteWriter& out) const override { out.write(at(slot)); }
  void load(char* slot, ByteReader& in) const override { set(slot, in.read<int64_t>()); }
  void destroy(char*) const override { --alive; }

  static int64_t at(const char* slot) {
    int64_t number;
    std::memcpy(&number, slot, sizeof(number));
    return number;
  }
  static void set(char* slot, int64_t number) { std::memcpy(slot, &number, sizeof(number)); }
  mutable int alive = 0;
};

// Every third name is too long to lie in a key row.
std::string name_of(uint32_t number) {
  return (number % 3 == 0 ? "a name that is longer than twelve bytes: " : "") +
         std::to_string(number);
}

// The key row of one name.
class Key {
 public:
  Key(const KeyedTable& table, uint32_t number) : rows_(&table.layout()) {
    ColumnBuilder builder(Type::string());
    builder.add_string(name_of(number));
    column_ = builder.finish();
    rows_.read({&column_, 1}, Rows(1));
  }
  const char* row() const { return rows_.row(0); }
  uint64_t hash() const { return rows_.hash(0); }

 private:
  Column column_;
  KeyRows rows_;
};

void check_same(KeyedTable& table, const std::map<uint32_t, int64_t>& model) {
  REQUIRE(table.size() == model.size());
  for (const auto& [number, value] : model) {
    const Key key(table, number);
    char* slot = table.find(key.row(), key.hash()).cell;
    REQUIRE(slot != nullptr);
    REQUIRE(Number::at(slot) == value);
  }
}

// Random changes of both; now and then slots leave memory where there is a space for them.
void change(TableStore& store, KeyedTable& table, std::map<uint32_t, int64_t>& model,
            const SpillSpace* space) {
  uint32_t chance = 1;
  for (int step = 0; step < 5'000; ++step) {
    chance = chance * 1664525 + 1013904223;
    const uint32_t number = (chance >> 16) % 300;
    const Key key(table, number);
    if ((chance >> 28) % 2 == 0 || !model.contains(number)) {
      const auto found = table.upsert(key.row(), key.hash());
      REQUIRE(found.is_new == !model.contains(number));
      Number::set(found.cell, step);
      model[number] = step;
    } else {
      char* slot = table.find(key.row(), key.hash()).cell;
      table.detach(key.row(), key.hash());
      REQUIRE(table.find(key.row(), key.hash()).cell == nullptr);
      REQUIRE(Number::at(slot) == model[number]);
      table.destroy(slot);
      model.erase(number);
    }
    if (space != nullptr && step % 50 == 0) {
      store.spill(step % 100 == 0 ? SIZE_MAX : 1);
    }
  }
}

// The bytes that it writes, in which slots are in no order that means anything.
size_t written(const KeyedTable& table) {
  ByteWriter out;
  table.save(out);
  return out.size();
}

}  // namespace

TEST_CASE("a keyed table does as a map does, and comes back from a snapshot") {
  const auto kind = std::make_shared<Number>();
  io::SimulatedFiles files{1};
  files.make_directories("spilled");
  SpillSpace space(&files, "spilled", SIZE_MAX);
  for (SpillSpace* spills : {static_cast<SpillSpace*>(nullptr), &space}) {
    TableStore before;
    before.spill_to(spills);
    KeyedTable& table =
        before.keyed_table("groups", {Type::string()}, kind, KeyedTable::Numbers::kept);
    std::map<uint32_t, int64_t> model;
    change(before, table, model, spills);
    const std::string snapshot = before.snapshot();
    check_same(table, model);
    CHECK(kind->alive == static_cast<int>(model.size()));
    CHECK(written(table) > model.size() * sizeof(int64_t));

    TableStore after(snapshot);
    check_same(after.keyed_table("groups", {Type::string()}, kind, KeyedTable::Numbers::kept),
               model);
  }
  CHECK(kind->alive == 0);
}

TEST_CASE("slots that left memory go by their numbers, too") {
  const auto kind = std::make_shared<Number>();
  io::SimulatedFiles files{1};
  files.make_directories("spilled");
  SpillSpace space(&files, "spilled", SIZE_MAX);
  TableStore store;
  store.spill_to(&space);
  KeyedTable& table =
      store.keyed_table("groups", {Type::string()}, kind, KeyedTable::Numbers::kept);
  for (uint32_t number = 0; number < 300; ++number) {
    const Key key(table, number);
    char* slot = table.upsert(key.row(), key.hash()).cell;
    REQUIRE(table.number_of(slot) == number);
    Number::set(slot, number);
  }
  const size_t whole = table.memory();
  store.spill(SIZE_MAX);
  CHECK(table.memory() < whole / 2);
  CHECK(table.spilled() > 0);
  for (uint32_t number = 0; number < 300; number += 2) {
    table.remove(number);
  }
  CHECK(table.size() == 150);
  const Key odd(table, 151);
  CHECK(table.number_of(table.find(odd.row(), odd.hash()).cell) == 151);
  const Key even(table, 150);
  CHECK(table.find(even.row(), even.hash()).cell == nullptr);
  CHECK(table.number_of(table.upsert(even.row(), even.hash()).cell) % 2 == 0);
}

TEST_CASE("all keys go one after the other, wherever their slots are") {
  const auto kind = std::make_shared<Number>();
  io::SimulatedFiles files{1};
  files.make_directories("spilled");
  SpillSpace space(&files, "spilled", SIZE_MAX);
  constexpr uint32_t kKeys = 3000;
  enum class Leaves : uint8_t { never, before, between };
  for (const Leaves leaves : {Leaves::never, Leaves::before, Leaves::between}) {
    TableStore store;
    store.spill_to(&space);
    KeyedTable& table = store.keyed_table("groups", {Type::string()}, kind);
    for (uint32_t number = 0; number < kKeys; ++number) {
      const Key key(table, number);
      Number::set(table.upsert(key.row(), key.hash()).cell, number);
    }
    if (leaves == Leaves::before) {
      store.spill(SIZE_MAX);
    }
    std::vector<bool> seen(kKeys);
    for (uint32_t count = 0; count < kKeys; ++count) {
      char* slot = table.detach_next();
      REQUIRE(slot != nullptr);
      const auto number = static_cast<uint32_t>(Number::at(slot));
      REQUIRE(!seen[number]);
      REQUIRE((leaves != Leaves::never || number == count));
      seen[number] = true;
      const Column name = table.key_columns(std::span(&slot, 1))[0];
      REQUIRE(View<StringRef>(name)[0].view() == name_of(number));
      table.destroy(slot);
      if (leaves == Leaves::between && count % 700 == 0) {
        store.spill(count == 0 ? SIZE_MAX : 1);
      }
    }
    CHECK(table.detach_next() == nullptr);
    CHECK(table.size() == 0);
  }
  CHECK(kind->alive == 0);
}

TEST_CASE("a slot that is asked for by its number is not lost to a sweep that is past its part") {
  const auto kind = std::make_shared<Number>();
  io::SimulatedFiles files{1};
  files.make_directories("spilled");
  SpillSpace space(&files, "spilled", SIZE_MAX);
  TableStore store;
  store.spill_to(&space);
  KeyedTable& table =
      store.keyed_table("groups", {Type::string()}, kind, KeyedTable::Numbers::kept);
  constexpr uint32_t kKeys = 300;
  for (uint32_t number = 0; number < kKeys; ++number) {
    const Key key(table, number);
    Number::set(table.upsert(key.row(), key.hash()).cell, number);
  }
  store.spill(SIZE_MAX);
  table.begin_tracking();
  ByteWriter saved;
  REQUIRE(table.sweep(1, saved) == GrowingTable::Around::no);
  for (uint32_t number = 0; number < kKeys; ++number) {
    REQUIRE(Number::at(table.slot(number)) == number);
  }
  REQUIRE(table.sweep(1 << 20, saved) == GrowingTable::Around::yes);
  Entries changes([&](std::string_view bytes) { saved.write_bytes(bytes); });
  table.save_changes(changes);
  changes.hand_over();

  KeyedTable after({Type::string()}, kind, KeyedTable::Numbers::kept);
  ByteReader in(saved.bytes());
  after.begin_loading(saved.size());
  after.load_entries(in);
  after.loaded();
  CHECK(after.size() == kKeys);
}

}  // namespace millrace::state
