set(SOURCES
  batch.cc
  column.cc
  nested.cc
  nested_bytes.cc
  row_kind.cc
  type.cc)
set(TESTS nested_test.cc)
