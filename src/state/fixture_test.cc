// State as a release wrote it must be read by those that follow: bytes of each kind of table, whole
// and in a layer, against the same tables made anew. Where a kind's version rises, its bytes stay
// here beside new ones for as long as the old version is read, and go with a refusal that says so.

#include <doctest/doctest.h>

#include "base/error.h"
#include "io/simulated_files.h"
#include "state/fixture_bytes.h"
#include "state/table_store.h"

namespace millrace::state {

namespace {

class Count final : public SlotKind {
 public:
  std::string describe() const override { return "COUNT()"; }
  size_t size() const override { return sizeof(int64_t); }
  void init(char*) const override {}
  void save(const char* slot, ByteWriter& out) const override {
    int64_t count;
    std::memcpy(&count, slot, sizeof(count));
    out.write(count);
  }
  void load(char* slot, ByteReader& in) const override {
    const auto count = in.read<int64_t>();
    std::memcpy(slot, &count, sizeof(count));
  }
  void destroy(char*) const override {}
};

const Type kNumber = Type::of(TypeKind::bigint);

// All kinds, by their names. Asking for them loads them.
struct AllTables {
  explicit AllTables(TableStore& store)
      : numbers(store.numbers("numbers")),
        timed(store.timed_table("timed", {Type::string()}, std::make_shared<Count>())),
        keyed(store.keyed_table("keyed", {Type::string()}, std::make_shared<Count>(),
                                KeyedTable::Numbers::kept)),
        sessions(store.session_table("sessions", {Type::string()}, std::make_shared<Count>())),
        rows(store.rows("rows", {kNumber, Type::string()})),
        joined(store.row_multimap("joined", {.types = {kNumber, Type::string()},
                                             .key = {1},
                                             .by = RowMultimapShape::Identity::row,
                                             .identity = {},
                                             .removes = true,
                                             .matches = true})),
        recency(store.recency("recency")),
        waiting(store.waiting_rows("waiting", {kNumber, Type::string()})),
        ranked(store.ranked_rows("ranked", {.types = {kNumber, Type::string()},
                                            .key = {1},
                                            .order = {{.column = 0, .descending = true}}})),
        runs(store.row_runs("runs",
                            {.types = {kNumber, Type::string()}, .key = {1}, .elements = 2})) {}

  Numbers& numbers;
  TimedTable& timed;
  KeyedTable& keyed;
  SessionTable& sessions;
  RowStore& rows;
  RowMultimap& joined;
  Recency& recency;
  WaitingRows& waiting;
  RankedRows& ranked;
  RowRuns& runs;
};

std::vector<Column> columns() {
  ColumnBuilder number(kNumber);
  ColumnBuilder text(Type::string());
  const char* const texts[] = {"ann", "a text that does not fit", nullptr, "ann"};
  for (int64_t i = 0; i < 4; ++i) {
    number.add(i - 1);
    texts[i] == nullptr ? text.add_null() : text.add_string(texts[i]);
  }
  return {number.finish(), text.finish()};
}

void set(char* slot, int64_t count) { std::memcpy(slot, &count, sizeof(count)); }

void fill(AllTables& tables) {
  const std::vector<Column> all = columns();
  tables.numbers.put("position", -17);
  KeyRows keys(&tables.timed.layout());
  const std::vector<Column> names = {all[1]};
  keys.read(names, Rows(4));
  for (uint32_t i = 0; i < 3; ++i) {
    const int64_t end = 1000 * (i % 2);
    char* slot = nullptr;
    tables.timed.upsert(keys, std::span(&i, 1), std::span(&end, 1), &slot);
    set(slot, i + 10);
    set(tables.keyed.upsert(keys.row(i), keys.hash(i)).cell, i + 20);
    const auto entered = tables.sessions.enter(keys, i, {i, i + 5}, Watermark::none());
    set(tables.sessions.slot(entered.session), i + 30);
    tables.recency.write(i, 1000 + i);
  }
  tables.keyed.remove(0);  // several would be written in an order that no one promises
  tables.keyed.remove(2);
  RowBuffer buffer(&tables.rows.layout());
  buffer.read(all, Rows(4));
  std::vector<RowRef> rows;
  for (size_t i = 0; i < 4; ++i) {
    const char* row = buffer[i];
    rows.push_back(tables.rows.add(row));
    tables.joined.set_matches(tables.joined.add(row, tables.joined.hash(row)), 7);
    tables.waiting.add(static_cast<int64_t>(100 - i), row);
    tables.runs.add(row, tables.runs.hash(row));
  }
  tables.rows.remove(rows[2]);
  tables.ranked.insert(nullptr, 0, buffer[1], tables.ranked.hash(buffer[1]));
}

std::string from_hex(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
  }
  return bytes;
}

std::string to_hex(std::string_view bytes) {
  std::string hex;
  for (const char byte : bytes) {
    for (const int shift : {4, 0}) {
      hex += "0123456789abcdef"[(byte >> shift) & 15];
    }
  }
  return hex;
}

}  // namespace

TEST_CASE("state that was written whole is read") {
  TableStore store;
  AllTables tables(store);
  fill(tables);
  INFO("as it is written now: ", to_hex(store.snapshot()));
  TableStore before(from_hex(kWholeState));
  const AllTables loaded(before);
  CHECK(before.unclaimed().empty());
  CHECK(to_hex(before.snapshot()) == to_hex(store.snapshot()));
}

TEST_CASE("state that was written in layers is read") {
  io::SimulatedFiles files(1);
  files.make_directories("now");
  files.make_directories("then");
  TableStore store;
  AllTables tables(store);
  {
    LayerWriter layer(&files, layer_path("now", Epoch(1)));
    store.begin_tracking();
    fill(tables);
    store.save_changes({}, [&]() -> LayerWriter& { return layer; });
  }
  const std::string now = files.read_all(layer_path("now", Epoch(1)));
  const std::string others = store.snapshot(TableStore::Which::whole);
  INFO("as it is written now: ", to_hex(others), " and ", to_hex(now));
  const std::string then = from_hex(kLayer);
  files.replace(layer_path("then", Epoch(1)), then);
  std::vector<LayerReader> layers;
  layers.emplace_back(&files, "then", Layer{Epoch(1), then.size()});
  TableStore before(from_hex(kBesideLayer), std::move(layers));
  const AllTables loaded(before);
  CHECK(before.unclaimed().empty());
  CHECK(to_hex(before.snapshot()) == to_hex(store.snapshot()));
}

}  // namespace millrace::state
