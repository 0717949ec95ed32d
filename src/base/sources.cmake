set(SOURCES ascii_case.cc bytes.cc check.cc clock.cc error.cc hash.cc hex.cc json.cc log.cc
  memory_size.cc metrics.cc similar.cc split.cc time.cc time_zone.cc utf8.cc zeroed_array.cc
  zone_file.cc)
set(TESTS hash_test.cc memory_size_test.cc split_test.cc time_zone_test.cc utf8_test.cc
  zeroed_array_test.cc zone_file_test.cc)
