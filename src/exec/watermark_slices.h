#pragma once

// For expressions that ask how far event time has come, CURRENT_WATERMARK(): batches cut at their
// marks, so that it is the same for all rows of a part. One in which each row raises it is cut into
// single rows: who asks pays.

#include <optional>
#include <span>

#include "column/batch.h"
#include "exec/combined_watermark.h"
#include "exec/task_context.h"
#include "function/expression.h"

namespace millrace::exec {

class WatermarkSlices {
 public:
  // Cuts nothing where none of the expressions asks.
  WatermarkSlices(std::span<const function::Expression> expressions, const TaskContext& task);

  // Calls handle(part, watermark ahead of it) for the parts as they follow.
  template <typename Handle>
  void for_each(Batch rows, Handle&& handle) {
    if (!now_) {
      handle(std::move(rows), Watermark::none());
      return;
    }
    for (Batch& part : cut(rows)) {
      const std::optional<Watermark> then = part.final_watermark();
      handle(std::move(part), now_->get());
      advance(then.value_or(now_->get()));
    }
  }
  void advance(Watermark now) {
    if (now_) {
      now_->set(now);
    }
  }

 private:
  static std::vector<Batch> cut(const Batch& rows);

  std::optional<SavedWatermark> now_;
};

}  // namespace millrace::exec
