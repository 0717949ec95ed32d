#include "plan/rules/changelog/changelog.h"

#include <algorithm>

namespace millrace::plan {

bool contains_all(const std::vector<size_t>& outer, const std::vector<size_t>& inner) {
  return std::all_of(inner.begin(), inner.end(), [&](size_t column) {
    return std::find(outer.begin(), outer.end(), column) != outer.end();
  });
}

bool passes_on(const Node& node) {
  return node.kind == NodeKind::filter || node.kind == NodeKind::project ||
         node.kind == NodeKind::window_table_function || node.kind == NodeKind::expand ||
         node.kind == NodeKind::repeat || node.kind == NodeKind::unnest ||
         node.kind == NodeKind::union_all;
}

std::vector<size_t> join_key(const Join& node, size_t side) {
  std::vector<size_t> columns;
  for (const Join::Key& key : node.keys) {
    columns.push_back(side == 0 ? key.left : key.right);
  }
  return columns;
}

bool is_unique_within(const Node& input, const std::vector<size_t>& columns) {
  return std::any_of(input.upsert_keys.begin(), input.upsert_keys.end(),
                     [&](const auto& key) { return contains_all(columns, key); });
}

}  // namespace millrace::plan
