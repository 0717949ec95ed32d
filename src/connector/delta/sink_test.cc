#include "connector/delta/sink.h"

#include <doctest/doctest.h>

#include <numeric>

#include "base/clock.h"
#include "base/error.h"
#include "base/random.h"
#include "catalog/table.h"
#include "codec/parquet/parquet.h"
#include "column/builder.h"
#include "io/simulated_files.h"

namespace millrace::connector {

namespace {

const DeltaOptions kOptions{
    .name = "numbers",
    .path = "lake/numbers",
    .schema = {{{"n", Type::of(TypeKind::bigint, false)}, {"parity", Type::of(TypeKind::integer)}}},
    .partition_columns = {"parity"}};

Batch numbers(std::initializer_list<std::optional<int64_t>> values) {
  ColumnBuilder n(Type::of(TypeKind::bigint));
  ColumnBuilder parity(Type::of(TypeKind::integer));
  for (const std::optional<int64_t> value : values) {
    if (value) {
      n.add(*value);
    } else {
      n.add_null();
    }
    parity.add(static_cast<int32_t>(value.value_or(0) % 2));
  }
  Batch batch;
  batch.physical_size = static_cast<uint32_t>(values.size());
  batch.columns = {n.finish(), parity.finish()};
  return batch;
}

struct World {
  ManualClock clock{Timestamp{0}};
  Random random{1};
  io::SimulatedFiles files;
  io::World world{&clock, &random, &files, nullptr, nullptr};
  codec::Parquet parquet;

  explicit World(uint64_t seed) : files(seed) { files.make_directories("lake"); }

  DeltaSink sink(bool overwrite = false) {
    DeltaOptions options = kOptions;
    options.overwrite = overwrite;
    return DeltaSink(world, &parquet, options, "pipeline/sink-1");
  }
  std::vector<int64_t> rows() {
    std::optional<delta::Table> table = delta::Table::open(world, &parquet, kOptions.path);
    std::vector<int64_t> values;
    for (const Batch& batch : delta::read_rows(files, parquet, kOptions.path, table->snapshot())) {
      for_each(batch.rows(),
               [&](uint32_t row) { values.push_back(View<int64_t>(batch.columns[0])[row]); });
    }
    std::sort(values.begin(), values.end());
    return values;
  }
  size_t columns() {
    return delta::Table::open(world, &parquet, kOptions.path)->snapshot().schema().size();
  }
  size_t data_files() {
    size_t count = 0;
    for (const std::string& name : files.list(kOptions.path)) {
      count += name == "_delta_log" ? 0 : files.list(io::join(kOptions.path, name)).size();
    }
    return count;
  }
};

// What a pipeline's checkpoint holds of the sink.
struct Checkpoint {
  int64_t epoch = 0;
  std::string token;
};

// Three epochs of three rows each, from wherever the checkpoint says.
void run(World& world, Checkpoint& checkpoint, bool overwrite = false) {
  DeltaSink sink = world.sink(overwrite);
  sink.publish(Epoch(checkpoint.epoch), checkpoint.token);
  for (int64_t epoch = checkpoint.epoch + 1; epoch <= 3; ++epoch) {
    sink.write(numbers({epoch * 10, epoch * 10 + 1}));
    sink.write(numbers({epoch * 10 + 2}));
    if (epoch == 3) {
      sink.finish();
    }
    const std::string token = sink.prepare(Epoch(epoch));
    checkpoint = {epoch, token};
    sink.publish(Epoch(epoch), token);
  }
}

const std::vector<int64_t> kExpected = {10, 11, 12, 20, 21, 22, 30, 31, 32};

}  // namespace

TEST_CASE("tables of one name in two databases lie apart in the lake") {
  catalog::Table table;
  table.name = "t";
  CHECK(DeltaOptions::from(table, "lake").path == "lake/t");
  table.space.database = "other";
  CHECK(DeltaOptions::from(table, "lake").path == "lake/other.t");
  table.space.catalog = "c";
  CHECK(DeltaOptions::from(table, "lake").path == "lake/c.other.t");
}

TEST_CASE("an epoch's rows appear when it is published, once") {
  World world(1);
  DeltaSink sink = world.sink();
  sink.write(numbers({1, 2}));
  const std::string token = sink.prepare(Epoch(1));
  CHECK(world.rows().empty());
  sink.publish(Epoch(1), token);
  sink.publish(Epoch(1), token);
  CHECK(world.rows() == std::vector<int64_t>{1, 2});
  CHECK(sink.prepare(Epoch(2)).empty());
}

TEST_CASE("a crash at any step of the disk loses and doubles nothing") {
  World calm(1);
  Checkpoint calm_checkpoint;
  run(calm, calm_checkpoint);
  REQUIRE(calm.rows() == kExpected);
  const uint64_t steps = calm.files.steps();
  REQUIRE(steps > 30);
  for (uint64_t step = 2; step < steps; ++step) {
    CAPTURE(step);
    for (const bool machine : {false, true}) {
      World world(step);
      Checkpoint checkpoint;
      world.files.crash_at(step);
      CHECK_THROWS_AS(run(world, checkpoint), io::SimulatedCrash);
      world.files.crash_at(UINT64_MAX);
      machine ? world.files.crash() : world.files.kill();
      run(world, checkpoint);
      CHECK(world.rows() == kExpected);
      CHECK(world.data_files() == 6);
    }
  }
}

// Commits rows under a name of their own.
static void append(World& world, std::initializer_list<std::optional<int64_t>> values) {
  DeltaSink other(world.world, &world.parquet, kOptions, "other/sink-1");
  other.write(numbers(values));
  other.publish(Epoch(1), other.prepare(Epoch(1)));
}

TEST_CASE("what overwrites is committed at the end, in place of the rows of its partitions") {
  World world(1);
  append(world, {2, 3});
  DeltaSink sink = world.sink(true);
  sink.write(numbers({4}));
  sink.publish(Epoch(1), sink.prepare(Epoch(1)));
  CHECK(world.rows() == std::vector<int64_t>{2, 3});
  sink.finish();
  const std::string token = sink.prepare(Epoch(2));
  sink.publish(Epoch(2), token);
  CHECK(world.rows() == std::vector<int64_t>{3, 4});
  sink.publish(Epoch(2), token);
  CHECK(world.rows() == std::vector<int64_t>{3, 4});
}

TEST_CASE("what overwrites loses and doubles nothing at a crash at any step of the disk") {
  World calm(1);
  append(calm, {2, 3});
  const uint64_t begun = calm.files.steps();
  Checkpoint calm_checkpoint;
  run(calm, calm_checkpoint, true);
  REQUIRE(calm.rows() == kExpected);
  const uint64_t steps = calm.files.steps();
  for (uint64_t step = begun + 1; step < steps; ++step) {
    CAPTURE(step);
    for (const bool machine : {false, true}) {
      World world(step);
      append(world, {2, 3});
      Checkpoint checkpoint;
      world.files.crash_at(step);
      CHECK_THROWS_AS(run(world, checkpoint, true), io::SimulatedCrash);
      world.files.crash_at(UINT64_MAX);
      machine ? world.files.crash() : world.files.kill();
      run(world, checkpoint, true);
      CHECK(world.rows() == kExpected);
    }
  }
}

TEST_CASE("a pipeline without its checkpoints does not overwrite what it wrote") {
  World world(1);
  Checkpoint checkpoint;
  run(world, checkpoint);
  Checkpoint lost;
  CHECK_THROWS_AS(run(world, lost), Error);
  CHECK(world.rows() == kExpected);
}

TEST_CASE("NULL in a NOT NULL column is refused") {
  World world(1);
  DeltaSink sink = world.sink();
  CHECK_THROWS_WITH_AS(
      sink.write(numbers({1, std::nullopt})),
      "column 'n' of Delta table 'lake/numbers' is NOT NULL, and the value is NULL", Error);
}

TEST_CASE("other columns than the table's are refused") {
  World world(1);
  world.sink();
  DeltaOptions other = kOptions;
  other.schema.fields[1].type = Type::string();
  CHECK_THROWS_WITH_AS(
      DeltaSink(world.world, &world.parquet, other, "pipeline/sink-1"),
      "table 'numbers' is declared with other columns than the Delta table in 'lake/numbers' has. "
      "Declared: (n BIGINT NOT NULL, parity STRING). There: (n BIGINT NOT NULL, parity INT)",
      Error);
}

TEST_CASE("columns that are declared behind those of the table come with the first epoch") {
  World world(1);
  DeltaSink before = world.sink();
  DeltaOptions more = kOptions;
  more.schema.fields.push_back({"note", Type::string()});
  DeltaSink after(world.world, &world.parquet, more, "other/sink-1");
  CHECK(world.columns() == 2);
  after.prepare(Epoch(1));
  CHECK(world.columns() == 3);

  // Who began before goes on, and so does who declares the columns of then.
  before.write(numbers({1}));
  before.publish(Epoch(1), before.prepare(Epoch(1)));
  DeltaSink again(world.world, &world.parquet, kOptions, "third/sink-1");
  again.write(numbers({2}));
  again.publish(Epoch(1), again.prepare(Epoch(1)));
  CHECK(world.rows().size() == 2);

  more.schema.fields.push_back({"needed", Type::string().as_nullable(false)});
  CHECK_THROWS_AS(DeltaSink(world.world, &world.parquet, more, "fourth/sink-1"), Error);
}

}  // namespace millrace::connector
