#include "delta/table.h"

#include <doctest/doctest.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/random.h"
#include "codec/parquet/parquet.h"
#include "column/builder.h"
#include "delta/data_files.h"
#include "io/simulated_files.h"

namespace millrace::delta {

namespace {

struct Lake {
  ManualClock clock{Timestamp{1'767'225'600'000}};
  Random random{1};
  io::SimulatedFiles files{2};
  codec::Parquet parquet;
  io::World world{&clock, &random, &files, nullptr, nullptr};

  Table make(const Schema& schema, std::vector<std::string> partition_columns = {}) {
    files.make_directories("lake");
    return Table::open_or_create(world, &parquet, "lake/calls",
                                 {"calls", schema, std::move(partition_columns)});
  }
  std::vector<Add> write(const Table& table, const Batch& rows, const std::string& prefix) {
    DataWriter writer(world, &parquet, table.path(), table.snapshot().schema(),
                      table.snapshot().metadata().partition_columns);
    writer.write(rows);
    return writer.finish(prefix);
  }
};

const Schema kCalls{{{"region", Type::string()}, {"minutes", Type::of(TypeKind::integer)}}};

Batch calls(const std::vector<std::pair<std::string, int32_t>>& rows) {
  ColumnBuilder regions(Type::string());
  ColumnBuilder minutes(Type::of(TypeKind::integer));
  for (const auto& [region, minute] : rows) {
    regions.add_string(region);
    minutes.add(minute);
  }
  Batch batch;
  batch.physical_size = static_cast<uint32_t>(rows.size());
  batch.columns = {regions.finish(), minutes.finish()};
  return batch;
}

std::string text_of(const std::vector<Batch>& batches) {
  std::string text;
  for (const Batch& batch : batches) {
    for_each(batch.rows(), [&](uint32_t row) {
      text += std::string(View<StringRef>(batch.columns[0])[row].view()) + "=" +
              std::to_string(View<int32_t>(batch.columns[1])[row]) + ";";
    });
  }
  return text;
}

}  // namespace

TEST_CASE("what is appended is read back") {
  Lake lake;
  Table table = lake.make(kCalls);
  CHECK(table.snapshot().version() == Version(0));
  table.append(lake.write(table, calls({{"Almaty", 1}, {"Taraz", 2}}), "a"), {"app", 1, {}});
  CHECK(table.snapshot().version() == Version(1));

  std::optional<Table> again = Table::open(lake.world, &lake.parquet, "lake/calls");
  REQUIRE(again);
  CHECK(again->snapshot().schema() == kCalls);
  CHECK(again->snapshot().transaction_version("app") == 1);
  CHECK(text_of(read_rows(lake.files, lake.parquet, table.path(), again->snapshot())) ==
        "Almaty=1;Taraz=2;");
}

TEST_CASE("a transaction is committed once") {
  Lake lake;
  Table table = lake.make(kCalls);
  const std::vector<Add> files = lake.write(table, calls({{"Almaty", 1}}), "a");
  table.append(files, {"app", 5, {}});
  table.append(files, {"app", 5, {}});
  table.append(files, {"app", 4, {}});
  CHECK(table.snapshot().version() == Version(1));
  table.append(files, {"app", 6, {}});
  CHECK(table.snapshot().version() == Version(2));
}

TEST_CASE("of two writers the slower takes the next version") {
  Lake lake;
  Table one = lake.make(kCalls);
  Table two = lake.make(kCalls);
  one.append(lake.write(one, calls({{"Almaty", 1}}), "a"), {"one", 1, {}});
  two.append(lake.write(two, calls({{"Taraz", 2}}), "b"), {"two", 1, {}});
  CHECK(two.snapshot().version() == Version(2));
  CHECK(two.snapshot().files().size() == 2);
  one.refresh();
  CHECK(one.snapshot().files().size() == 2);
}

TEST_CASE("a schema changed meanwhile is a conflict") {
  Lake lake;
  Table table = lake.make(kCalls);
  Metadata changed = table.snapshot().metadata();
  changed.configuration["delta.appendOnly"] = "true";
  REQUIRE(lake.files.put_if_absent("lake/calls/_delta_log/00000000000000000001.json",
                                   to_json(Action(changed)).dump()));
  CHECK_THROWS_AS(table.append({}, {"app", 1, {}}), Error);
}

TEST_CASE("rows of a partitioned table lie in directories") {
  Lake lake;
  Table table = lake.make(kCalls, {"region"});
  table.append(lake.write(table, calls({{"Al/ma", 1}, {"Taraz", 2}, {"Al/ma", 3}, {"", 4}}), "a"),
               {"app", 1, {}});
  const auto& files = table.snapshot().files();
  REQUIRE(files.size() == 3);
  CHECK(files.contains("region=Al%252Fma/a-0.zstd.parquet"));
  CHECK(files.at("region=Al%252Fma/a-0.zstd.parquet").partition_values.at("region") == "Al/ma");
  CHECK(files.at("region=Taraz/a-1.zstd.parquet").stats ==
        R"({"numRecords":1,"minValues":{"minutes":2},"maxValues":{"minutes":2},)"
        R"("nullCount":{"minutes":0}})");
  CHECK(lake.files.exists("lake/calls/region=Al%2Fma/a-0.zstd.parquet"));
  const auto& empty = files.at("region=__HIVE_DEFAULT_PARTITION__/a-2.zstd.parquet");
  CHECK_FALSE(empty.partition_values.at("region"));
  const std::vector<Batch> rows =
      read_rows(lake.files, lake.parquet, table.path(), table.snapshot());
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].columns[0].is_null(0) != rows[2].columns[0].is_null(0));
}

TEST_CASE("a file's columns are found whatever the case of their letters") {
  const auto read_as = [](const Schema& schema, const std::vector<std::string>& partition_columns) {
    Lake lake;
    const Table table = lake.make(kCalls, partition_columns);
    const std::vector<Add> added = lake.write(table, calls({{"Almaty", 1}, {"Almaty", 2}}), "a");
    return text_of(read_file(lake.files, lake.parquet, table.path(),
                             {added[0].path, added[0].partition_values}, schema));
  };
  const Schema upper{{{"REGION", Type::string()}, {"Minutes", Type::of(TypeKind::integer)}}};
  CHECK(read_as(upper, {}) == "Almaty=1;Almaty=2;");
  CHECK(read_as(upper, {"region"}) == "Almaty=1;Almaty=2;");
}

TEST_CASE("a checkpoint spares the commits before it") {
  Lake lake;
  Table table = lake.make(kCalls);
  for (int64_t i = 1; i <= 100; ++i) {
    table.append(lake.write(table, calls({{"Almaty", 1}}), "a" + std::to_string(i)),
                 {"app", i, {}});
  }
  REQUIRE(lake.files.exists("lake/calls/_delta_log/00000000000000000100.checkpoint.parquet"));
  CHECK(lake.files.read_all("lake/calls/_delta_log/_last_checkpoint") ==
        R"({"version":100,"size":103})");
  for (const std::string& name : lake.files.list("lake/calls/_delta_log")) {
    if (name.ends_with(".json")) {
      lake.files.remove("lake/calls/_delta_log/" + name);
    }
  }
  std::optional<Table> again = Table::open(lake.world, &lake.parquet, "lake/calls");
  REQUIRE(again);
  CHECK(again->snapshot().version() == Version(100));
  CHECK(again->snapshot().files().size() == 100);
  CHECK(again->snapshot().transaction_version("app") == 100);
  CHECK(again->snapshot().metadata() == table.snapshot().metadata());
  CHECK(again->snapshot().protocol() == table.snapshot().protocol());
}

TEST_CASE("a torn checkpoint is passed over, a missing commit is not") {
  Lake lake;
  Table table = lake.make(kCalls);
  table.append({}, {"app", 1, {}});
  table.append({}, {"app", 2, {}});
  lake.files.replace("lake/calls/_delta_log/00000000000000000001.checkpoint.parquet", "PAR1");
  CHECK(Table::open(lake.world, &lake.parquet, "lake/calls")->snapshot().version() == Version(2));
  lake.files.remove("lake/calls/_delta_log/00000000000000000001.json");
  CHECK_THROWS_WITH_AS(Table::open(lake.world, &lake.parquet, "lake/calls"),
                       "cannot replay 'lake/calls/_delta_log': expected version 1, found 2", Error);
}

}  // namespace millrace::delta
