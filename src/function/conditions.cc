#include "function/conditions.h"

#include "column/builder.h"
#include "function/assemble.h"

namespace millrace::function {

// AND is decided by the first FALSE, OR by the first TRUE. A row that is never decided is NULL
// where an argument was, else the other value.
Column evaluate_logic(const Expression& expression, const Batch& batch, const Rows& rows,
                      EvaluationContext& context) {
  const uint8_t deciding = expression.kind == ExpressionKind::or_ ? 1 : 0;
  FlatBuffer<uint8_t> result(batch.physical_size);
  for_each(rows, [&](uint32_t row) { result[row] = deciding ^ 1; });
  std::vector<uint32_t> undecided;
  Rows open = rows;
  auto valid = std::make_shared<Validity>(batch.physical_size);
  bool has_nulls = false;
  for (const Expression& argument : expression.arguments) {
    const Column column = evaluate(argument, batch, open, context);
    const View<uint8_t> view(column);
    std::vector<uint32_t> left(open.size());
    size_t count = 0;
    if (!has_nulls && !view.has_nulls()) {
      // Nobody can guess which rows these are, so that there is no branch on it.
      for_each(open, [&](uint32_t row) {
        const bool decided = view[row] == deciding;
        result[row] = decided ? deciding : result[row];
        left[count] = row;
        count += decided ? 0 : 1;
      });
    } else {
      for_each(open, [&](uint32_t row) {
        if (view.is_null(row)) {
          has_nulls = true;
          valid->set_null(row);
          left[count++] = row;
        } else if (view[row] == deciding) {
          result[row] = deciding;
          valid->set_valid(row);
        } else {
          left[count++] = row;
        }
      });
    }
    left.resize(count);
    // As long as no row is decided, the next argument's loops stay the dense ones.
    if (left.size() < open.size()) {
      undecided = std::move(left);
      open = Rows(undecided);
    }
  }
  if (has_nulls) {
    result.set_validity(std::move(valid));
  }
  return result.finish(expression.type);
}

Column evaluate_case(const Expression& expression, const Batch& batch, const Rows& rows,
                     EvaluationContext& context) {
  Assembly result(expression.type, batch.physical_size);
  std::vector<uint32_t> waiting;
  Rows open = rows;
  const std::vector<Expression>& parts = expression.arguments;
  for (size_t i = 0; i + 1 < parts.size() && open.size() > 0; i += 2) {
    const Column condition = evaluate(parts[i], batch, open, context);
    const View<uint8_t> view(condition);
    std::vector<uint32_t> taken(open.size());
    std::vector<uint32_t> left(open.size());
    size_t hold = 0;
    size_t others = 0;
    for_each(open, [&](uint32_t row) {
      const bool holds = !view.is_null(row) && view[row] != 0 && !context.failed(row);
      taken[hold] = row;
      left[others] = row;
      hold += holds ? 1 : 0;
      others += holds ? 0 : 1;
    });
    taken.resize(hold);
    left.resize(others);
    if (taken.empty()) {
      continue;
    }
    const Rows chosen = left.empty() ? open : Rows(taken);
    result.take(evaluate(parts[i + 1], batch, chosen, context), chosen);
    waiting = std::move(left);
    open = Rows(waiting);
  }
  if (open.size() > 0) {
    result.take(evaluate(parts.back(), batch, open, context), open);
  }
  return result.finish();
}

Column evaluate_coalesce(const Expression& expression, const Batch& batch, const Rows& rows,
                         EvaluationContext& context) {
  Assembly result(expression.type, batch.physical_size);
  std::vector<uint32_t> waiting;
  Rows open = rows;
  for (const Expression& argument : expression.arguments) {
    const Column column = evaluate(argument, batch, open, context);
    if (!column.may_have_nulls()) {
      if (open.size() == rows.size()) {
        return column.retyped(expression.type);
      }
      result.take(column, open);
      break;
    }
    std::vector<uint32_t> present;
    std::vector<uint32_t> left;
    for_each(open, [&](uint32_t row) { (column.is_null(row) ? left : present).push_back(row); });
    result.take(column, Rows(present));
    waiting = std::move(left);
    open = Rows(waiting);
    if (waiting.empty()) {
      break;
    }
  }
  return result.finish();
}

}  // namespace millrace::function
