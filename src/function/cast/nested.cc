// Casts of rows, arrays, maps and multisets: of their parts.

#include "column/nested.h"

#include "function/cast/casts.h"
#include "function/evaluate.h"

namespace millrace::function {

namespace {

// What could not be cast of children, by the rows that they are of: those rows fail, or are NULL as
// a whole where TRY_CAST asks.
class FailedOwners {
 public:
  explicit FailedOwners(const CastCall& call) : call_(call) {}

  void add(uint32_t owner, const std::string& reason) {
    if (!call_.null_on_failure) {
      return call_.context.fail(owner, reason);
    }
    if (validity_ == nullptr) {
      validity_ = std::make_shared<Validity>(call_.size);
    }
    validity_->set_null(owner);
  }

  Column without(const Column& column) const { return with_nulls(column, validity_); }

 private:
  const CastCall& call_;
  std::shared_ptr<Validity> validity_;  // null while there are none
};

// A child cast for the child rows `wanted`; `owner` gives the row that one is of.
template <typename Owner>
Column cast_child(const CastCall& call, const Column& child, const Type& to, const Rows& wanted,
                  Owner owner, FailedOwners& failed) {
  EvaluationContext context(call.context.now());
  Column result = cast(child, to, wanted, false, context);
  for (const EvaluationContext::Failure& failure : context.failures()) {
    failed.add(owner(failure.row), failure.reason);
  }
  return result.retyped(to);
}

Column flat_source(const CastCall& call) {
  const Column& from = call.from();
  return from.layout() == Column::Layout::constant ? flattened(from.slice(0, call.size))
                                                   : flattened(from);
}

std::vector<uint32_t> present_rows(const Column& column, const Rows& rows) {
  std::vector<uint32_t> present;
  for_each(rows, [&](uint32_t row) {
    if (!column.is_null(row)) {
      present.push_back(row);
    }
  });
  return present;
}

Column cast_row(const CastCall& call) {
  const Column row = flat_source(call);
  const std::vector<uint32_t> present = present_rows(row, call.rows);
  std::vector<Column> fields;
  FailedOwners failed(call);
  for (size_t i = 0; i < row.children().size(); ++i) {
    fields.push_back(cast_child(
        call, row.children()[i], (*call.result.children)[i].type, Rows(present),
        [](uint32_t at) { return at; }, failed));
  }
  return failed.without(
      Column::row(call.result, row.size(), std::move(fields), row.shared_validity()));
}

Column cast_list(const CastCall& call) {
  const Column list = flat_source(call);
  std::vector<uint32_t> elements;
  std::vector<uint32_t> owner(list.children().front().size());
  for (const uint32_t row : present_rows(list, call.rows)) {
    for (uint32_t e = (*list.offsets())[row]; e < (*list.offsets())[row + 1]; ++e) {
      elements.push_back(e);
      owner[e] = row;
    }
  }
  std::vector<Column> children = list.children();
  FailedOwners failed(call);
  for (size_t i = 0; i < call.result.children->size(); ++i) {
    children[i] = cast_child(
        call, children[i], (*call.result.children)[i].type, Rows(elements),
        [&](uint32_t at) { return owner[at]; }, failed);
  }
  return failed.without(Column::list(call.result, list.size(), list.shared_offsets(),
                                     std::move(children), list.shared_validity()));
}

}  // namespace

CastKernel find_nested_cast(const Type& from, const Type& to) {
  if (from.kind != to.kind || from.children == nullptr ||
      from.children->size() != to.children->size()) {
    return nullptr;
  }
  for (size_t i = 0; i < from.children->size(); ++i) {
    if (!can_cast((*from.children)[i].type, (*to.children)[i].type)) {
      return nullptr;
    }
  }
  return from.kind == TypeKind::row ? cast_row : cast_list;
}

}  // namespace millrace::function
