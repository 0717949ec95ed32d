#include "state/due_rows.h"

#include <algorithm>

namespace millrace::state {

bool is_later(const Due& a, const Due& b) {
  return a.ms != b.ms ? a.ms > b.ms : a.number > b.number;
}

void DueRows::add(const Due& due) {
  if (queue_.empty() || !is_later(queue_.back(), due)) {
    queue_.push_back(due);
  } else {
    strays_.push_back(due);
    std::push_heap(strays_.begin(), strays_.end(), is_later);
  }
}

const Due* DueRows::next() const {
  const Due* queued = queue_.empty() ? nullptr : &queue_.front();
  const Due* stray = strays_.empty() ? nullptr : &strays_.front();
  if (queued == nullptr || stray == nullptr) {
    return queued != nullptr ? queued : stray;
  }
  return is_later(*queued, *stray) ? stray : queued;
}

void DueRows::pop() {
  if (!queue_.empty() && next() == &queue_.front()) {
    queue_.pop_front();
  } else {
    std::pop_heap(strays_.begin(), strays_.end(), is_later);
    strays_.pop_back();
  }
}

void DueRows::restore_heap() { std::make_heap(strays_.begin(), strays_.end(), is_later); }

std::vector<Due> DueRows::all() const {
  std::vector<Due> all(queue_.begin(), queue_.end());
  all.insert(all.end(), strays_.begin(), strays_.end());
  return all;
}

}  // namespace millrace::state
