#include "function/kernel.h"

#include <algorithm>

#include "base/error.h"
#include "base/random.h"

namespace millrace::function {

// NULLs of one argument, by row.
static std::shared_ptr<Validity> validity_by_row(const Column& column, const Rows& rows,
                                                 size_t size) {
  switch (column.layout()) {
    case Column::Layout::flat: return std::make_shared<Validity>(*column.validity());
    case Column::Layout::constant:
      return column.is_null(0) ? std::make_shared<Validity>(size, false) : nullptr;
    case Column::Layout::dictionary: break;
  }
  auto validity = std::make_shared<Validity>(size);
  for_each(rows, [&](uint32_t row) {
    if (column.is_null(row)) {
      validity->set_null(row);
    }
  });
  return validity;
}

std::shared_ptr<Validity> merged_validity(const KernelCall& call) {
  std::shared_ptr<Validity> merged;
  for (const Column& column : call.arguments) {
    if (!column.may_have_nulls()) {
      continue;
    }
    std::shared_ptr<Validity> validity = validity_by_row(column, call.rows, call.size);
    if (merged && validity) {
      merged->intersect(*validity);
    } else if (validity) {
      merged = std::move(validity);
    }
  }
  return merged;
}

Type nullable_by(Type type, std::span<const Type> arguments) {
  type.nullable = std::any_of(arguments.begin(), arguments.end(),
                              [](const Type& argument) { return argument.nullable; });
  return type;
}

Column ResultStrings::finish() {
  Owners owners;
  if (arena_->bytes() > 0) {
    owners.push_back(arena_);
  }
  for (const Column& argument : call_.arguments) {
    owners.insert(owners.end(), argument.owners().begin(), argument.owners().end());
  }
  return values_.finish(call_.result, std::move(owners));
}

uint64_t EvaluationContext::draw() {
  if (random_ == nullptr) {
    throw Error(ErrorCode::unsupported, "there is no chance here: RAND, RAND_INTEGER, UUID");
  }
  return random_->next();
}

void EvaluationContext::fail(uint32_t row, std::string reason) {
  if (failed(row)) {
    return;
  }
  if (row >= failed_.size()) {
    failed_.resize(row + 1);
  }
  failed_[row] = true;
  failures_.push_back({row, std::move(reason)});
}

const Column* EvaluationContext::common_part(uint32_t number, const Rows& rows) const {
  if (number > common_parts_.size() || rows.size() > common_parts_[number - 1].count) {
    return nullptr;
  }
  const CommonPart& part = common_parts_[number - 1];
  if (part.rows.empty()) {
    return &part.column;
  }
  if (rows.all()) {
    return nullptr;
  }
  uint64_t all = 1;
  for_each(rows, [&](uint32_t row) { all &= part.rows[row / 64] >> (row % 64); });
  return all != 0 ? &part.column : nullptr;
}

void EvaluationContext::keep_common_part(uint32_t number, const Rows& rows, const Column& column) {
  common_parts_.resize(std::max<size_t>(common_parts_.size(), number));
  CommonPart& part = common_parts_[number - 1];
  if (rows.size() <= part.count) {
    return;
  }
  part.column = column;
  part.count = rows.size();
  part.rows.clear();
  if (!rows.all()) {
    part.rows.resize((column.size() + 63) / 64);
    for_each(rows, [&](uint32_t row) { part.rows[row / 64] |= uint64_t{1} << (row % 64); });
  }
}

}  // namespace millrace::function
