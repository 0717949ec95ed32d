set(SOURCES
  delta/options.cc
  delta/sink.cc)
set(TESTS
  delta/sink_test.cc)
