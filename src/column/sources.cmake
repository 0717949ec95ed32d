set(SOURCES batch.cc column.cc nested.cc type.cc)
set(TESTS nested_test.cc)
