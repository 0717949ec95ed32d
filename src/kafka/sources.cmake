set(SOURCES compression.cc error_code.cc record_batch.cc records.cc uuid.cc)
set(TESTS)
