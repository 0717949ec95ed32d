// How buckets of a timed table leave memory.

#include <algorithm>

#include "base/check.h"
#include "state/timed_table.h"

namespace millrace::state {

SpilledGroups& TimedTable::spilled_at(int64_t end) {
  check(space_ != nullptr, "there is room for what has left memory");
  std::unique_ptr<SpilledGroups>& spilled = spilled_[end];
  if (spilled == nullptr) {
    spilled = std::make_unique<SpilledGroups>(&layout_, slots_.get(), space_);
  }
  return *spilled;
}

size_t TimedTable::generation_of(int64_t end) const {
  const auto found = spilled_.find(end);
  return found == spilled_.end() ? 0 : found->second->generations();
}

// The largest first, each as a whole: fewer generations are to be merged.
void TimedTable::spill(size_t bytes) {
  if (space_ == nullptr || !slots_->merges()) {
    return;
  }
  std::vector<std::pair<size_t, int64_t>> by_size;
  for (const auto& [end, bucket] : buckets_) {
    if (bucket.size() > 0) {
      by_size.emplace_back(bucket.memory(), end);
    }
  }
  std::sort(by_size.begin(), by_size.end(), std::greater());
  last_ = nullptr;
  size_t freed = 0;
  for (const auto& [memory, end] : by_size) {
    if (freed >= bytes) {
      break;
    }
    const size_t number = generation_of(end);
    const size_t owned = slots_->memory();
    spilled_at(end).add(number, std::move(buckets_.at(end)));
    left_.push_back({end, number});
    buckets_.erase(end);
    buckets_.try_emplace(end, &layout_, slots_.get());
    freed += memory + owned - std::min(owned, slots_->memory());
  }
}

uint64_t TimedTable::spilled() const {
  uint64_t sum = 0;
  for (const auto& [end, spilled] : spilled_) {
    sum += spilled->bytes();
  }
  return sum;
}

// What is still in memory goes too, so that there is room to merge.
std::unique_ptr<SpilledGroups> TimedTable::take_spilled(int64_t end, Bucket& groups) {
  auto node = spilled_.extract(end);
  if (!node) {
    return nullptr;
  }
  std::erase_if(left_, [&](const Generation& left) { return left.end == end; });
  if (groups.size() > 0) {
    node.mapped()->add(node.mapped()->generations(), std::move(groups));
  }
  return std::move(node.mapped());
}

std::vector<Parts> TimedTable::parts(int64_t above, int64_t to) const {
  std::array<size_t, Parts::kAll> memory{};
  bool any = false;
  for (auto at = buckets_.upper_bound(above); at != buckets_.end() && at->first <= to; ++at) {
    const auto found = spilled_.find(at->first);
    any = any || found != spilled_.end();
    const size_t each = at->second.memory() / Parts::kAll;
    const auto spilled = found == spilled_.end() ? std::array<size_t, Parts::kAll>{}
                                                 : found->second->memory_by_part();
    for (size_t part = 0; part < Parts::kAll; ++part) {
      memory[part] += each + spilled[part];
    }
  }
  return any ? divide(memory, space_->most_at_once()) : std::vector<Parts>{Parts()};
}

}  // namespace millrace::state
