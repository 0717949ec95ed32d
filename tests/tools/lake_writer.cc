// Writes Delta tables as a pipeline's sink does, for other readers to judge:
//
//   lake_writer DIRECTORY EPOCHS     makes DIRECTORY/plain and DIRECTORY/by_region_and_day
//
// Row i of an epoch holds values that follow from i alone; tests/delta/readers_test.py computes
// them again.

#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "codec/parquet/parquet.h"
#include "column/builder.h"
#include "connector/delta/sink.h"
#include "io/files.h"

using namespace millrace;

static const Schema kSchema{{{"i", Type::of(TypeKind::integer, false)},
                             {"region", Type::string()},
                             {"day", Type::of(TypeKind::date)},
                             {"wall_clock", Type::timestamp(3)},
                             {"instant", Type::timestamp_ltz(9)},
                             {"price", Type::decimal(10, 2)},
                             {"large", Type::decimal(38, 3)},
                             {"bytes", Type::bytes()},
                             {"flag", Type::of(TypeKind::boolean)},
                             {"tiny", Type::of(TypeKind::tinyint)},
                             {"small", Type::of(TypeKind::smallint)},
                             {"big", Type::of(TypeKind::bigint)},
                             {"single", Type::of(TypeKind::float_)},
                             {"number", Type::of(TypeKind::double_)}}};

static void add_row(int32_t i, std::vector<ColumnBuilder>& to) {
  to[0].add(i);
  if (i % 7 == 0) {
    to[1].add_null();
  } else {
    to[1].add_string(i % 2 == 0 ? "Алматы / east=100%" : "Taraz");
  }
  to[2].add(static_cast<int32_t>(20454 + i % 2));
  to[3].add(int64_t{1767225600123} + i);
  to[4].add((int64_t{1767225600123} + i) * 1'000'000 + 999);
  to[5].add(int64_t{-700} + i * 7);
  to[6].add(static_cast<__int128>(i) * 1'000'000'000'000'000'000 * 10);
  to[7].add_string(std::string_view("\x00\xFF", 2));
  to[8].add(static_cast<uint8_t>(i % 2));
  to[9].add(static_cast<int8_t>(i % 100));
  to[10].add(static_cast<int16_t>(-i));
  to[11].add(int64_t{1} << (i % 62));
  to[12].add(static_cast<float>(i) / 4);
  to[13].add(static_cast<double>(i) / 8);
}

static Batch rows(int32_t from, int32_t count) {
  std::vector<ColumnBuilder> columns;
  for (const Field& field : kSchema.fields) {
    columns.emplace_back(field.type);
  }
  for (int32_t i = from; i < from + count; ++i) {
    add_row(i, columns);
  }
  Batch batch;
  batch.physical_size = static_cast<uint32_t>(count);
  for (ColumnBuilder& column : columns) {
    batch.columns.push_back(column.finish());
  }
  return batch;
}

static void write_table(const io::World& world, const std::string& path,
                        const std::vector<std::string>& partition_columns, int64_t epochs) {
  codec::Parquet parquet;
  connector::DeltaSink sink(world, &parquet, {"numbers", path, kSchema, partition_columns},
                            "writer/sink-1");
  for (int64_t epoch = 1; epoch <= epochs; ++epoch) {
    sink.write(rows(static_cast<int32_t>(epoch - 1) * 100, 100));
    sink.publish(Epoch(epoch), sink.prepare(Epoch(epoch)));
  }
}

int main(int count, char** arguments) {
  if (count != 3) {
    std::fprintf(stderr, "usage: lake_writer DIRECTORY EPOCHS\n");
    return 2;
  }
  SystemClock clock;
  Random random(static_cast<uint64_t>(clock.now().ms));
  io::LocalFiles files;
  const io::World world{&clock, &random, &files, nullptr, nullptr};
  const std::string directory = arguments[1];
  write_table(world, directory + "/plain", {}, std::atoll(arguments[2]));
  write_table(world, directory + "/by_region_and_day", {"region", "day"}, 2);
}
