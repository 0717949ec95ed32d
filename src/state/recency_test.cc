#include "state/recency.h"

#include <doctest/doctest.h>

#include <map>

#include "base/random.h"

namespace millrace::state {

TEST_CASE("what was written longest ago is taken first, and nothing before its time") {
  Recency recency;
  recency.write(7, 100);
  recency.write(3, 200);
  recency.write(7, 300);  // again
  recency.write(0, 300);
  CHECK(recency.size() == 3);
  CHECK(recency.written_ms(7) == 300);
  CHECK(!recency.written_ms(1));
  CHECK(!recency.written_ms(70));
  CHECK(!recency.take_until(199));
  CHECK(recency.take_until(200) == 3U);
  CHECK(!recency.take_until(299));
  recency.forget(0);
  recency.forget(1);  // never was there
  CHECK(recency.take_until(1'000) == 7U);
  CHECK(!recency.take_until(1'000));
  CHECK(recency.size() == 0);
}

TEST_CASE("a clock that was set back does not mix up the order") {
  Recency recency;
  recency.write(1, 500);
  recency.write(2, 100);
  CHECK(!recency.take_until(499));
  CHECK(recency.take_until(500) == 1U);
  CHECK(recency.take_until(500) == 2U);
}

TEST_CASE("random writes agree with a map, over a save and a load") {
  Random random(5);
  std::map<uint32_t, int64_t> model;
  auto recency = std::make_unique<Recency>();
  for (int64_t now = 0; now < 3'000; ++now) {
    const auto number = static_cast<uint32_t>(random.below(100));
    if (random.one_in(4)) {
      recency->forget(number);
      model.erase(number);
    } else {
      recency->write(number, now);
      model[number] = now;
    }
    const auto until = now - static_cast<int64_t>(random.below(200));
    while (const auto taken = recency->take_until(until)) {
      REQUIRE(model.at(*taken) <= until);
      model.erase(*taken);
    }
    for (const auto& [left, written] : model) {
      REQUIRE(written > until);
    }
    REQUIRE(recency->size() == model.size());
    if (random.one_in(500)) {
      ByteWriter bytes;
      recency->save(bytes);
      recency = std::make_unique<Recency>();
      ByteReader in(bytes.bytes());
      recency->load(in);
    }
  }
}

}  // namespace millrace::state
