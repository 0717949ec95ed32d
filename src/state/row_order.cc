#include "state/row_order.h"

#include <cmath>

#include "base/error.h"
#include "column/physical.h"

namespace millrace::state {

template <typename T>
static int compare_values(const char* a, const char* b) {
  T left;
  T right;
  std::memcpy(&left, a, sizeof(T));
  std::memcpy(&right, b, sizeof(T));
  if constexpr (std::is_same_v<T, StringRef>) {
    return left.view().compare(right.view());
  } else if constexpr (std::is_floating_point_v<T>) {
    if (left < right || left > right) {
      return left < right ? -1 : 1;
    }
    if (std::isnan(left) || std::isnan(right)) {
      return static_cast<int>(std::isnan(left)) - static_cast<int>(std::isnan(right));
    }
    return static_cast<int>(std::signbit(right)) - static_cast<int>(std::signbit(left));
  } else {
    return left < right ? -1 : left > right ? 1 : 0;
  }
}

RowOrder::RowOrder(const RowLayout& layout, const std::vector<OrderColumn>& columns) {
  for (const OrderColumn& column : columns) {
    const Type& type = layout.types()[column.column];
    if (type.physical() == Physical::nested || type.is_without_order()) {
      throw Error(ErrorCode::unsupported, "cannot order by a column of type " + type.to_string());
    }
    const auto compare =
        with_physical(type.physical(), [](auto zero) { return &compare_values<decltype(zero)>; });
    items_.push_back({column, layout.at(column.column), compare});
  }
}

int RowOrder::compare(const char* a, const char* b) const {
  for (const Item& item : items_) {
    const bool a_null = RowLayout::is_null(a, item.order.column);
    const bool b_null = RowLayout::is_null(b, item.order.column);
    if (a_null || b_null) {
      if (a_null != b_null) {
        return a_null == item.order.nulls_last ? 1 : -1;
      }
      continue;
    }
    const int compared = item.compare(a + item.at, b + item.at);
    if (compared != 0) {
      return item.order.descending ? -compared : compared;
    }
  }
  return 0;
}

}  // namespace millrace::state
