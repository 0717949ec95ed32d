#include "exec/distinct_values.h"

#include <doctest/doctest.h>

#include <memory>
#include <numeric>
#include <vector>

namespace millrace::exec {

namespace {

using Kept = DistinctValues::Kept;

// One group, one call over one BIGINT.
class OneGroup {
 public:
  OneGroup(Kept kept, Duration ttl)
      : values_(DistinctValues::make({0}, {Type::of(TypeKind::bigint)}, kept, ttl)) {
    values_->add_call();
  }
  ~OneGroup() { values_->destroy(slot()); }

  DistinctValues& values() { return *values_; }
  char* slot() { return reinterpret_cast<char*>(&slot_); }
  // How many of the numbers from `first` to before `end` count when they come at that time.
  size_t come(int64_t now_ms, int64_t first, int64_t end) {
    values_->set_now(now_ms);
    read(first, end);
    size_t counted = 0;
    for (size_t i = 0; i < static_cast<size_t>(end - first); ++i) {
      counted += values_->come(slot(), i, 1);
    }
    return counted;
  }
  bool leaves(int64_t now_ms, int64_t number) {
    values_->set_now(now_ms);
    read(number, number + 1);
    return values_->leave(slot(), 0, 1) != 0;
  }

 private:
  void read(int64_t first, int64_t end) {
    const auto count = static_cast<size_t>(end - first);
    const auto numbers = std::make_shared<std::vector<int64_t>>(count);
    std::iota(numbers->begin(), numbers->end(), first);
    Batch batch;
    batch.physical_size = static_cast<uint32_t>(count);
    batch.columns.push_back(Column::flat(Type::of(TypeKind::bigint), count,
                                         std::shared_ptr<const void>(numbers, numbers->data())));
    std::vector<uint32_t> rows(count);
    std::iota(rows.begin(), rows.end(), 0U);
    values_->read(batch, rows);
  }

  std::unique_ptr<DistinctValues> values_;
  uint64_t slot_ = 0;
};

}  // namespace

TEST_CASE("values that are over are taken out, though they never come again") {
  OneGroup group(Kept::seen, Duration::seconds(10));
  CHECK(group.come(0, 0, 1'000) == 1'000);
  const size_t full = group.values().memory();
  // Each second a hundred others: never more than some two thousand are alive.
  for (int64_t second = 1; second < 200; ++second) {
    const int64_t first = 1'000 + second * 100;
    CHECK(group.come(second * 1'000, first, first + 100) == 100);
    CHECK(group.values().memory() < 3 * full);
  }
  CHECK(group.come(200'000, 0, 1'000) == 1'000);
}

TEST_CASE("a value that comes again is not written where that changes nothing") {
  OneGroup seen(Kept::seen, Duration::seconds(10));
  CHECK(seen.come(0, 5, 6) == 1);
  CHECK(seen.come(9'000, 5, 6) == 0);
  CHECK(seen.come(10'000, 5, 6) == 1);

  OneGroup counted(Kept::times, Duration::seconds(10));
  CHECK(counted.come(0, 5, 6) == 1);
  CHECK(counted.come(9'000, 5, 6) == 0);
  CHECK_FALSE(counted.leaves(18'000, 5));
  CHECK(counted.leaves(27'000, 5));
}

TEST_CASE("of a value that is over nothing leaves, and it counts anew") {
  OneGroup group(Kept::times, Duration::seconds(10));
  CHECK(group.come(0, 5, 6) == 1);
  CHECK_FALSE(group.leaves(10'000, 5));
  CHECK(group.come(10'000, 5, 6) == 1);
  CHECK(group.leaves(11'000, 5));
}

TEST_CASE("when a value was written is saved with it") {
  OneGroup before(Kept::seen, Duration::seconds(10));
  before.come(4'000, 5, 6);
  ByteWriter out;
  before.values().save(before.slot(), out);
  OneGroup after(Kept::seen, Duration::seconds(10));
  ByteReader in(out.bytes());
  after.values().load(after.slot(), in);
  CHECK(after.come(13'999, 5, 6) == 0);
  CHECK(after.come(14'000, 5, 6) == 1);
}

}  // namespace millrace::exec
