set(SOURCES asio_loop.cc files.cc)
set(TESTS)
