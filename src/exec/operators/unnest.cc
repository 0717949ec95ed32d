#include "exec/operators/unnest.h"

#include "column/builder.h"
#include "exec/chosen_rows.h"
#include "function/assemble.h"

namespace millrace::exec {

void Unnest::push(Port, Batch rows, Output& out) {
  const Column& collections = rows.columns[node_->collection];
  Elements elements;
  for_each(rows.rows(), [&](uint32_t row) { add_row(collections, row, elements); });
  send_in_batches(
      rows, elements.rows,
      [&](size_t from, size_t size) {
        return with_elements(rows, collections, elements, from, size);
      },
      out);
}

// A multiset says of each element how often it is there.
static uint32_t times_there(const Column& stored, uint32_t position) {
  if (stored.type().kind != TypeKind::multiset) {
    return 1;
  }
  return static_cast<uint32_t>(View<int32_t>(stored.children()[1])[position]);
}

void Unnest::add_row(const Column& collections, uint32_t row, Elements& elements) const {
  const auto add = [&](uint32_t position, int32_t ordinal) {
    elements.rows.push_back(row);
    elements.positions.push_back(position);
    elements.ordinals.push_back(ordinal);
  };
  int32_t ordinal = 0;
  if (!collections.is_null(row)) {
    const Column stored = collections.stored();
    const std::vector<uint32_t>& offsets = *stored.offsets();
    const size_t at = collections.position_of(row);
    // A ROW that is NULL is no element, as in Flink, which takes rows apart.
    const Column& values = stored.children()[0];
    const bool of_rows =
        stored.type().kind == TypeKind::array && values.type().kind == TypeKind::row;
    for (uint32_t position = offsets[at]; position < offsets[at + 1]; ++position) {
      if (of_rows && values.is_null(position)) {
        continue;
      }
      for (uint32_t time = times_there(stored, position); time > 0; --time) {
        add(position, ++ordinal);
      }
    }
  }
  if (ordinal == 0 && node_->keeps_empty) {
    add(0, 0);
  }
}

namespace {

// The output rows that have an element.
std::vector<uint32_t> rows_with_one(std::span<const int32_t> ordinals) {
  std::vector<uint32_t> rows;
  for (uint32_t row = 0; row < ordinals.size(); ++row) {
    if (ordinals[row] > 0) {
      rows.push_back(row);
    }
  }
  return rows;
}

// Of the given type, NULL but for the chosen rows.
Column only(const Column& column, const Type& type, std::span<const uint32_t> chosen) {
  if (chosen.size() == column.size()) {
    return column;
  }
  function::Assembly assembly(type, column.size());
  assembly.take(column, Rows(chosen));
  return assembly.finish();
}

}  // namespace

Batch Unnest::with_elements(const Batch& batch, const Column& collections, const Elements& elements,
                            size_t from, size_t size) const {
  Batch longer = chosen_rows(batch, std::span(elements.rows).subspan(from, size));
  const std::span<const uint32_t> positions = std::span(elements.positions).subspan(from, size);
  const std::span<const int32_t> ordinals = std::span(elements.ordinals).subspan(from, size);
  const std::vector<uint32_t> chosen = rows_with_one(ordinals);
  const auto add = [&](const auto& make) {
    const Type& type = node_->schema[longer.columns.size()].type;
    longer.columns.push_back(chosen.empty() ? Column::null(type, size)
                                            : only(make(), type, chosen));
  };
  const Column stored = collections.stored();
  add([&] { return stored.children()[0].gather(positions); });
  if (stored.type().kind == TypeKind::map) {
    add([&] { return stored.children()[1].gather(positions); });
  }
  if (node_->with_ordinality) {
    add([&] {
      FlatBuffer<int32_t> numbers(size);
      for (size_t row = 0; row < size; ++row) {
        numbers[row] = ordinals[row];
      }
      return numbers.finish(Type::of(TypeKind::integer, false));
    });
  }
  return longer;
}

}  // namespace millrace::exec
