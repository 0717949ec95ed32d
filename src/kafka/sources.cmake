set(SOURCES
  compression.cc
  end_marker.cc
  error_code.cc
  header.cc
  record_batch.cc
  records.cc
  uuid.cc
  wire.cc)
set(TESTS messages_test.cc records_test.cc)
