#include "column/nested.h"

#include <numeric>

#include "base/check.h"
#include "column/builder.h"
#include "column/physical.h"

namespace millrace {

Column flattened(const Column& column) {
  if (column.layout() == Column::Layout::flat) {
    return column;
  }
  std::vector<uint32_t> rows(column.size());
  std::iota(rows.begin(), rows.end(), 0);
  return column.gather(rows);
}

static std::shared_ptr<Validity> both(const Validity& a, const Validity& b) {
  auto validity = std::make_shared<Validity>(a);
  validity->intersect(b);
  return validity;
}

// The same buffers under another validity.
static Column with_validity(const Column& column, std::shared_ptr<const Validity> validity) {
  if (column.type().physical() != Physical::nested) {
    return Column::flat(column.type().as_nullable(), column.size(), column.shared_data(),
                        std::move(validity), column.owners());
  }
  if (column.offsets() == nullptr) {
    return Column::row(column.type().as_nullable(), column.size(), column.children(),
                       std::move(validity));
  }
  return Column::list(column.type().as_nullable(), column.size(), column.shared_offsets(),
                      column.children(), std::move(validity));
}

Column with_nulls(const Column& column, const std::shared_ptr<const Validity>& validity) {
  if (validity == nullptr) {
    return column;
  }
  const Column flat = flattened(column);
  return with_validity(flat, flat.validity() ? both(*flat.validity(), *validity) : validity);
}

// --- Concatenation ---

static std::shared_ptr<Validity> joined_validity(std::span<const Column> parts, size_t size) {
  std::shared_ptr<Validity> validity;
  size_t at = 0;
  for (const Column& part : parts) {
    for (size_t row = 0; part.may_have_nulls() && row < part.size(); ++row) {
      if (part.is_null(row)) {
        validity = validity ? validity : std::make_shared<Validity>(size);
        validity->set_null(at + row);
      }
    }
    at += part.size();
  }
  return validity;
}

template <typename T>
static Column joined_values(const Type& type, std::span<const Column> parts, size_t size) {
  FlatBuffer<T> values(size);
  Owners owners;
  size_t at = 0;
  for (const Column& part : parts) {
    const View<T> view(part);
    for (size_t row = 0; row < part.size(); ++row) {
      values[at++] = view[row];
    }
    owners.insert(owners.end(), part.owners().begin(), part.owners().end());
  }
  values.set_validity(joined_validity(parts, size));
  return values.finish(type, std::move(owners));
}

// Child `number` of every part, and its type.
static Column joined_children(std::span<const Column> parts, size_t number) {
  std::vector<Column> children;
  for (const Column& part : parts) {
    children.push_back(part.children()[number]);
  }
  return concatenated(children.front().type(), children);
}

static Column joined_nested(const Type& type, std::span<const Column> parts, size_t size) {
  std::vector<Column> flat;
  for (const Column& part : parts) {
    flat.push_back(flattened(part));
  }
  std::vector<Column> children;
  for (size_t i = 0; i < flat.front().children().size(); ++i) {
    children.push_back(joined_children(flat, i));
  }
  if (flat.front().offsets() == nullptr) {
    return Column::row(type, size, std::move(children), joined_validity(flat, size));
  }
  auto offsets = std::make_shared<std::vector<uint32_t>>(1, 0);
  uint32_t before = 0;
  for (const Column& part : flat) {
    const std::vector<uint32_t>& own = *part.offsets();
    for (size_t row = 1; row < own.size(); ++row) {
      offsets->push_back(before + own[row]);
    }
    before += static_cast<uint32_t>(part.children().front().size());
  }
  return Column::list(type, size, std::move(offsets), std::move(children),
                      joined_validity(flat, size));
}

Column concatenated(const Type& type, std::span<const Column> parts) {
  check(!parts.empty());
  const size_t size =
      std::accumulate(parts.begin(), parts.end(), size_t{0},
                      [](size_t sum, const Column& part) { return sum + part.size(); });
  if (type.physical() == Physical::nested) {
    return joined_nested(type, parts, size);
  }
  return with_physical(type.physical(),
                       [&](auto zero) { return joined_values<decltype(zero)>(type, parts, size); });
}

}  // namespace millrace
