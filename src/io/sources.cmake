set(SOURCES asio_loop.cc files.cc simulated_files.cc)
set(TESTS simulated_files_test.cc)
