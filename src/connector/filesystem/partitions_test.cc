#include "connector/filesystem/partitions.h"

#include <doctest/doctest.h>

namespace millrace::connector {

TEST_CASE("a partition's time is written as SQL has it, or in the letters that are given") {
  constexpr int64_t kDayMs = 86'400'000;
  const std::vector<std::string> names = {"dt", "hour"};
  const auto time = [&](const PartitionTime& written, const std::vector<std::string>& values) {
    return partition_time(written, names, values);
  };
  CHECK(time({}, {"1970-01-02", "5"}) == kDayMs);
  CHECK(time({"$dt $hour:00:00", ""}, {"1970-01-02", "05"}) == kDayMs + 5 * 3'600'000);
  CHECK(time({"$dt$hour", "yyyyMMddHH"}, {"19700102", "05"}) == kDayMs + 5 * 3'600'000);
  CHECK(time({"$dt", "yyyyMMdd"}, {"1970-01-02", "05"}) == kDayMs);  // a date, in any letters
  CHECK(time({"$dt", "yyyyMMdd"}, {"soon", "05"}) == std::nullopt);
}

}  // namespace millrace::connector
