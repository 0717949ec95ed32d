#include "codec/duckdb/database.h"

#include <doctest/doctest.h>

#include "base/error.h"
#include "column/builder.h"

namespace millrace::codec {

TEST_CASE("a statement's columns and rows come out as ours") {
  DuckDatabase database(DuckDatabase::Settings{{"threads", "1"}});
  DuckConnection connection(database);
  DuckResult result = connection.run(
      "SELECT 1::BIGINT AS n, 'a text longer than twelve' AS s, 1.5::DECIMAL(4,2) AS d, "
      "NULL::DATE AS day, sum(2::BIGINT) AS total");
  CHECK(result.schema() == Schema{{{"n", Type::of(TypeKind::bigint)},
                                   {"s", Type::string()},
                                   {"d", Type::decimal(4, 2)},
                                   {"day", Type::of(TypeKind::date)},
                                   {"total", Type::decimal(38, 0)}}});
  const std::optional<Batch> rows = result.next();
  REQUIRE(rows);
  REQUIRE(rows->size() == 1);
  CHECK(rows->columns[0].values<int64_t>()[0] == 1);
  CHECK(rows->columns[1].values<StringRef>()[0].view() == "a text longer than twelve");
  CHECK(rows->columns[2].values<int64_t>()[0] == 150);
  CHECK(rows->columns[3].is_null(0));
  CHECK(static_cast<int64_t>(rows->columns[4].values<__int128>()[0]) == 2);
  CHECK_FALSE(result.next());
}

TEST_CASE("a failure keeps its kind and place") {
  DuckDatabase database(DuckDatabase::Settings{});
  DuckConnection connection(database);
  const auto error_of = [&](const std::string& sql) {
    try {
      connection.prepare(sql);
    } catch (const Error& error) {  // the test asks for it
      return error;
    }
    return Error(ErrorCode::internal, "no error");
  };
  const Error syntax = error_of("SELECT 1\nFRM x");
  CHECK(syntax.code() == ErrorCode::syntax);
  CHECK(error_of("SELECT * FROM tabless").message() == "Table with name tabless does not exist!");
  connection.run("CREATE TABLE orders (a INT)");
  CHECK(error_of("SELECT * FROM ordres").message() ==
        "Table with name ordres does not exist!\nDid you mean \"orders\"?");
  const Error missing = error_of("SELECT 1,\n  nothing FROM range(3)");
  CHECK(missing.code() == ErrorCode::type_mismatch);
  REQUIRE(missing.position());
  CHECK(missing.position()->line == 2);
  CHECK(missing.position()->column == 3);
  CHECK(error_of("SELECT * FROM nowhere").code() == ErrorCode::not_found);
}

TEST_CASE("parameters take the type of their use") {
  DuckDatabase database(DuckDatabase::Settings{});
  DuckConnection connection(database);
  DuckStatement statement =
      connection.prepare("SELECT i FROM range(5) t(i) WHERE i > $1 AND $2 = 'x'");
  CHECK(statement.kind() == DuckStatementKind::select);
  CHECK(statement.parameters() == std::vector<Type>{Type::of(TypeKind::bigint), Type::string()});
  statement.bind_integer(0, 2);
  statement.bind_text(1, "x");
  DuckResult result = statement.run();
  CHECK(result.next()->size() == 2);
}

TEST_CASE("batches are a table function") {
  DuckDatabase database(DuckDatabase::Settings{{"threads", "1"}});
  DuckConnection connection(database);
  ColumnBuilder numbers(Type::of(TypeKind::integer));
  numbers.add<int32_t>(7);
  numbers.add_null();
  numbers.add<int32_t>(9);
  Batch batch;
  batch.physical_size = 3;
  batch.columns = {numbers.finish()};
  batch.selection = std::make_shared<const std::vector<uint32_t>>(std::vector<uint32_t>{1, 2});
  const Schema schema{{{"n", Type::of(TypeKind::integer)}}};
  const std::vector<Batch> batches = {batch, Batch(), batch};
  const std::span<const Batch> all(batches);
  connection.expose("rows", &schema, &all);
  DuckResult result = connection.run("SELECT count(*), sum(n)::BIGINT FROM rows()");
  const std::optional<Batch> row = result.next();
  CHECK(row->columns[0].values<int64_t>()[0] == 4);
  CHECK(row->columns[1].values<int64_t>()[0] == 18);
}

}  // namespace millrace::codec
