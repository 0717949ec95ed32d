#include "exec/watermark_slices.h"

#include <algorithm>

#include "function/scalar.h"

namespace millrace::exec {

static bool asks(const function::Expression& expression) {
  return (expression.kind == function::ExpressionKind::call &&
          expression.signature->name == function::kCurrentWatermark) ||
         std::any_of(expression.arguments.begin(), expression.arguments.end(), asks);
}

WatermarkSlices::WatermarkSlices(std::span<const function::Expression> expressions,
                                 const TaskContext& task) {
  if (std::any_of(expressions.begin(), expressions.end(), asks)) {
    now_.emplace(task.state().numbers("watermark"));
  }
}

std::vector<Batch> WatermarkSlices::cut(const Batch& rows) {
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

}  // namespace millrace::exec
