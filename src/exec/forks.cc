#include "exec/forks.h"

#include <algorithm>
#include <map>
#include <set>

#include "exec/event_time.h"
#include "exec/mark_cursor.h"

namespace millrace::exec {

bool meet_again(const plan::Plan& plan, const plan::Node& fork) {
  using Ways = std::set<size_t>;
  std::map<const plan::Node*, Ways> ways;
  size_t next_way = 0;
  for (const auto& node : plan.nodes) {  // inputs stand before their consumers
    Ways& here = ways[node.get()];
    for (const plan::Node* input : node->inputs) {
      if (input == &fork) {
        here.insert(next_way++);
      } else if (const auto found = ways.find(input); found != ways.end()) {
        here.insert(found->second.begin(), found->second.end());
      }
    }
    if (here.size() > 1) {
      return true;
    }
  }
  return false;
}

namespace {

// Where among the batch's rows the parts begin, but for the first one.
std::vector<size_t> find_cuts(const Batch& batch, size_t rowtime) {
  std::vector<size_t> cuts;
  const Rows rows = batch.rows();
  const EventTimes times(batch.columns[rowtime]);
  Watermark now = Watermark::none();
  bool is_heard = true;  // of `now`, by all ways
  MarkCursor marks(batch);
  for (size_t i = 0; i < rows.size(); ++i) {
    marks.pass_until(rows[i], [&](Watermark passed) {
      now = passed;
      is_heard = false;
    });
    if (!is_heard && !times.is_null(rows[i]) && times.ms(rows[i]) <= now.ms) {
      cuts.push_back(i);
      is_heard = true;
    }
  }
  return cuts;
}

}  // namespace

std::vector<Batch> cut_ahead_of_late_rows(Batch batch, size_t rowtime) {
  std::vector<Batch> parts;
  std::vector<size_t> ends;
  if (!batch.marks.empty()) {
    ends = find_cuts(batch, rowtime);
  }
  if (ends.empty()) {
    parts.push_back(std::move(batch));
    return parts;
  }
  const Rows rows = batch.rows();
  ends.push_back(rows.size());
  auto mark = batch.marks.begin();
  size_t from = 0;
  for (const size_t end : ends) {
    Batch& part = parts.emplace_back(batch);
    std::vector<uint32_t> chosen;
    for (; from < end; ++from) {
      chosen.push_back(rows[from]);
    }
    part.selection = std::make_shared<const std::vector<uint32_t>>(std::move(chosen));
    const auto marks_end =
        end == rows.size() ? batch.marks.end()
                           : std::find_if(mark, batch.marks.end(),
                                          [&](const Mark& each) { return each.row > rows[end]; });
    part.marks.assign(mark, marks_end);
    mark = marks_end;
  }
  return parts;
}

}  // namespace millrace::exec
