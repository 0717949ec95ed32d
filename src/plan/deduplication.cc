#include "plan/deduplication.h"

namespace millrace::plan {

std::optional<Deduplication> as_deduplication(const Rank& rank) {
  const Node& input = *rank.inputs[0];
  if (rank.purpose != Rank::Purpose::row_number || rank.start != 1 || rank.end != 1 ||
      rank.number || rank.order_by.size() != 1 || !input.changelog.insert_only()) {
    return std::nullopt;
  }
  const SortKey& key = rank.order_by.front();
  const bool by_rowtime = input.is_rowtime(key.column);
  if (!by_rowtime && input.proctime != key.column) {
    return std::nullopt;
  }
  Deduplication what;
  what.kept = key.descending ? Deduplication::Kept::last : Deduplication::Kept::first;
  if (by_rowtime) {
    what.rowtime = key.column;
  }
  return what;
}

bool leaves_in_the_end(const Rank& rank) {
  return rank.mode == RuntimeMode::batch && !rank.order_by.empty() && !as_deduplication(rank);
}

}  // namespace millrace::plan
