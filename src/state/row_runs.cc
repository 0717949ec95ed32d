#include "state/row_runs.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"
#include "base/error.h"
#include "state/run_queue.h"

namespace millrace::state {

uint64_t RowRun::size() const {
  return std::accumulate(counts.begin(), counts.end(), uint64_t{path.size()});
}

uint64_t RowRun::start_of(size_t wanted) const {
  return std::accumulate(counts.begin(), counts.begin() + static_cast<ptrdiff_t>(wanted), start);
}

RowRun RowRun::first_rows(uint64_t rows) const {
  RowRun shorter = *this;
  if (!path.empty()) {
    shorter.path.resize(rows);
    shorter.element = shorter.path.back();
  }
  for (size_t at = 0; at < counts.size(); ++at) {
    shorter.counts[at] = static_cast<uint32_t>(std::min<uint64_t>(counts[at], rows));
    shorter.element = shorter.counts[at] > 0 ? static_cast<uint32_t>(at) : shorter.element;
    rows -= shorter.counts[at];
  }
  return shorter;
}

RowRef* RowRuns::entry_of(const char* row, uint64_t hash) {
  return groups_by_key_.find(hash, [&](RowRef group) {
    return layout().equal(rows_.row(groups_[group.number].rows.front()), row, shape_.key);
  });
}

uint32_t RowRuns::new_group() {
  if (free_.empty()) {
    groups_.emplace_back();
    return static_cast<uint32_t>(groups_.size() - 1);
  }
  const uint32_t number = free_.back();
  free_.pop_back();
  return number;
}

uint32_t RowRuns::add(const char* row, uint64_t hash) {
  const RowRef* entry = entry_of(row, hash);
  uint32_t number = 0;
  if (entry != nullptr) {
    number = entry->number;
  } else {
    number = new_group();
    groups_by_key_.add(hash, RowRef{number});
  }
  groups_[number].rows.push_back(rows_.add(row));
  return number;
}

uint64_t RowRuns::Group::first_needed() const {
  uint64_t needed = end();
  for (const auto* runs : {&open, &complete}) {
    for (const RowRun& run : *runs) {
      needed = std::min(needed, run.start);
    }
  }
  return needed;
}

void RowRuns::trim(uint32_t number, std::vector<RowRef>& gone) {
  Group& group = groups_[number];
  const uint64_t waiting = group.end() - std::min(group.end(), uint64_t{shape_.rows_behind});
  uint64_t needed = std::min(group.first_needed(), waiting);
  needed = std::max(group.first, needed - std::min<uint64_t>(needed, shape_.rows_ahead));
  if (needed == group.end()) {
    forget(number, gone);
    return;
  }
  for (; group.first < needed; ++group.first) {
    gone.push_back(group.rows.front());
    group.rows.pop_front();
  }
}

void RowRuns::forget(uint32_t number, std::vector<RowRef>& gone) {
  Group& group = groups_[number];
  const char* row = rows_.row(group.rows.front());
  const RowRef* entry = entry_of(row, hash(row));
  check(entry != nullptr, "a row's group is in the index");
  groups_by_key_.remove(entry);
  free_.push_back(number);
  gone.insert(gone.end(), group.rows.begin(), group.rows.end());
  group = {};
}

void RowRuns::save_runs(const RunList& runs, uint64_t first, ByteWriter& out) const {
  out.write_varint(runs.size());
  for (const RowRun& run : runs) {
    out.write_varint(run.start - first);
    if (shape_.runs == RowRunsShape::Runs::paths) {
      out.write_varint(run.path.size());
      for (const uint32_t element : run.path) {
        out.write_varint(element);
      }
      continue;
    }
    out.write_varint(run.element);
    for (const uint32_t count : run.counts) {
      out.write_varint(count);
    }
  }
}

void RowRuns::save(ByteWriter& out) const {
  save_without_rows(out);
  out.write_varint(shape_.elements);
  out.write_varint(groups_.size() - free_.size());
  for (const Group& group : groups_) {
    if (group.rows.empty()) {
      continue;
    }
    out.write_varint(group.rows.size());
    for (const RowRef row : group.rows) {
      out.write_varint(row.number);
    }
    save_runs(group.open, group.first, out);
    save_runs(group.complete, group.first, out);
    if (shape_.numbers) {
      out.write_varint(group.matches);
    }
    if (shape_.shown) {
      out.write_varint(group.shown - group.first);
    }
  }
}

RowRun RowRuns::load_run(const Group& group, ByteReader& in) const {
  RowRun run;
  bool is_of_pattern = true;
  run.start = in.read_varint();
  if (shape_.runs == RowRunsShape::Runs::paths) {
    for (uint64_t left = in.read_varint(); left > 0; --left) {
      run.path.push_back(static_cast<uint32_t>(in.read_varint()));
      is_of_pattern = is_of_pattern && run.path.back() < shape_.elements;
    }
    run.element = run.path.empty() ? UINT32_MAX : run.path.back();
  } else {
    run.element = static_cast<uint32_t>(in.read_varint());
    for (size_t i = 0; i < shape_.elements; ++i) {
      run.counts.push_back(static_cast<uint32_t>(in.read_varint()));
    }
  }
  if (!is_of_pattern || (run.element >= shape_.elements && run.size() > 0) ||
      run.start >= group.rows.size() || run.size() > group.rows.size() - run.start) {
    throw Error(ErrorCode::corrupt, "cannot load runs: one is over rows that are not there");
  }
  return run;
}

void RowRuns::load(ByteReader& in) {
  check(groups_.empty(), "a table is loaded before it is used");
  const CountedChange counted = count_changes();
  load_rows_within(rows_, in);
  if (in.read_varint() != shape_.elements) {
    throw Error(ErrorCode::corrupt, "cannot load runs: they are over another pattern");
  }
  for (uint64_t left = in.read_varint(); left > 0; --left) {
    const uint32_t number = new_group();
    Group& group = groups_[number];
    for (uint64_t rows = in.read_varint(); rows > 0; --rows) {
      group.rows.push_back(RowRef{static_cast<uint32_t>(in.read_varint())});
    }
    for (auto* runs : {&group.open, &group.complete}) {
      for (uint64_t count = in.read_varint(); count > 0; --count) {
        push_run(*runs, load_run(group, in));
      }
    }
    if (std::any_of(group.open.begin(), group.open.end(),
                    [](const RowRun& run) { return run.size() == 0; })) {
      throw Error(ErrorCode::corrupt, "cannot load runs: one of no rows is open");
    }
    group.matches = shape_.numbers ? in.read_varint() : 0;
    group.shown = shape_.shown ? in.read_varint() : 0;
    check(!group.rows.empty(), "a group has rows");
    groups_by_key_.add(hash(rows_.row(group.rows.front())), RowRef{number});
    rows_.keep_room();
  }
}

size_t RowRuns::memory() const {
  return groups_by_key_.memory() + groups_.capacity() * sizeof(Group) +
         static_cast<size_t>(std::max<int64_t>(in_groups_, 0));
}

}  // namespace millrace::state
