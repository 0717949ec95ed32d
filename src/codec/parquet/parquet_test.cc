#include "codec/parquet/parquet.h"

#include <doctest/doctest.h>

#include "base/error.h"
#include "column/builder.h"

namespace millrace::codec {

TEST_CASE("rows come back from a Parquet file") {
  const Schema schema{{{"name", Type::string()},
                       {"at", Type::timestamp(3)},
                       {"seen", Type::timestamp_ltz(9)},
                       {"price", Type::decimal(5, 2)},
                       {"big", Type::decimal(38, 0)},
                       {"yes", Type::of(TypeKind::boolean)}}};
  std::vector<ColumnBuilder> columns;
  for (const Field& field : schema.fields) {
    columns.emplace_back(field.type);
  }
  columns[0].add_string("a text longer than twelve bytes");
  columns[1].add<int64_t>(-1);
  columns[2].add<int64_t>(-1);
  columns[3].add<int64_t>(12345);
  columns[4].add<__int128>(__int128{1} << 100);
  columns[5].add<uint8_t>(1);
  for (ColumnBuilder& column : columns) {
    column.add_null();
  }
  Batch batch;
  batch.physical_size = 2;
  for (ColumnBuilder& column : columns) {
    batch.columns.push_back(column.finish());
  }

  Parquet parquet;
  const std::string bytes = parquet.encode(schema, {&batch, 1});
  CHECK(bytes.substr(0, 4) == "PAR1");
  CHECK(parquet.encode(schema, {&batch, 1}) == bytes);

  const std::vector<Batch> decoded = parquet.decode(bytes);
  REQUIRE(decoded.size() == 1);
  const std::vector<Column>& read = decoded[0].columns;
  REQUIRE(decoded[0].size() == 2);
  CHECK(read[0].values<StringRef>()[0].view() == "a text longer than twelve bytes");
  CHECK(read[1].type() == Type::timestamp(6));
  CHECK(read[1].values<int64_t>()[0] == -1000);
  CHECK(read[2].type() == Type::timestamp_ltz(6));
  CHECK(read[2].values<int64_t>()[0] == -1);  // cut to microseconds, downwards
  CHECK(read[3].values<int64_t>()[0] == 12345);
  CHECK(bool(read[4].values<__int128>()[0] == (__int128{1} << 100)));
  CHECK(read[5].values<uint8_t>()[0] == 1);
  for (const Column& column : read) {
    CHECK(column.is_null(1));
  }
}

TEST_CASE("bytes that are no Parquet file are an error") {
  Parquet parquet;
  CHECK_THROWS_AS(parquet.decode("PAR1 but nothing else"), Error);
  CHECK_THROWS_AS(parquet.decode(""), Error);
}

}  // namespace millrace::codec
