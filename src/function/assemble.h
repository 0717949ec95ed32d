#pragma once

// Puts a column together from rows of several columns: what CASE and COALESCE end with.

#include <vector>

#include "column/batch.h"
#include "column/column.h"

namespace millrace::function {

class Assembly {
 public:
  Assembly(Type type, size_t size) : type_(std::move(type)), size_(size) {}

  // These rows come from `column`. No row is taken twice; rows never taken are NULL.
  void take(Column column, const Rows& rows);
  Column finish();

 private:
  struct Part {
    Column column;
    std::vector<uint32_t> rows;
  };

  template <typename T>
  Column finish_as_dictionary() const;
  template <typename T>
  Column finish_flat() const;
  Column finish_nested() const;

  Type type_;
  size_t size_;
  size_t taken_ = 0;
  std::vector<Part> parts_;
};

}  // namespace millrace::function
