#include "exec/operators/each_row.h"

#include <algorithm>

#include "function/scalar.h"

namespace millrace::exec {

namespace {

bool asks_for_watermark(const function::Expression& expression) {
  return (expression.kind == function::ExpressionKind::call &&
          expression.signature->name == function::kCurrentWatermark) ||
         std::any_of(expression.arguments.begin(), expression.arguments.end(), asks_for_watermark);
}

// Parts that have their mark, if any, behind their last row.
std::vector<Batch> cut_at_marks(const Batch& rows) {
  std::vector<Batch> parts;
  const Rows all = rows.rows();
  size_t next = 0;
  const auto add = [&](uint32_t until, std::optional<Mark> mark) {
    Batch part = rows;
    part.marks.clear();
    auto chosen = std::make_shared<std::vector<uint32_t>>();
    for (; next < all.size() && all[next] < until; ++next) {
      chosen->push_back(all[next]);
    }
    part.selection = std::move(chosen);
    if (mark) {
      part.marks.push_back(*mark);
    }
    parts.push_back(std::move(part));
  };
  for (const Mark& mark : rows.marks) {
    add(mark.row, mark);
  }
  if (next < all.size()) {
    add(rows.physical_size, std::nullopt);
  }
  return parts;
}

}  // namespace

EachRow::EachRow(std::span<const function::Expression> expressions, const TaskContext& task)
    : task_(task) {
  if (std::any_of(expressions.begin(), expressions.end(), asks_for_watermark)) {
    watermark_.emplace(task.state().numbers("watermark"));
  }
}

void EachRow::push(Port, Batch rows, Output& out) {
  if (!watermark_) {
    function::EvaluationContext context = task_.evaluation();
    handle(std::move(rows), context, out);
    return;
  }
  for (Batch& part : cut_at_marks(rows)) {
    const std::optional<Watermark> after = part.final_watermark();
    function::EvaluationContext context = task_.evaluation();
    context.set_watermark(watermark_->get());
    handle(std::move(part), context, out);
    watermark_->set(after.value_or(watermark_->get()));
  }
}

void EachRow::advance(Port, Watermark now, Output& out) {
  if (watermark_) {
    watermark_->set(now);
  }
  out.advance(now);
}

}  // namespace millrace::exec
