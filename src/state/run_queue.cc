#include "state/run_queue.h"

#include <utility>

namespace millrace::state {

// From `hole` down to where `run` is not behind what is below.
static void sift_down(RunList& runs, size_t hole, RowRun run) {
  while (hole < runs.size() / 2) {
    size_t child = 2 * hole + 1;
    if (child + 1 < runs.size() && runs[child + 1].start < runs[child].start) {
      ++child;
    }
    if (run.start <= runs[child].start) {
      break;
    }
    runs[hole] = std::move(runs[child]);
    hole = child;
  }
  runs[hole] = std::move(run);
}

void push_run(RunList& runs, RowRun run) {
  size_t hole = runs.size();
  runs.emplace_back();
  while (hole > 0 && run.start < runs[(hole - 1) / 2].start) {
    runs[hole] = std::move(runs[(hole - 1) / 2]);
    hole = (hole - 1) / 2;
  }
  runs[hole] = std::move(run);
}

RowRun pop_run(RunList& runs) {
  RowRun first = std::move(runs.front());
  RowRun last = std::move(runs.back());
  runs.pop_back();
  if (!runs.empty()) {
    sift_down(runs, 0, std::move(last));
  }
  return first;
}

void remove_runs(RunList& runs, const IsGone& is_gone) {
  if (std::erase_if(runs, is_gone) == 0) {
    return;
  }
  for (size_t parent = runs.size() / 2; parent-- > 0;) {
    RowRun run = std::move(runs[parent]);
    sift_down(runs, parent, std::move(run));
  }
}

void expire_runs(RunList& runs, const IsGone& is_gone) {
  RunList left;
  for (RowRun& run : runs) {
    if (!is_gone(run)) {
      push_run(left, std::move(run));
    }
  }
  runs = std::move(left);
}

}  // namespace millrace::state
