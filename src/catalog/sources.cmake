set(SOURCES catalog.cc check_options.cc table.cc)
set(TESTS catalog_test.cc)
