#include "state/timed_table.h"

#include <doctest/doctest.h>

#include "base/error.h"
#include "state/table_store.h"

namespace millrace::state {

namespace {

// A slot that counts.
class Counting final : public SlotKind {
 public:
  std::string describe() const override { return "count"; }
  size_t size() const override { return sizeof(int64_t); }
  void init(char*) const override { ++alive; }
  void save(const char* slot, ByteWriter& out) const override { out.write(value(slot)); }
  void load(char* slot, ByteReader& in) const override { add(slot, in.read<int64_t>()); }
  void destroy(char*) const override { --alive; }

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

Column names(std::initializer_list<const char*> texts) {
  ColumnBuilder builder(Type::string());
  for (const char* text : texts) {
    if (text == nullptr) {
      builder.add_null();
    } else {
      builder.add_string(text);
    }
  }
  return builder.finish();
}

Column numbers(std::initializer_list<int32_t> values) {
  ColumnBuilder builder(Type::of(TypeKind::integer));
  for (const int32_t value : values) {
    builder.add(value);
  }
  return builder.finish();
}

void count(TimedTable& table, const std::vector<Column>& keys, std::vector<int64_t> ends) {
  KeyRows rows(&table.layout());
  rows.read(keys, Rows(keys[0].size()));
  std::vector<uint32_t> which(ends.size());
  for (uint32_t i = 0; i < which.size(); ++i) {
    which[i] = i;
  }
  std::vector<char*> slots(ends.size());
  table.upsert(rows, which, ends, slots.data());
  for (char* slot : slots) {
    Counting::add(slot, 1);
  }
}

const std::vector<Type> kKeys = {Type::string(), Type::of(TypeKind::integer)};

}  // namespace

TEST_CASE("groups are told apart by key, NULL included, and by end") {
  const auto kind = std::make_shared<Counting>();
  TimedTable table(kKeys, kind);
  const char* longer = "a name of more than twelve bytes";
  count(table,
        {names({"ann", nullptr, longer, "ann", nullptr, "", longer, "ann"}),
         numbers({1, 1, 1, 1, 1, 1, 1, 2})},
        {10, 10, 10, 10, 10, 10, 20, 10});
  CHECK(table.groups() == 6);
  CHECK(table.first_end() == 10);
  CHECK(!table.take_ending_by(9));

  auto first = table.take_ending_by(15);
  REQUIRE(first);
  CHECK(first->end == 10);
  REQUIRE(first->groups.size() == 5);
  const std::vector<Column> keys = first->groups.key_columns(0, 5);
  const View<StringRef> name(keys[0]);
  CHECK(name[0].view() == "ann");
  CHECK(name.is_null(1));
  CHECK(name[2].view() == longer);
  CHECK(name[3].view() == "");
  CHECK(!name.is_null(3));
  CHECK(View<int32_t>(keys[1])[4] == 2);
  CHECK(Counting::value(first->groups.slot(0)) == 2);
  CHECK(Counting::value(first->groups.slot(1)) == 2);
  CHECK(Counting::value(first->groups.slot(3)) == 1);
  first.reset();
  CHECK(kind->alive == 1);
  CHECK(table.first_end() == 20);
}

TEST_CASE("many groups survive growth and a checkpoint, in order") {
  const auto kind = std::make_shared<Counting>();
  TableStore before;
  TimedTable& table = before.timed_table("groups", kKeys, kind);
  for (int32_t i = 0; i < 1000; ++i) {
    const std::string name = "subscriber number " + std::to_string(i);
    count(table, {names({name.c_str(), name.c_str()}), numbers({i, i})}, {i % 3, -7});
  }
  TableStore after(before.snapshot());
  TimedTable& restored = after.timed_table("groups", kKeys, kind);
  CHECK(restored.groups() == 2000);
  const auto taken = restored.take_ending_by(INT64_MAX);
  REQUIRE(taken);
  CHECK(taken->end == -7);
  const std::vector<Column> keys = taken->groups.key_columns(0, 1000);
  for (int32_t i = 0; i < 1000; ++i) {
    REQUIRE(View<StringRef>(keys[0])[i].view() == "subscriber number " + std::to_string(i));
    REQUIRE(View<int32_t>(keys[1])[i] == i);
    REQUIRE(Counting::value(taken->groups.slot(i)) == 1);
  }
  // A restored key is found again, not made anew.
  count(restored, {names({"subscriber number 3"}), numbers({3})}, {0});
  CHECK(restored.groups() == 1000);
}

TEST_CASE("groups of another shape are refused") {
  const auto kind = std::make_shared<Counting>();
  TableStore before;
  before.timed_table("groups", kKeys, kind);
  TableStore after(before.snapshot());
  CHECK_THROWS_AS(after.timed_table("groups", {Type::string()}, kind), Error);
}

}  // namespace millrace::state
