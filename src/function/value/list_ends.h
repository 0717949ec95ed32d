#pragma once

// A column of collections that is made row after row: where each row's elements end.

#include <memory>
#include <utility>
#include <vector>

#include "column/column.h"

namespace millrace::function {

class ListEnds {
 public:
  // So many elements are there now, of all rows.
  void end_row(size_t elements) { offsets_->push_back(static_cast<uint32_t>(elements)); }
  void end_null_row(size_t elements) {
    null_rows_.push_back(offsets_->size() - 1);
    end_row(elements);
  }

  // `children` are the elements, as many columns as the type has children.
  Column finish(const Type& type, std::vector<Column> children) {
    const size_t size = offsets_->size() - 1;
    const auto validity = null_rows_.empty() ? nullptr : std::make_shared<Validity>(size);
    for (const size_t row : null_rows_) {
      validity->set_null(row);
    }
    return Column::list(type, size, offsets_, std::move(children), validity);
  }

 private:
  std::shared_ptr<std::vector<uint32_t>> offsets_ =
      std::make_shared<std::vector<uint32_t>>(1, uint32_t{0});
  std::vector<size_t> null_rows_;
};

}  // namespace millrace::function
