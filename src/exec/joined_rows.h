#pragma once

// The output of a join while it is made: pairs of a row of the batch at hand and a kept row of the
// other side, either of which may be missing and is NULLs then. Goes out in batches.

#include <span>
#include <vector>

#include "column/batch.h"
#include "exec/join_side.h"
#include "exec/operator.h"
#include "plan/nodes.h"
#include "state/row_store.h"

namespace millrace::exec {

inline constexpr uint32_t kNoInputRow = UINT32_MAX;

// As Column::gather, with NULL for kNoInputRow.
Column gather_or_null(const Column& column, std::span<const uint32_t> rows);

class CombinedWatermark;

class JoinedRows {
 public:
  // `output` are numbers of the left input's columns and, behind them, of the right one's; the
  // schema is that of the result. Both outlive this.
  JoinedRows(size_t left_width, const std::vector<size_t>* output, const Schema* schema)
      : left_width_(left_width), output_(output), schema_(schema) {}

  // For a batch of one side; all of these outlive the next flush().
  void begin(Side side, const Batch& batch, const state::RowStore& others, Output& out);
  // `row` is a physical row of the batch.
  void add(RowKind kind, uint32_t row, state::RowRef other);
  // Behind the rows added so far.
  void mark(Watermark now);
  void flush();

 private:
  Batch make() const;

  size_t left_width_;
  const std::vector<size_t>* output_;
  const Schema* schema_;
  Side side_ = Side::left;
  const Batch* batch_ = nullptr;
  const state::RowStore* others_ = nullptr;
  Output* out_ = nullptr;
  std::vector<RowKind> kinds_;
  std::vector<uint32_t> rows_;
  std::vector<state::RowRef> other_rows_;
  std::vector<Mark> marks_;
  bool inserts_only_ = true;
  bool pads_rows_ = false;
};

// A mark of the batch that came by this port: where with it the watermark of both has risen, that
// stands behind what was joined so far.
void pass_mark(CombinedWatermark& both, Port port, Watermark passed, JoinedRows& joined);

}  // namespace millrace::exec
