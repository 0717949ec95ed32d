#include "exec/operators/repeat.h"

#include "exec/chosen_rows.h"

namespace millrace::exec {

void Repeat::push(Port, Batch rows, Output& out) {
  const View<int64_t> times(rows.columns[node_->times]);
  std::vector<uint32_t> repeated;
  const auto send = [&] {
    if (!repeated.empty()) {
      out.push(chosen_rows(rows, repeated));
      repeated.clear();
    }
  };
  for_each(rows.rows(), [&](uint32_t row) {
    for (int64_t left = times.is_null(row) ? 0 : times[row]; left > 0; --left) {
      repeated.push_back(row);
      if (repeated.size() == Batch::kMaxRows) {
        send();
      }
    }
  });
  send();
  // The watermark is the same for all that follows; what came before it has gone out already.
  if (const auto now = rows.final_watermark()) {
    out.advance(*now);
  }
}

}  // namespace millrace::exec
