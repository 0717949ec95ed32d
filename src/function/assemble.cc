#include "function/assemble.h"

#include <algorithm>

#include "base/check.h"
#include "column/builder.h"
#include "column/nested.h"
#include "column/physical.h"

namespace millrace::function {

void Assembly::take(Column column, const Rows& rows) {
  check(column.type().physical() == type_.physical());
  Part part{std::move(column), std::vector<uint32_t>(rows.size())};
  for (size_t i = 0; i < rows.size(); ++i) {
    part.rows[i] = rows[i];
  }
  taken_ += part.rows.size();
  parts_.push_back(std::move(part));
}

// CASE over literals: a code per row into the literals, which grouping and comparing then use.
template <typename T>
Column Assembly::finish_as_dictionary() const {
  const bool some_left = taken_ < size_;
  FlatBuffer<T> values(parts_.size() + (some_left ? 1 : 0));
  auto codes = std::make_shared<std::vector<uint32_t>>(size_);
  if (some_left) {
    values.set_null(parts_.size());
    std::fill(codes->begin(), codes->end(), static_cast<uint32_t>(parts_.size()));
  }
  Owners owners;
  for (size_t i = 0; i < parts_.size(); ++i) {
    const Column& column = parts_[i].column;
    values[i] = View<T>(column)[0];
    if (column.is_null(0)) {
      values.set_null(i);
    }
    for (const uint32_t row : parts_[i].rows) {
      (*codes)[row] = static_cast<uint32_t>(i);
    }
    owners.insert(owners.end(), column.owners().begin(), column.owners().end());
  }
  return Column::dictionary(values.finish(type_, std::move(owners)), codes);
}

template <typename T>
Column Assembly::finish_flat() const {
  FlatBuffer<T> result(size_);
  auto validity = std::make_shared<Validity>(size_, taken_ == size_);
  bool has_nulls = taken_ < size_;
  Owners owners;
  for (const Part& part : parts_) {
    const View<T> view(part.column);
    for (const uint32_t row : part.rows) {
      result[row] = view[row];
    }
    if (taken_ < size_) {
      for (const uint32_t row : part.rows) {
        validity->set_valid(row);
      }
    }
    if (view.has_nulls()) {
      has_nulls = true;
      for (const uint32_t row : part.rows) {
        if (view.is_null(row)) {
          validity->set_null(row);
        }
      }
    }
    owners.insert(owners.end(), part.column.owners().begin(), part.column.owners().end());
  }
  if (has_nulls) {
    result.set_validity(std::move(validity));
  }
  return result.finish(type_, std::move(owners));
}

// Nested values stay where they lie when one column gives them all.
Column Assembly::finish_nested() const {
  if (parts_.size() == 1 && taken_ == size_) {
    return parts_.front().column.retyped(type_);
  }
  std::vector<Column> columns = {Column::null(type_, 1)};
  std::vector<uint32_t> places(size_, 0);  // in all of them; the NULL where no column gives a value
  uint32_t before = 1;
  for (const Part& part : parts_) {
    for (size_t i = 0; i < part.rows.size(); ++i) {
      places[part.rows[i]] = before + static_cast<uint32_t>(i);
    }
    columns.push_back(part.column.gather(part.rows).retyped(type_));
    before += static_cast<uint32_t>(part.rows.size());
  }
  return concatenated(type_, columns).gather(places);
}

Column Assembly::finish() {
  std::erase_if(parts_, [](const Part& part) { return part.rows.empty(); });
  if (type_.physical() == Physical::nested) {
    return finish_nested();
  }
  if (parts_.empty()) {
    return Column::null(type_, size_);
  }
  const bool constants = std::all_of(parts_.begin(), parts_.end(), [](const Part& part) {
    return part.column.layout() == Column::Layout::constant;
  });
  return with_physical(type_.physical(), [&](auto zero) {
    using T = decltype(zero);
    return constants ? finish_as_dictionary<T>() : finish_flat<T>();
  });
}

}  // namespace millrace::function
