#include "exec/table_shapes.h"

namespace millrace::exec {

std::vector<Type> types_of(const Schema& schema) {
  std::vector<Type> types;
  for (const Field& field : schema.fields) {
    types.push_back(field.type);
  }
  return types;
}

std::vector<Type> types_of(const Schema& schema, const std::vector<size_t>& columns) {
  std::vector<Type> types;
  for (const size_t column : columns) {
    types.push_back(schema[column].type);
  }
  return types;
}

std::vector<state::OrderColumn> order_of(const std::vector<plan::SortKey>& keys) {
  std::vector<state::OrderColumn> order;
  for (const plan::SortKey& key : keys) {
    order.push_back({key.column, key.descending, key.nulls_last});
  }
  return order;
}

}  // namespace millrace::exec
