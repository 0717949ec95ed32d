set(SOURCES key_rows.cc numbers.cc table_store.cc timed_table.cc)
set(TESTS table_store_test.cc timed_table_test.cc)
