#include "state/ranked_rows.h"

#include <algorithm>

#include "base/check.h"

namespace millrace::state {

RankedRows::RankedRows(RankedRowsShape shape, RowStore* rows)
    : shape_(std::move(shape)), rows_(*rows), order_(rows_.layout(), shape_.order) {}

RowRef* RankedRows::entry_of(const char* row, uint64_t hash) {
  return groups_by_key_.find(hash, [&](RowRef group) {
    return layout().equal(rows_.row(groups_[group.number].rows.front()), row, shape_.key);
  });
}

RankedRows::Group* RankedRows::find(const char* row, uint64_t hash) {
  const RowRef* entry = entry_of(row, hash);
  return entry == nullptr ? nullptr : &groups_[entry->number];
}

size_t RankedRows::place_of(const Group& group, const char* row) const {
  const auto at = std::upper_bound(
      group.rows.begin(), group.rows.end(), row,
      [&](const char* a, RowRef b) { return order_.compare(a, rows_.row(b)) < 0; });
  return static_cast<size_t>(at - group.rows.begin());
}

size_t RankedRows::first_equal(const Group& group, const char* row) const {
  const auto at = std::lower_bound(
      group.rows.begin(), group.rows.end(), row,
      [&](RowRef a, const char* b) { return order_.compare(rows_.row(a), b) < 0; });
  return static_cast<size_t>(at - group.rows.begin());
}

size_t RankedRows::find_in(const Group& group, const char* row) const {
  const size_t size = group.rows.size();
  for (size_t at = first_equal(group, row); at < size && are_equal(group.rows[at], row); ++at) {
    if (layout().equal(rows_.row(group.rows[at]), row)) {
      return at;
    }
  }
  return size;
}

size_t RankedRows::find_in(const Group& group, RowRef row) const {
  const auto first =
      group.rows.begin() + static_cast<ptrdiff_t>(first_equal(group, rows_.row(row)));
  const auto at = std::find(first, group.rows.end(), row);
  check(at != group.rows.end(), "the row is in its group");
  return static_cast<size_t>(at - group.rows.begin());
}

uint32_t RankedRows::new_group() {
  auto number = static_cast<uint32_t>(groups_.size());
  if (free_.empty()) {
    groups_.emplace_back();
  } else {
    number = free_.back();
    free_.pop_back();
  }
  groups_[number].made = next_made_++;
  groups_[number].sorted = 0;
  return number;
}

std::vector<uint32_t> RankedRows::all_groups() const {
  std::vector<uint32_t> numbers;
  for (uint32_t number = 0; number < groups_.size(); ++number) {
    if (!groups_[number].rows.empty()) {
      numbers.push_back(number);
    }
  }
  std::sort(numbers.begin(), numbers.end(),
            [&](uint32_t a, uint32_t b) { return groups_[a].made < groups_[b].made; });
  return numbers;
}

RankedRows::Group& RankedRows::insert(Group* group, size_t place, const char* row, uint64_t hash) {
  const RowRef added = rows_.add(row);
  if (group != nullptr) {
    group->rows.insert(group->rows.begin() + static_cast<ptrdiff_t>(place), added);
    return *group;
  }
  const uint32_t number = new_group();
  groups_[number].rows.push_back(added);
  groups_by_key_.add(hash, RowRef{number});
  return groups_[number];
}

void RankedRows::append(const char* row, uint64_t hash) {
  Group* group = find(row, hash);
  insert(group, group == nullptr ? 0 : group->rows.size(), row, hash);
}

void RankedRows::sort(Group& group) {
  const auto before = [&](RowRef a, RowRef b) {
    return order_.compare(rows_.row(a), rows_.row(b)) < 0;
  };
  const auto added = group.rows.begin() + static_cast<ptrdiff_t>(group.sorted);
  std::stable_sort(added, group.rows.end(), before);
  std::inplace_merge(group.rows.begin(), added, group.rows.end(), before);
  group.sorted = group.rows.size();
}

RowRef RankedRows::take(Group* group, size_t place) {
  const auto at = group->rows.begin() + static_cast<ptrdiff_t>(place);
  const RowRef row = *at;
  group->sorted -= place < group->sorted ? 1 : 0;
  if (group->rows.size() > 1) {
    group->rows.erase(at);
    return row;
  }
  const uint64_t hash = this->hash(rows_.row(row));
  const RowRef* entry = entry_of(rows_.row(row), hash);
  check(entry != nullptr, "a row's group is in the index");
  free_.push_back(entry->number);
  groups_by_key_.remove(entry);
  group->rows.clear();
  return row;
}

void RankedRows::drop(RowRef row) {
  Group* group = find(rows_.row(row), hash(rows_.row(row)));
  check(group != nullptr, "a row's group is there");
  release(take(group, find_in(*group, row)));
}

void RankedRows::remove_all() {
  groups_by_key_ = RowIndex();
  groups_.clear();
  groups_.shrink_to_fit();
  free_.clear();
  rows_.remove_all();
}

void RankedRows::save(ByteWriter& out) const {
  save_without_rows(out);
  const std::vector<uint32_t> numbers = all_groups();
  out.write_varint(numbers.size());
  for (const uint32_t number : numbers) {
    const Group& group = groups_[number];
    out.write_varint(group.rows.size());
    for (const RowRef row : group.rows) {
      out.write_varint(row.number);
    }
  }
}

void RankedRows::load(ByteReader& in) {
  check(groups_.empty(), "a table is loaded before it is used");
  load_rows_within(rows_, in);
  for (uint64_t groups = in.read_varint(); groups > 0; --groups) {
    Group& group = groups_[new_group()];
    for (uint64_t left = in.read_varint(); left > 0; --left) {
      group.rows.push_back(RowRef{static_cast<uint32_t>(in.read_varint())});
    }
    groups_by_key_.add(hash(rows_.row(group.rows.front())),
                       RowRef{static_cast<uint32_t>(groups_.size() - 1)});
    rows_.keep_room();
  }
}

size_t RankedRows::memory() const {
  return groups_by_key_.memory() + groups_.capacity() * sizeof(Group) +
         rows_.size() * sizeof(RowRef);
}

}  // namespace millrace::state
