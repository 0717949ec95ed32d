#include "query/engine.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>

#include "base/clock.h"
#include "base/error.h"
#include "base/random.h"
#include "column/builder.h"
#include "delta/data_files.h"
#include "io/files.h"

namespace millrace::query {

namespace {

// DuckDB opens the lake's files itself, so this lake is on the real disk.
class RealLake {
 public:
  RealLake() {
    char name[] = "/tmp/millrace-lake-XXXXXX";
    directory_ = mkdtemp(name);
  }
  ~RealLake() { files_.remove_tree(directory_); }

  delta::Table make(const std::string& name, std::vector<std::string> partition_columns = {}) {
    files_.make_directories(io::parent_of(directory_ + "/" + name));
    return delta::Table::open_or_create(
        world_, &parquet_, directory_ + "/" + name,
        {name,
         {{{"region", Type::string()}, {"minutes", Type::of(TypeKind::integer)}}},
         std::move(partition_columns)});
  }
  void append(delta::Table& table, int64_t epoch, const std::string& region, int32_t minutes) {
    ColumnBuilder regions(Type::string());
    regions.add_string(region);
    ColumnBuilder numbers(Type::of(TypeKind::integer));
    numbers.add(minutes);
    Batch batch;
    batch.physical_size = 1;
    batch.columns = {regions.finish(), numbers.finish()};
    delta::DataWriter writer(world_, &parquet_, table.path(), table.snapshot().schema(),
                             table.snapshot().metadata().partition_columns);
    writer.write(batch);
    table.append(writer.finish("f" + std::to_string(epoch)), {"app", epoch, {}});
  }
  const io::World& world() const { return world_; }
  const std::string& directory() const { return directory_; }

 private:
  ManualClock clock_{Timestamp{0}};
  Random random_{1};
  io::LocalFiles files_;
  io::World world_{&clock_, &random_, &files_, nullptr, nullptr};
  codec::Parquet parquet_;
  std::string directory_;
};

// All rows, as Postgres prints them; strings and integers alone.
std::string answer(Session& session, const std::string& sql,
                   const std::vector<Parameter>& parameters = {}) {
  Cursor cursor = session.run(session.prepare(sql), parameters);
  std::string text;
  while (const std::optional<Batch> batch = cursor.next()) {
    for_each(batch->rows(), [&](uint32_t row) {
      for (const Column& column : batch->columns) {
        text += column.is_null(row)         ? "NULL"
                : column.type().is_string() ? std::string(View<StringRef>(column)[row].view())
                : column.type().physical() == Physical::i32
                    ? std::to_string(View<int32_t>(column)[row])
                    : std::to_string(View<int64_t>(column)[row]);
        text += ' ';
      }
      text += ';';
    });
  }
  return text;
}

ErrorCode code_of(Session& session, const std::string& sql) {
  try {
    answer(session, sql);
  } catch (const Error& error) {
    // The test asks which.
    return error.code();
  }
  return ErrorCode::internal;
}

}  // namespace

TEST_CASE("each statement sees the newest commit") {
  RealLake lake;
  delta::Table calls = lake.make("calls");
  Engine engine(lake.world(), {.lake_directory = lake.directory()});
  Session session(engine);
  CHECK(answer(session, "SELECT * FROM calls").empty());
  lake.append(calls, 1, "Taraz", 5);
  CHECK(answer(session, "SELECT * FROM calls") == "Taraz 5 ;");
  const Statement statement = session.prepare("SELECT sum(minutes)::INTEGER FROM lake.main.calls");
  lake.append(calls, 2, "Almaty", 7);
  Cursor cursor = session.run(statement);
  CHECK(View<int32_t>(cursor.next()->columns[0])[0] == 12);
  lake.make("curated/calls2");
  CHECK(answer(session, "SELECT count(*) FROM curated.calls2") == "0 ;");
}

TEST_CASE("partition values come from the log") {
  RealLake lake;
  delta::Table calls = lake.make("calls", {"region"});
  lake.append(calls, 1, "Al'ma/ty", 1);
  lake.append(calls, 2, "", 2);
  Engine engine(lake.world(), {.lake_directory = lake.directory()});
  Session session(engine);
  CHECK(answer(session, "SELECT * FROM public.calls ORDER BY minutes") == "Al'ma/ty 1 ;NULL 2 ;");
}

TEST_CASE("nothing outside the lake can be read, and nothing be written") {
  RealLake lake;
  lake.make("calls");
  Engine engine(lake.world(), {.lake_directory = lake.directory()});
  Session session(engine);
  for (const std::string sql :
       {"SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM read_text('/proc/self/environ')",
        "SELECT * FROM glob('/*')", "COPY (SELECT 1) TO '/tmp/x.csv'",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO '/tmp/x.csv'", "ATTACH '/tmp/x.db'", "INSTALL httpfs",
        "LOAD httpfs", "SET enable_external_access = true", "CREATE TABLE t(a INTEGER)",
        "DROP VIEW calls", "INSERT INTO calls VALUES ('a', 1)", "CALL pragma_version()"}) {
    CAPTURE(sql);
    CHECK(code_of(session, sql) == ErrorCode::forbidden);
  }
  const std::string copy = "COPY (SELECT 1) TO '" + lake.directory() + "/calls/x.csv'";
  CHECK(code_of(session, copy) == ErrorCode::forbidden);
  CHECK(code_of(session, "EXPLAIN ANALYZE " + copy) == ErrorCode::forbidden);
}

TEST_CASE("parameters and conversions") {
  RealLake lake;
  delta::Table calls = lake.make("calls");
  lake.append(calls, 1, "Taraz", 5);
  Engine engine(lake.world(), {.lake_directory = lake.directory()});
  Session session(engine);
  CHECK(answer(session, "SELECT region FROM calls WHERE minutes = $1 AND region LIKE $2",
               {int64_t{5}, std::string("T%")}) == "Taraz ;");
  CHECK(answer(session, "SELECT region FROM calls WHERE minutes = $1", {std::string("5")}) ==
        "Taraz ;");
  const Statement nested = session.prepare("SELECT [1, 2] AS l, INTERVAL '1' DAY AS i, 1 AS n");
  REQUIRE(nested.columns().size() == 3);
  CHECK(nested.columns()[0].is_json);
  CHECK(nested.columns()[1].name == "i");
  CHECK_FALSE(nested.columns()[1].is_json);
  CHECK(answer(session, "SELECT [1, 2] AS l, INTERVAL '1' DAY AS i, 1 AS n") == "[1,2] 1 day 1 ;");
}

TEST_CASE("Postgres' catalog lists the lake's tables") {
  RealLake lake;
  lake.make("calls");
  lake.make("curated/customers");
  Engine engine(lake.world(), {.lake_directory = lake.directory()});
  Session session(engine);
  CHECK(answer(session,
               "SELECT relname, pg_catalog.pg_table_is_visible(oid)::INTEGER "
               "FROM pg_catalog.pg_class ORDER BY 1") == "calls 1 ;customers 0 ;");
  CHECK(answer(session,
               "SELECT column_name, data_type FROM information_schema.columns "
               "WHERE table_name = 'calls' ORDER BY ordinal_position") ==
        "region text ;minutes integer ;");
  CHECK(answer(session, "SHOW TABLES;") == "calls ;curated.customers ;");
  CHECK(answer(session, "SELECT version()") == "PostgreSQL 15.0 (Millrace) ;");
  CHECK(answer(session, "SELECT pg_catalog.version(), current_database(), current_schema()") ==
        "PostgreSQL 15.0 (Millrace) millrace public ;");
}

}  // namespace millrace::query
