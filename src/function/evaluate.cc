#include "function/evaluate.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "base/error.h"
#include "function/conditions.h"
#include "function/narrow.h"

namespace millrace::function {

static Column evaluate_call(const Expression& call, const Batch& batch, const Rows& rows,
                            EvaluationContext& context) {
  std::vector<Column> arguments;
  arguments.reserve(call.arguments.size());
  for (const Expression& argument : call.arguments) {
    arguments.push_back(evaluate(argument, batch, rows, context));
  }
  const ScalarSignature& signature = *call.signature;
  const Compute compute = [&](std::span<const Column> columns, const Rows& some, size_t size,
                              EvaluationContext& where) {
    return signature.kernel(
        {columns, some, size, call.type, where, signature.memory.get(), signature.foreign.get()});
  };
  if (signature.volatility == Volatility::per_row) {
    return compute(arguments, rows, batch.physical_size, context);
  }
  return compute_narrowly(arguments, rows, batch.physical_size, context, compute);
}

static Column computed(const Expression& expression, const Batch& batch, const Rows& rows,
                       EvaluationContext& context) {
  switch (expression.kind) {
    case ExpressionKind::column:
      check(expression.column < batch.columns.size());
      return batch.columns[expression.column];
    case ExpressionKind::literal: return Column::constant(expression.literal, batch.physical_size);
    case ExpressionKind::call: return evaluate_call(expression, batch, rows, context);
    case ExpressionKind::cast:
    case ExpressionKind::try_cast:
      return cast(evaluate(expression.arguments[0], batch, rows, context), expression.type, rows,
                  expression.kind == ExpressionKind::try_cast, context);
    case ExpressionKind::and_:
    case ExpressionKind::or_: return evaluate_logic(expression, batch, rows, context);
    case ExpressionKind::case_: return evaluate_case(expression, batch, rows, context);
    case ExpressionKind::coalesce: return evaluate_coalesce(expression, batch, rows, context);
  }
  check(false, "expression kind outside the enumeration");
  return {};
}

Column evaluate(const Expression& expression, const Batch& batch, const Rows& rows,
                EvaluationContext& context) {
  if (expression.common_part == 0) {
    return computed(expression, batch, rows, context);
  }
  if (const Column* known = context.common_part(expression.common_part, rows)) {
    return *known;
  }
  Column column = computed(expression, batch, rows, context);
  context.keep_common_part(expression.common_part, rows, column);
  return column;
}

// Writes the numbers of those that are 1 and returns how many. Without a branch for each, and
// eight at a time where none is.
static size_t write_true(const uint8_t* values, size_t size, uint32_t* to) {
  size_t count = 0;
  size_t row = 0;
  const auto take = [&] {
    to[count] = static_cast<uint32_t>(row);
    count += values[row++];
  };
  for (uint64_t eight = 0; row + sizeof(eight) <= size;) {
    std::memcpy(&eight, values + row, sizeof(eight));
    if (eight == 0) {
      row += sizeof(eight);
      continue;
    }
    for (size_t i = 0; i < sizeof(eight); ++i) {
      take();
    }
  }
  while (row < size) {
    take();
  }
  return count;
}

static std::vector<uint32_t> rows_where_true(const Column& column, const Rows& rows,
                                             const EvaluationContext& context) {
  std::vector<uint32_t> chosen(rows.size());
  size_t count = 0;
  const View<uint8_t> view(column);
  const bool all_known = !view.has_nulls() && context.failures().empty();
  if (all_known && rows.all() && column.layout() == Column::Layout::flat) {
    count = write_true(column.values<uint8_t>(), rows.size(), chosen.data());
  } else if (all_known) {
    for_each(rows, [&](uint32_t row) {
      chosen[count] = row;
      count += view[row];
    });
  } else {
    for_each(rows, [&](uint32_t row) {
      if (!view.is_null(row) && view[row] != 0 && !context.failed(row)) {
        chosen[count++] = row;
      }
    });
  }
  chosen.resize(count);
  return chosen;
}

std::vector<uint32_t> select_true(const Expression& predicate, const Batch& batch, const Rows& rows,
                                  EvaluationContext& context) {
  if (predicate.kind != ExpressionKind::and_) {
    return rows_where_true(evaluate(predicate, batch, rows, context), rows, context);
  }
  std::vector<uint32_t> chosen;
  Rows open = rows;
  for (const Expression& argument : predicate.arguments) {
    std::vector<uint32_t> left = select_true(argument, batch, open, context);
    if (left.size() == open.size()) {
      continue;
    }
    chosen = std::move(left);
    open = Rows(chosen);
  }
  if (open.all()) {
    chosen.resize(open.size());
    std::generate(chosen.begin(), chosen.end(), [row = uint32_t{0}]() mutable { return row++; });
  } else if (chosen.empty() && open.size() > 0) {
    for_each(open, [&](uint32_t row) { chosen.push_back(row); });
  }
  return chosen;
}

namespace {

bool is_constant(const Expression& expression) {
  if (expression.kind == ExpressionKind::column) {
    return false;
  }
  if (expression.kind == ExpressionKind::call &&
      expression.signature->volatility != Volatility::immutable) {
    return false;
  }
  return std::all_of(expression.arguments.begin(), expression.arguments.end(), is_constant);
}

bool is_conditional(ExpressionKind kind) {
  return kind == ExpressionKind::and_ || kind == ExpressionKind::or_ ||
         kind == ExpressionKind::case_ || kind == ExpressionKind::coalesce;
}

enum class Failing : uint8_t { throws, stays };

Expression folded(const Expression& expression, Failing failing);

Expression value_of(const Expression& expression, Failing failing) {
  Batch one;
  one.physical_size = 1;
  EvaluationContext context(Timestamp{0});  // no volatile calls, so nobody asks for the time
  const Column value = evaluate(expression, one, Rows(1), context);
  if (!context.failures().empty()) {
    if (failing == Failing::stays) {
      return expression;
    }
    std::optional<Position> position;
    if (expression.line > 0) {
      position = Position{"", expression.line, expression.text_column};
    }
    throw Error(
        ErrorCode::invalid_argument,
        "cannot compute " + expression.to_string({}) + ": " + context.failures().front().reason,
        std::move(position));
  }
  const uint32_t first = 0;
  Expression literal = Expression::of_literal(value.gather({&first, 1}).retyped(expression.type));
  literal.line = expression.line;
  literal.text_column = expression.text_column;
  return literal;
}

// An argument that only some rows reach must not end the statement: it may be reached by none.
Expression folded(const Expression& expression, Failing failing) {
  if (expression.kind == ExpressionKind::column || expression.kind == ExpressionKind::literal) {
    return expression;
  }
  if (is_constant(expression)) {
    return value_of(expression, failing);
  }
  const bool conditional = is_conditional(expression.kind);
  Expression result = expression;
  for (size_t i = 0; i < result.arguments.size(); ++i) {
    const Failing inner = conditional && i > 0 ? Failing::stays : failing;
    result.arguments[i] = folded(result.arguments[i], inner);
  }
  return result;
}

}  // namespace

Expression folded(const Expression& expression) { return folded(expression, Failing::throws); }

}  // namespace millrace::function
