#include "base/zone_file.h"

#include <doctest/doctest.h>

#include <random>
#include <string>

#include "base/error.h"
#include "base/time_zone.h"

namespace millrace {

namespace {

std::string big_endian(int64_t value, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    text += static_cast<char>(value >> shift & 0xFF);
  }
  return text;
}

std::string header(int64_t times, int64_t types) {
  std::string text = "TZif2" + std::string(15, '\0');
  for (const int64_t count : {int64_t{0}, int64_t{0}, int64_t{0}, times, types, int64_t{0}}) {
    text += big_endian(count, 4);
  }
  return text;
}

struct Made {
  int64_t at_s;
  int type;
};

// A file of these changes to the offsets, as zic would write it for programs of 64 bits alone.
std::string file_of(const std::vector<Made>& changes, const std::vector<int64_t>& offsets,
                    const std::string& rule) {
  std::string text = header(0, 0) + header(static_cast<int64_t>(changes.size()),
                                           static_cast<int64_t>(offsets.size()));
  for (const Made& change : changes) {
    text += big_endian(change.at_s, 8);
  }
  for (const Made& change : changes) {
    text += static_cast<char>(change.type);
  }
  for (const int64_t offset : offsets) {
    text += big_endian(offset, 4) + std::string(2, '\0');
  }
  return text + '\n' + rule + '\n';
}

}  // namespace

TEST_CASE("a change at the Big Bang is the first of all") {
  const auto changes = read_zone_file(
      file_of({{-(int64_t{1} << 59), 1}, {1000, 0}, {int64_t{1} << 60, 1}}, {0, 3600}, ""));
  REQUIRE(changes.size() == 4);
  CHECK(changes[1].at_ms < -(int64_t{1} << 60));
  CHECK(changes[1].offset_ms == 3'600'000);
  CHECK(changes[2].at_ms == 1'000'000);
  CHECK(changes[3].at_ms > int64_t{1} << 60);
  const auto zone = TimeZone::read(
      "made up", file_of({{-(int64_t{1} << 59), 1}, {int64_t{1} << 60, 0}}, {0, 3600}, "<+01>-1"));
  CHECK(zone->to_local(0) == 3'600'000);
  CHECK(zone->last_passed(0) == 3'600'000);
}

TEST_CASE("a rule goes on with what a file has written down") {
  const auto changes = read_zone_file(file_of({{0, 1}}, {0, 3600}, "A-1B,M3.5.0,M10.5.0/3"));
  CHECK(changes.size() == 2 + 2 * (9999 - 1970 + 1));
  CHECK(changes[2].offset_ms == 7'200'000);
}

TEST_CASE("what is no such file is refused") {
  const auto refused = [](const std::string& bytes) {
    CHECK_THROWS_AS(read_zone_file(bytes), Error);
  };
  refused("");
  refused("TZif2");
  refused(header(0, 0) + header(-1, 1));
  refused(header(0, 0) + header(INT32_MAX, INT32_MAX));
  refused(file_of({}, {}, ""));
  refused(file_of({{0, 1}}, {0}, ""));
  refused(file_of({{5, 0}, {4, 0}}, {0}, ""));
  refused(file_of({}, {INT32_MIN}, ""));
  for (const char* rule : {"A", "A-", "A168", "A27", "A-1B,M3", "A-1B,M13.1.0,M10.5.0",
                           "A-1B,M0.1.0,M1.1.0", "A-1B,M3.9.0,M10.5.0", "A-1B,J0,J366", "A1:99"}) {
    CAPTURE(rule);
    refused(file_of({}, {0}, rule));
  }
}

TEST_CASE("changed bytes make another file or none") {
  const std::string good =
      file_of({{-(int64_t{1} << 59), 0}, {0, 1}, {1000, 0}}, {0, 3600}, "A-1B,M3.5.0,M10.5.0/3");
  std::mt19937 chance(7);
  for (int round = 0; round < 300; ++round) {
    std::string bytes = good;
    for (int change = 0; change < 1 + round % 4; ++change) {
      bytes[chance() % bytes.size()] = static_cast<char>(chance());
    }
    bytes.resize(round % 3 == 0 ? chance() % bytes.size() : bytes.size());
    try {
      const auto zone = TimeZone::read("made up", bytes);
      CHECK(zone->to_instant(zone->to_local(0)) > INT64_MIN);
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::corrupt);
    }
  }
}

}  // namespace millrace
