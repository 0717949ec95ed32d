#pragma once

// Arrays and maps as arguments, and results made of their elements.

#include <algorithm>

#include "column/nested.h"
#include "function/kernel.h"
#include "function/scalar/flat_argument.h"
#include "function/value/list_ends.h"

namespace millrace::function {

// An argument that is a collection.
class ListArgument {
 public:
  ListArgument(const KernelCall& call, size_t number) : list_(flat_argument(call, number)) {}

  bool is_null(size_t row) const { return list_.is_null(row); }
  size_t begin(size_t row) const { return (*list_.offsets())[row]; }
  size_t end(size_t row) const { return (*list_.offsets())[row + 1]; }
  const Column& elements(size_t child = 0) const { return list_.children()[child]; }

 private:
  Column list_;
};

// A result of collections, for all rows in order: each row picks from the elements of `source`,
// which are as many columns as the result's type has children.
class PickedLists {
 public:
  PickedLists(const KernelCall& call, std::vector<Column> source)
      : call_(call), source_(std::move(source)) {}

  void pick(size_t position) { picked_.push_back(static_cast<uint32_t>(position)); }
  void end_row() { ends_.end_row(picked_.size()); }
  void end_null_row() { ends_.end_null_row(picked_.size()); }
  Column finish() {
    std::vector<Column> children;
    for (size_t i = 0; i < source_.size(); ++i) {
      children.push_back(source_[i].gather(picked_).retyped((*call_.result.children)[i].type));
    }
    return ends_.finish(call_.result, std::move(children));
  }

 private:
  const KernelCall& call_;
  std::vector<Column> source_;
  std::vector<uint32_t> picked_;
  ListEnds ends_;
};

inline bool has_null(const KernelCall& call, uint32_t row) {
  return std::any_of(call.arguments.begin(), call.arguments.end(),
                     [row](const Column& argument) { return argument.is_null(row); });
}

// Fills in a result for all rows in order. Of those that are asked for it is NULL where
// is_null(row) says so; for the others make(row) adds the elements. Rows that are not asked for,
// whose arguments may be anything, end without elements.
template <typename Result, typename IsNull, typename Make>
Column each_list_but(const KernelCall& call, Result& result, IsNull is_null, Make make) {
  uint32_t next = 0;
  const auto skip_to = [&](size_t row) {
    for (; next < row; ++next) {
      result.end_row();
    }
  };
  for_each(call.rows, [&](uint32_t row) {
    skip_to(row);
    if (is_null(row)) {
      result.end_null_row();
    } else {
      make(row);
      result.end_row();
    }
    ++next;
  });
  skip_to(call.size);
  return result.finish();
}

// The same, NULL where an argument is.
template <typename Result, typename Make>
Column each_list(const KernelCall& call, Result& result, Make make) {
  return each_list_but(call, result, [&](uint32_t row) { return has_null(call, row); }, make);
}

// A result of arrays of strings, for all rows in order.
class TextLists {
 public:
  explicit TextLists(const KernelCall& call)
      : call_(call), texts_((*call.result.children)[0].type) {}

  void add(std::string_view text) { texts_.add_string(text); }
  void add_null() { texts_.add_null(); }
  void end_row() { ends_.end_row(texts_.size()); }
  void end_null_row() { ends_.end_null_row(texts_.size()); }
  Column finish() { return ends_.finish(call_.result, {texts_.finish()}); }

 private:
  const KernelCall& call_;
  ColumnBuilder texts_;
  ListEnds ends_;
};

}  // namespace millrace::function
