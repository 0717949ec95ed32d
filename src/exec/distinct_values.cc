#include "exec/distinct_values.h"

#include "column/physical.h"
#include "exec/distinct_keys.h"
#include "exec/distinct_numbers.h"

namespace millrace::exec {

static bool is_number(const Type& type) {
  const Physical physical = type.physical();
  return physical != Physical::string && physical != Physical::nested &&
         width_of(physical) <= sizeof(uint64_t);
}

std::unique_ptr<DistinctValues> DistinctValues::make(std::vector<size_t> arguments,
                                                     std::vector<Type> types, Kept kept,
                                                     Duration ttl, Order order) {
  const bool expires = ttl > Duration();
  if (order == Order::any && kept == Kept::seen && !expires && types.size() == 1 &&
      is_number(types[0])) {
    return std::make_unique<DistinctNumbers>(std::move(arguments), std::move(types));
  }
  return std::make_unique<DistinctKeys>(std::move(arguments), std::move(types), kept, ttl);
}

void DistinctValues::read(const Batch& batch, std::span<const uint32_t> rows) {
  columns_.clear();
  for (const size_t argument : arguments_) {
    columns_.push_back(batch.columns[argument]);
  }
  values_.read(columns_, Rows(rows));
}

std::vector<Column> DistinctValues::columns(std::span<char* const> values) const {
  return layout_.columns(values, nullptr);
}

}  // namespace millrace::exec
