set(SOURCES
  duckdb/database.cc
  duckdb/error.cc
  duckdb/vectors.cc
  parquet/parquet.cc)
set(TESTS
  duckdb/database_test.cc
  parquet/parquet_test.cc)
