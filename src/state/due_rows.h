#pragma once

// References to rows in the order of the times at which they are due, rows of one time by number.
//
// Most rows come in that order already: those lie in a queue, and only the others in a heap.

#include <cstdint>
#include <deque>
#include <vector>

#include "state/row_store.h"

namespace millrace::state {

struct Due {
  int64_t ms;
  uint64_t number;  // which of two rows of one time comes first
  RowRef row;
};

class DueRows {
 public:
  void add(const Due& due);
  size_t size() const { return queue_.size() + strays_.size(); }
  size_t memory() const { return size() * sizeof(Due); }

  // The first of all; null where there is none.
  const Due* next() const;
  void pop();
  // Takes out those for which is_gone(due) holds. Reads all.
  template <typename IsGone>
  void remove_if(IsGone&& is_gone) {
    std::erase_if(queue_, is_gone);
    std::erase_if(strays_, is_gone);
    restore_heap();
  }
  // In no order that means anything: for who saves them.
  std::vector<Due> all() const;

 private:
  void restore_heap();

  std::deque<Due> queue_;    // ascending
  std::vector<Due> strays_;  // a heap, the first to leave on top
};

// Whether `a` leaves behind `b`.
bool is_later(const Due& a, const Due& b);

}  // namespace millrace::state
