#include "exec/same_values.h"

#include <cstring>

#include "column/physical.h"

namespace millrace::exec {

// A map that has one is not even its own equal, as in Flink.
static bool has_null_value(const Column& column, size_t map) {
  const std::vector<uint32_t>& offsets = *column.offsets();
  for (uint32_t i = offsets[map]; column.type().kind == TypeKind::map && i < offsets[map + 1];
       ++i) {
    if (column.children().back().is_null(i)) {
      return true;
    }
  }
  return false;
}

static bool same_elements(const Column& column, size_t a, size_t b) {
  const std::vector<uint32_t>& offsets = *column.offsets();
  const uint32_t size = offsets[a + 1] - offsets[a];
  if (size != offsets[b + 1] - offsets[b]) {
    return false;
  }
  for (const Column& child : column.children()) {
    for (uint32_t i = 0; i < size; ++i) {
      if (!same_values(child, offsets[a] + i, offsets[b] + i)) {
        return false;
      }
    }
  }
  return !has_null_value(column, a);
}

static bool same_nested(const Column& column, size_t a, size_t b) {
  a = column.position_of(a);
  b = column.position_of(b);
  if (column.offsets() != nullptr) {
    return same_elements(column, a, b);
  }
  for (const Column& child : column.children()) {
    if (!same_values(child, a, b)) {
      return false;
    }
  }
  return true;
}

bool same_values(const Column& column, size_t a, size_t b) {
  if (column.is_null(a) || column.is_null(b)) {
    return column.is_null(a) && column.is_null(b);
  }
  if (column.type().physical() == Physical::nested) {
    return same_nested(column, a, b);
  }
  return with_physical(column.type().physical(), [&](auto zero) {
    const View<decltype(zero)> view(column);
    return view[a] == view[b];
  });
}

template <typename T>
static void compare(const Column& column, std::vector<uint8_t>& same) {
  const View<T> view(column);
  const bool has_nulls = view.has_nulls();
  for (size_t i = 0; i < same.size(); ++i) {
    const size_t before = 2 * i;
    const size_t after = before + 1;
    const bool some_null = has_nulls && (view.is_null(before) || view.is_null(after));
    const bool equal =
        some_null ? view.is_null(before) == view.is_null(after) : view[before] == view[after];
    same[i] = same[i] != 0 && equal ? 1 : 0;
  }
}

std::vector<uint8_t> same_as_before(std::span<const Column> columns, size_t count) {
  std::vector<uint8_t> same(count, 1);
  for (const Column& column : columns) {
    if (count == 0 || std::memchr(same.data(), 1, count) == nullptr) {
      break;  // a count that goes up tells all rows apart
    }
    if (column.type().physical() != Physical::nested) {
      with_physical(column.type().physical(),
                    [&](auto zero) { compare<decltype(zero)>(column, same); });
      continue;
    }
    for (size_t i = 0; i < count; ++i) {
      same[i] = same[i] != 0 && same_values(column, 2 * i, 2 * i + 1) ? 1 : 0;
    }
  }
  return same;
}

}  // namespace millrace::exec
