set(SOURCES batch.cc column.cc type.cc)
set(TESTS)
