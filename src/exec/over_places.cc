#include "exec/over_places.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "column/builder.h"
#include "column/nested.h"

namespace millrace::exec {

namespace {

using plan::AggregateCall;

template <typename T, typename Of>
Column of_each_row(const AggregateCall& call, const SortedPartition& partition, Of&& of) {
  FlatBuffer<T> results(partition.size());
  for (uint32_t row = 0; row < partition.size(); ++row) {
    results[row] = static_cast<T>(of(row));
  }
  return results.finish(call.function->result);
}

Column row_number(const AggregateCall& call, const SortedPartition& partition) {
  return of_each_row<int64_t>(call, partition, [](uint32_t row) { return row + 1; });
}

Column rank(const AggregateCall& call, const SortedPartition& partition) {
  return of_each_row<int64_t>(call, partition,
                              [&](uint32_t row) { return partition.first_peer[row] + 1; });
}

Column dense_rank(const AggregateCall& call, const SortedPartition& partition) {
  int64_t ranks = 0;
  return of_each_row<int64_t>(call, partition, [&](uint32_t row) {
    return partition.first_peer[row] == row ? ++ranks : ranks;
  });
}

Column percent_rank(const AggregateCall& call, const SortedPartition& partition) {
  const double others = std::max<double>(1, partition.size() - 1.0);
  return of_each_row<double>(call, partition,
                             [&](uint32_t row) { return partition.first_peer[row] / others; });
}

// As in Flink, which counts the rows up to this one and not its peers behind it.
Column cume_dist(const AggregateCall& call, const SortedPartition& partition) {
  const double all = partition.size();
  return of_each_row<double>(call, partition, [&](uint32_t row) { return (row + 1) / all; });
}

int32_t number_in(const AggregateCall& call, size_t argument, const SortedPartition& partition) {
  const View<int32_t> numbers(partition.rows.columns[call.arguments[argument]]);
  return numbers[0];
}

// The first parts have a row more than the others where the rows cannot be parted evenly.
Column ntile(const AggregateCall& call, const SortedPartition& partition) {
  const auto parts = static_cast<uint32_t>(number_in(call, 0, partition));
  const uint32_t least = partition.size() / parts;
  const uint32_t longer = partition.size() % parts;
  return of_each_row<int64_t>(call, partition, [&](uint32_t row) {
    const uint32_t in_longer = longer * (least + 1);
    return 1 + (row < in_longer ? row / (least + 1) : longer + (row - in_longer) / least);
  });
}

// --- LAG and LEAD ---

// The value `by` rows further on; the default of the row itself where there is none.
Column shifted(const AggregateCall& call, const SortedPartition& partition, int64_t by) {
  const Batch& rows = partition.rows;
  const bool has_default = call.arguments.size() > 2;
  const Column& values = rows.columns[call.arguments[0]];
  const std::array<Column, 2> parts = {values, has_default
                                                   ? rows.columns[call.arguments[2]]
                                                   : Column::null(values.type().as_nullable(), 1)};
  std::vector<uint32_t> chosen(partition.size());
  for (uint32_t row = 0; row < partition.size(); ++row) {
    const int64_t from = row + by;
    const uint32_t otherwise = partition.size() + (has_default ? row : 0);
    chosen[row] = from >= 0 && from < partition.size() ? static_cast<uint32_t>(from) : otherwise;
  }
  return concatenated(call.function->result, parts).gather(chosen);
}

int64_t offset_of(const AggregateCall& call, const SortedPartition& partition) {
  return call.arguments.size() > 1 ? number_in(call, 1, partition) : 1;
}

Column lag(const AggregateCall& call, const SortedPartition& partition) {
  return shifted(call, partition, -offset_of(call, partition));
}

Column lead(const AggregateCall& call, const SortedPartition& partition) {
  return shifted(call, partition, offset_of(call, partition));
}

struct PlaceFunction {
  const char* name;
  Column (*results)(const AggregateCall& call, const SortedPartition& partition);
};

constexpr PlaceFunction kFunctions[] = {{"ROW_NUMBER", row_number},
                                        {"RANK", rank},
                                        {"DENSE_RANK", dense_rank},
                                        {"PERCENT_RANK", percent_rank},
                                        {"CUME_DIST", cume_dist},
                                        {"NTILE", ntile},
                                        {"LAG", lag},
                                        {"LEAD", lead}};

const PlaceFunction* find(const AggregateCall& call) {
  const auto* found = std::find_if(
      std::begin(kFunctions), std::end(kFunctions),
      [&](const PlaceFunction& function) { return call.function->name == function.name; });
  return found == std::end(kFunctions) ? nullptr : found;
}

}  // namespace

bool is_of_place(const AggregateCall& call) { return find(call) != nullptr; }

Column place_results(const AggregateCall& call, const SortedPartition& partition) {
  const PlaceFunction* function = find(call);
  check(function != nullptr, "the call looks at a row's place");
  return function->results(call, partition);
}

}  // namespace millrace::exec
