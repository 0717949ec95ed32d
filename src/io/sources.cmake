set(SOURCES
  asio_loop.cc digests.cc directory_lock.cc files.cc http/client.cc http/message.cc http/origin.cc http/request_parser.cc
  http/server.cc simulated_files.cc simulated_loop.cc terminal.cc tls.cc
  worker.cc)
set(TESTS
  digests_test.cc directory_lock_test.cc files_test.cc http/origin_test.cc http/request_parser_test.cc http/server_test.cc
  simulated_files_test.cc simulated_loop_test.cc terminal_test.cc tls_test.cc worker_test.cc)
