// Tables written in layers, as pipelines write them, and read back after each: the same as tables
// that were never written.

#include "state/layer_file.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>

#include "base/error.h"
#include "io/simulated_files.h"
#include "state/table_store.h"

namespace millrace::state {

namespace {

constexpr const char* kDirectory = "state";

uint32_t below(std::mt19937& random, uint32_t end) { return static_cast<uint32_t>(random() % end); }

// A slot that holds a text on the heap, as some aggregates do.
class Texts final : public SlotKind {
 public:
  std::string describe() const override { return "text"; }
  size_t size() const override { return sizeof(std::string*); }
  void init(char* slot) const override { put(slot, new std::string()); }
  void save(const char* slot, ByteWriter& out) const override {
    out.write_varint(text(slot).size());
    out.write_bytes(text(slot));
  }
  void load(char* slot, ByteReader& in) const override {
    text(slot) = std::string(in.take(in.read_varint()));
  }
  void destroy(char* slot) const override { delete &text(slot); }
  bool merges() const override { return true; }
  void merge(char* into, const char* from) const override { text(into) += text(from); }

  static std::string& text(const char* slot) {
    std::string* text;
    std::memcpy(&text, slot, sizeof(text));
    return *text;
  }

 private:
  static void put(char* slot, std::string* text) { std::memcpy(slot, &text, sizeof(text)); }
};

// Of one table: random changes, and all that it holds in words.
class Subject {
 public:
  virtual ~Subject() = default;
  virtual void open(TableStore& store) = 0;
  virtual void change(std::mt19937& random) = 0;
  virtual std::vector<std::string> contents() const = 0;
};

// Keys 0 to 99, some of them long, of which nothing is left in the column they came in.
class Keys {
 public:
  explicit Keys(const KeyLayout& layout) : rows_(&layout) {}
  const char* operator()(uint32_t number) {
    ColumnBuilder builder(Type::string());
    builder.add_string(number % 3 == 0 ? std::to_string(number)
                                       : "a key that does not fit " + std::to_string(number));
    column_ = {builder.finish()};
    rows_.read(column_, Rows(1));
    return rows_.row(0);
  }
  uint64_t hash() const { return rows_.hash(0); }
  const KeyRows& rows() const { return rows_; }

 private:
  KeyRows rows_;
  std::vector<Column> column_;
};

class TimedSubject final : public Subject {
 public:
  void open(TableStore& store) override {
    table_ = &store.timed_table("timed", {Type::string()}, std::make_shared<Texts>());
  }
  void change(std::mt19937& random) override {
    if (below(random, 200) == 0 && table_->first_end()) {
      table_->take_ending_by(*table_->first_end());
      return;
    }
    Keys keys(table_->layout());
    keys(below(random, 100));
    const uint32_t which = 0;
    const auto end = static_cast<int64_t>(1000 * (below(random, 4)));
    char* slot = nullptr;
    table_->upsert(keys.rows(), std::span(&which, 1), std::span(&end, 1), &slot);
    Texts::text(slot) += static_cast<char>('a' + below(random, 26));
  }
  // In the order in which groups came, which is that in which they leave.
  std::vector<std::string> contents() const override {
    ByteWriter out;
    table_->save(out);
    return {out.bytes()};
  }

 private:
  TimedTable* table_ = nullptr;
};

class KeyedSubject final : public Subject {
 public:
  void open(TableStore& store) override {
    table_ = &store.keyed_table("keyed", {Type::string()}, std::make_shared<Texts>(),
                                KeyedTable::Numbers::kept);
  }
  void change(std::mt19937& random) override {
    Keys keys(table_->layout());
    const char* key = keys(below(random, 100));
    if (below(random, 4) == 0) {
      if (char* slot = table_->find(key, keys.hash()).cell) {
        table_->detach(key, keys.hash());
        table_->destroy(slot);
      }
      return;
    }
    Texts::text(table_->upsert(key, keys.hash()).cell) +=
        static_cast<char>('a' + below(random, 26));
  }
  std::vector<std::string> contents() const override {
    std::vector<std::string> contents;
    for (uint32_t number = 0; number < 100; ++number) {
      Keys keys(table_->layout());
      const char* key = keys(number);
      if (const char* slot = table_->find(key, keys.hash()).cell) {
        contents.push_back(std::to_string(number) + " " + Texts::text(slot) + " " +
                           std::to_string(table_->number_of(slot)));
      }
    }
    return contents;
  }

 private:
  KeyedTable* table_ = nullptr;
};

class MultimapSubject final : public Subject {
 public:
  void open(TableStore& store) override {
    RowMultimapShape shape;
    shape.types = {Type::of(TypeKind::bigint), Type::string()};
    shape.key = {0};
    shape.by = RowMultimapShape::Identity::row;
    shape.matches = true;
    table_ = &store.row_multimap("rows", shape);
  }
  void change(std::mt19937& random) override {
    const char* row = bytes(below(random, 30), below(random, 5));
    const uint64_t hash = table_->hash(row);
    if (below(random, 3) == 0) {
      table_->remove(row, hash);
    } else {
      table_->set_matches(table_->add(row, hash), below(random, 1000));
    }
  }
  std::vector<std::string> contents() const override {
    std::vector<std::string> contents;
    for (int64_t key = 0; key < 30; ++key) {
      RowBuffer buffer(&table_->layout());
      const std::vector<Column> columns = columns_of(key, 0);
      buffer.read(columns, Rows(1));
      const std::vector<size_t> at = {0};
      table_->for_each(
          table_->find(table_->layout(), buffer[0], at, table_->hash(buffer[0])), [&](RowRef row) {
            const auto text = table_->layout().value<StringRef>(table_->row(row), 1);
            contents.push_back(std::to_string(row.number) + " " + std::string(text.view()) + " " +
                               std::to_string(table_->count(row)) + " " +
                               std::to_string(table_->matches(row)));
          });
    }
    return contents;
  }

 private:
  static std::vector<Column> columns_of(int64_t key, uint32_t value) {
    ColumnBuilder number(Type::of(TypeKind::bigint));
    number.add(key);
    ColumnBuilder text(Type::string());
    text.add_string("a value that does not fit " + std::to_string(value));
    return {number.finish(), text.finish()};
  }
  const char* bytes(int64_t key, uint32_t value) {
    columns_ = columns_of(key, value);
    buffer_ = std::make_unique<RowBuffer>(&table_->layout());
    buffer_->read(columns_, Rows(1));
    return (*buffer_)[0];
  }

  RowMultimap* table_ = nullptr;
  std::vector<Column> columns_;
  std::unique_ptr<RowBuffer> buffer_;
};

// Layers as exec::Layers makes them, without its thresholds.
struct Disk {
  io::SimulatedFiles files{1};
  std::vector<Layer> layers;
  std::optional<Epoch> sweep_began;

  std::unique_ptr<TableStore> load() {
    std::vector<LayerReader> readers;
    for (const Layer& layer : layers) {
      readers.emplace_back(&files, kDirectory, layer);
    }
    auto store = std::make_unique<TableStore>(TableStore().snapshot(), std::move(readers));
    store->spill_to(&space);
    return store;
  }
  SpillSpace space{&files, "spilled", SIZE_MAX};
};

// Whether state leaves memory now and then.
enum class Spills : uint8_t { never, often };

void check_layers(Subject& subject, Subject& restored, size_t sweep_bytes,
                  Spills spills = Spills::never) {
  std::mt19937 random(5);
  Disk disk;
  disk.files.make_directories(kDirectory);
  disk.files.make_directories("spilled");
  TableStore store;
  store.spill_to(&disk.space);
  subject.open(store);
  for (int i = 0; i < 300; ++i) {
    subject.change(random);
  }
  store.begin_tracking();
  for (Epoch epoch(1); epoch.value < 120; ++epoch) {
    LayerWriter writer(&disk.files, layer_path(kDirectory, epoch));
    if (epoch.value == 1) {
      REQUIRE(store.sweep(SIZE_MAX, writer) == GrowingTable::Around::yes);
    }
    bool around = false;
    for (int turn = 0; turn < 4; ++turn) {
      for (uint32_t i = below(random, 40); i > 0; --i) {
        subject.change(random);
      }
      store.save_changes({below(random, 20) + 1, UINT64_MAX},
                         [&]() -> LayerWriter& { return writer; });
      if (spills == Spills::often && below(random, 3) == 0) {
        store.save_changes({}, [&]() -> LayerWriter& { return writer; });
        store.spill(below(random, 2) == 0 ? 1 : SIZE_MAX);
      }
      if (disk.sweep_began && !around) {
        around = store.sweep(sweep_bytes, writer) == GrowingTable::Around::yes;
      }
    }
    store.save_changes({}, [&]() -> LayerWriter& { return writer; });
    writer.sync();
    disk.layers.push_back({epoch, writer.bytes()});
    if (around) {
      std::erase_if(disk.layers,
                    [&](const Layer& layer) { return layer.epoch < *disk.sweep_began; });
      disk.sweep_began.reset();
    } else if (!disk.sweep_began && disk.layers.size() > 5) {
      disk.sweep_began = epoch + 1;
    }
    const auto loaded = disk.load();
    restored.open(*loaded);
    REQUIRE(loaded->unclaimed().empty());
    REQUIRE(restored.contents() == subject.contents());
  }
  CHECK(disk.layers.size() < 60);  // sweeps did come around
}

}  // namespace

TEST_CASE("windows are the same from layers after every epoch") {
  for (const size_t sweep_bytes : {1, 700, 100'000}) {
    TimedSubject subject;
    TimedSubject restored;
    check_layers(subject, restored, sweep_bytes);
  }
}

TEST_CASE("windows that left memory are the same from layers after every epoch") {
  for (const size_t sweep_bytes : {2'000, 100'000}) {
    TimedSubject subject;
    TimedSubject restored;
    check_layers(subject, restored, sweep_bytes, Spills::often);
  }
}

TEST_CASE("groups are the same from layers after every epoch") {
  for (const size_t sweep_bytes : {200, 700, 100'000}) {
    KeyedSubject subject;
    KeyedSubject restored;
    check_layers(subject, restored, sweep_bytes);
  }
}

TEST_CASE("groups that left memory are the same from layers after every epoch") {
  for (const size_t sweep_bytes : {200, 700, 100'000}) {
    KeyedSubject subject;
    KeyedSubject restored;
    check_layers(subject, restored, sweep_bytes, Spills::often);
  }
}

TEST_CASE("rows by key are the same from layers after every epoch") {
  for (const size_t sweep_bytes : {200, 700, 100'000}) {
    MultimapSubject subject;
    MultimapSubject restored;
    check_layers(subject, restored, sweep_bytes);
  }
}

TEST_CASE("rows by key that left memory are the same from layers after every epoch") {
  for (const size_t sweep_bytes : {200, 700, 100'000}) {
    MultimapSubject subject;
    MultimapSubject restored;
    check_layers(subject, restored, sweep_bytes, Spills::often);
  }
}

TEST_CASE("a window that is gone is gone from layers, where nothing else happened in the epoch") {
  Disk disk;
  disk.files.make_directories(kDirectory);
  TableStore store;
  store.begin_tracking();
  TimedTable& table = store.timed_table("timed", {Type::string()}, std::make_shared<Texts>());
  table.begin_tracking();
  Keys keys(table.layout());
  keys(1);
  const uint32_t which = 0;
  const int64_t end = 1000;
  char* slot = nullptr;
  table.upsert(keys.rows(), std::span(&which, 1), std::span(&end, 1), &slot);
  const auto end_epoch = [&](Epoch epoch) {
    std::optional<LayerWriter> writer;
    store.save_changes({}, [&]() -> LayerWriter& {
      return writer ? *writer : writer.emplace(&disk.files, layer_path(kDirectory, epoch));
    });
    REQUIRE(writer);
    disk.layers.push_back({epoch, writer->bytes()});
  };
  end_epoch(Epoch(1));
  CHECK(table.take_ending_by(1000));
  end_epoch(Epoch(2));
  const auto loaded = disk.load();
  CHECK(loaded->timed_table("timed", {Type::string()}, std::make_shared<Texts>()).groups() == 0);
}

// Of all that changed at once there is never a copy in memory.
TEST_CASE("changes are written in blocks of about a megabyte") {
  constexpr size_t kEntries = 400;
  constexpr size_t kBytesEach = 10'000;
  const auto open = [](TableStore& store, std::string_view name) {
    const auto slots = std::make_shared<Texts>();
    TimedTable* timed =
        name == "timed" ? &store.timed_table("timed", {Type::string()}, slots) : nullptr;
    KeyedTable* keyed =
        name == "keyed" ? &store.keyed_table("keyed", {Type::string()}, slots) : nullptr;
    return std::pair(timed, keyed);
  };
  for (const std::string_view name : {"timed", "keyed"}) {
    CAPTURE(name);
    Disk disk;
    disk.files.make_directories(kDirectory);
    TableStore store;
    const auto [timed, keyed] = open(store, name);
    store.begin_tracking();
    for (uint32_t number = 0; number < kEntries; ++number) {
      Keys keys(timed != nullptr ? timed->layout() : keyed->layout());
      const char* key = keys(number);
      const uint32_t which = 0;
      const int64_t end = 1000;
      char* slot = nullptr;
      if (timed != nullptr) {
        timed->upsert(keys.rows(), std::span(&which, 1), std::span(&end, 1), &slot);
      } else {
        slot = keyed->upsert(key, keys.hash()).cell;
      }
      Texts::text(slot) = std::string(kBytesEach, static_cast<char>('a' + number % 26));
    }
    LayerWriter writer(&disk.files, layer_path(kDirectory, Epoch(1)));
    store.save_changes({}, [&]() -> LayerWriter& { return writer; });
    disk.layers = {{Epoch(1), writer.bytes()}};
    const LayerReader reader(&disk.files, kDirectory, disk.layers[0]);
    CHECK(reader.blocks().size() > 1);
    for (const LayerReader::Place& block : reader.blocks()) {
      CHECK(block.entries < 2 << 20);
    }
    const auto loaded = disk.load();
    open(*loaded, name);
    CHECK(loaded->snapshot() == store.snapshot());
  }
}

TEST_CASE("a damaged layer is refused with its place, and one of another shape with both") {
  Disk disk;
  disk.files.make_directories(kDirectory);
  TableStore store;
  KeyedSubject subject;
  subject.open(store);
  std::mt19937 random(5);
  for (int i = 0; i < 100; ++i) {
    subject.change(random);
  }
  store.begin_tracking();
  {
    LayerWriter writer(&disk.files, layer_path(kDirectory, Epoch(1)));
    store.sweep(SIZE_MAX, writer);
    disk.layers = {{Epoch(1), writer.bytes()}};
  }
  {
    const auto loaded = disk.load();
    CHECK_THROWS_WITH_AS(
        loaded->keyed_table("keyed", {Type::of(TypeKind::bigint)}, std::make_shared<Texts>()),
        doctest::Contains("from state/state-00000000000000000001 at byte 10: expected keys BIGINT"),
        Error);
  }
  {
    const auto loaded = disk.load();
    CHECK_THROWS_WITH_AS(loaded->rows("keyed", {Type::string()}),
                         doctest::Contains("expected rows version 2, found keyed_table version 2"),
                         Error);
  }
  std::string bytes = disk.files.read_all(layer_path(kDirectory, Epoch(1)));
  bytes.back() = static_cast<char>(bytes.back() + 1);
  disk.files.replace(layer_path(kDirectory, Epoch(1)), bytes);
  {
    const auto loaded = disk.load();
    CHECK_THROWS_WITH_AS(KeyedSubject().open(*loaded),
                         doctest::Contains("at byte 10: the checksum of a block is wrong"), Error);
  }
  disk.files.replace(layer_path(kDirectory, Epoch(1)), bytes.substr(0, bytes.size() - 1));
  CHECK_THROWS_WITH_AS(disk.load(), doctest::Contains("it ends there, and should have"), Error);
}

}  // namespace millrace::state
