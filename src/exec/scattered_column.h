#pragma once

// A column whose values are found in another order than they stand in: in rounds, by group.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "column/column.h"

namespace millrace::exec {

class ScatteredColumn {
 public:
  ScatteredColumn(Type type, size_t size);

  // Row i of `from` is row to[i].
  void put(const Column& from, std::span<const uint32_t> to);
  // All rows have been put.
  Column finish();

 private:
  Type type_;
  size_t size_;
  std::shared_ptr<std::vector<char>> values_;
  std::shared_ptr<Validity> validity_;  // null for "no NULLs"
  Owners owners_;
  // Of a nested type: what was put, and where each row lies in all of it.
  std::vector<Column> parts_;
  std::vector<uint32_t> places_;
  uint32_t put_ = 0;
};

}  // namespace millrace::exec
