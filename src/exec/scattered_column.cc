#include "exec/scattered_column.h"

#include <cstring>

#include "column/nested.h"
#include "column/physical.h"

namespace millrace::exec {

ScatteredColumn::ScatteredColumn(Type type, size_t size) : type_(std::move(type)), size_(size) {
  if (type_.physical() == Physical::nested) {
    places_.resize(size);
    return;
  }
  values_ = std::make_shared<std::vector<char>>(size * width_of(type_.physical()));
}

void ScatteredColumn::put(const Column& from, std::span<const uint32_t> to) {
  if (type_.physical() == Physical::nested) {
    for (size_t i = 0; i < to.size(); ++i) {
      places_[to[i]] = put_ + static_cast<uint32_t>(i);
    }
    put_ += static_cast<uint32_t>(to.size());
    parts_.push_back(from);
    return;
  }
  with_physical(type_.physical(), [&](auto zero) {
    using T = decltype(zero);
    const View<T> values(from);
    for (size_t i = 0; i < to.size(); ++i) {
      if (!values.is_null(i)) {
        std::memcpy(values_->data() + to[i] * sizeof(T), &values[i], sizeof(T));
        continue;
      }
      if (validity_ == nullptr) {
        validity_ = std::make_shared<Validity>(size_);
      }
      validity_->set_null(to[i]);
    }
  });
  owners_.insert(owners_.end(), from.owners().begin(), from.owners().end());
}

Column ScatteredColumn::finish() {
  if (type_.physical() == Physical::nested) {
    return concatenated(type_, parts_).gather(places_);
  }
  const std::shared_ptr<const void> data(values_, values_->data());
  return Column::flat(type_, size_, data, std::move(validity_), std::move(owners_));
}

}  // namespace millrace::exec
