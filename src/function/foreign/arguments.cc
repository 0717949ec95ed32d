#include "function/foreign/arguments.h"

#include <algorithm>

#include "column/physical.h"

namespace millrace::function {

std::vector<uint32_t> rows_seen(std::span<const Column> arguments, const Rows& rows,
                                bool without_nulls) {
  std::vector<uint32_t> seen;
  seen.reserve(rows.size());
  for_each(rows, [&](uint32_t row) {
    const auto is_null = [row](const Column& argument) { return argument.is_null(row); };
    if (!without_nulls || std::none_of(arguments.begin(), arguments.end(), is_null)) {
      seen.push_back(row);
    }
  });
  return seen;
}

// A row may come twice, in windows that overlap.
static bool are_all(std::span<const uint32_t> rows, size_t size) {
  bool in_place = rows.size() == size;
  for (size_t i = 0; in_place && i < size; ++i) {
    in_place = rows[i] == i;
  }
  return in_place;
}

ForeignArguments::ForeignArguments(std::span<const Column> arguments,
                                   std::span<const uint32_t> rows) {
  for (const Column& argument : arguments) {
    const bool as_it_is =
        argument.layout() == Column::Layout::flat && are_all(rows, argument.size());
    columns_.push_back(as_it_is ? argument : argument.gather(rows));
  }
  for (const Column& column : columns_) {
    const auto* validity = column.validity();
    passed_.push_back({values_of(column), validity ? validity->words().data() : nullptr});
  }
}

const void* ForeignArguments::values_of(const Column& column) {
  if (column.type().physical() != Physical::string) {
    return column.data();
  }
  std::vector<millrace_string>& strings = strings_.emplace_back();
  strings.reserve(column.size());
  for (size_t row = 0; row < column.size(); ++row) {
    const StringRef* text = &column.values<StringRef>()[row];
    const std::string_view view = column.is_null(row) ? std::string_view() : text->view();
    strings.push_back({view.data(), view.size()});
  }
  return strings.data();
}

}  // namespace millrace::function
