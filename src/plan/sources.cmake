set(SOURCES fingerprint.cc)
set(TESTS)
