set(SOURCES asio_loop.cc files.cc http/client.cc http/message.cc http/request_parser.cc http/server.cc simulated_files.cc simulated_loop.cc)
set(TESTS http/request_parser_test.cc http/server_test.cc simulated_files_test.cc simulated_loop_test.cc)
