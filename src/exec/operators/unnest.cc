#include "exec/operators/unnest.h"

#include <algorithm>

#include "column/builder.h"
#include "exec/chosen_rows.h"
#include "function/assemble.h"
#include "function/evaluate.h"

namespace millrace::exec {

void Unnest::push(Port, Batch rows, Output& out) {
  const Column collections = rows.columns[node_->collection];
  // The projection above does not read it, and a copy of it beside each element would be the square
  // of what there is.
  rows.columns[node_->collection] =
      Column::null(collections.type().as_nullable(), rows.physical_size);
  Elements elements;
  for_each(rows.rows(), [&](uint32_t row) { add_row(collections, row, elements); });
  if (node_->condition) {
    elements = matching(rows, collections, elements, out);
  }
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
        elements.add(row, position, ++ordinal);
      }
    }
  }
  if (ordinal == 0 && node_->keeps_empty) {
    elements.add(row, 0, 0);
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

// For which elements the condition holds. One for which that cannot be computed is rejected.
std::vector<bool> Unnest::holds(const Batch& rows, const Column& collections,
                                const Elements& elements, Output& out) const {
  std::vector<bool> holds(elements.rows.size());
  for (size_t from = 0; from < holds.size(); from += Batch::kMaxRows) {
    const size_t size = std::min(Batch::kMaxRows, holds.size() - from);
    const std::vector<uint32_t> some =
        rows_with_one(std::span(elements.ordinals).subspan(from, size));
    const Batch longer = with_elements(rows, collections, elements, from, size);
    function::EvaluationContext context = task_.evaluation();
    for (const uint32_t row :
         function::select_true(*node_->condition, longer, Rows(some), context)) {
      holds[from + row] = true;
    }
    for (const auto& failure : context.failures()) {
      out.reject(longer, failure.row, failure.reason);
    }
  }
  return holds;
}

// Without the elements for which the condition does not hold. A row that has none left is there
// without any.
Unnest::Elements Unnest::matching(const Batch& rows, const Column& collections, const Elements& all,
                                  Output& out) const {
  const std::vector<bool> chosen = holds(rows, collections, all, out);
  Elements some;
  for (size_t i = 0; i < chosen.size(); ++i) {
    const bool is_last = i + 1 == chosen.size() || all.rows[i + 1] != all.rows[i];
    const bool has_none = some.rows.empty() || some.rows.back() != all.rows[i];
    if (chosen[i]) {
      some.add(all.rows[i], all.positions[i], all.ordinals[i]);
    } else if (is_last && has_none) {
      some.add(all.rows[i], 0, 0);
    }
  }
  return some;
}

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
