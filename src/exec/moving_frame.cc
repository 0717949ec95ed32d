#include "exec/moving_frame.h"

#include <numeric>

#include "column/nested.h"

namespace millrace::exec {

MovingFrame::MovingFrame(const std::vector<plan::AggregateCall>& calls, AggregateSlots& slots,
                         const Batch& rows, Takes takes)
    : calls_(&calls),
      slots_(&slots),
      rows_(&rows),
      read_(columns_read(calls)),
      takes_(takes),
      parts_(calls.size()) {
  begin_anew(0);
}

MovingFrame::~MovingFrame() { drop_slots(0); }

void MovingFrame::drop_slots(size_t but) {
  for (size_t i = 0; i + but < gathered_.size(); ++i) {
    slots_->destroy(reinterpret_cast<char*>(gathered_[i].get()));
  }
  gathered_.erase(gathered_.begin(), gathered_.end() - static_cast<ptrdiff_t>(but));
}

void MovingFrame::begin_anew(uint32_t row) {
  // Zeroed, as slots are to be.
  gathered_.push_back(std::make_unique<int64_t[]>(slots_->size() / sizeof(int64_t) + 1));
  slots_->init(slot());
  now_ = {row, row};
}

void MovingFrame::move_to(const RowFrame& frame) {
  if (frame == now_ && !result_of_.empty()) {
    result_of_.push_back(results_ - 1);
    return;
  }
  const bool moves_back = frame.begin < now_.begin || frame.end < now_.end;
  const bool anew = moves_back || (frame.begin > now_.begin && takes_ == Takes::nothing_back);
  if (anew) {
    begin_anew(frame.begin);
  }
  const bool moves = frame != now_;
  add_steps(RowKind::insert, now_.end, frame.end);
  add_steps(RowKind::delete_, now_.begin, frame.begin);
  now_ = frame;
  if (moves) {
    wanted_.push_back(static_cast<uint32_t>(step_rows_.size()) - 1);
  } else {
    add_empty();
  }
  result_of_.push_back(results_++);
}

void MovingFrame::add_steps(RowKind kind, uint32_t from, uint32_t to) {
  for (uint32_t row = from; row < to; ++row) {
    if (step_rows_.size() == Batch::kMaxRows) {
      make_steps();
    }
    step_rows_.push_back(row);
    step_kinds_.push_back(kind);
    step_slots_.push_back(slot());
  }
}

void MovingFrame::make_steps() {
  if (step_rows_.empty()) {
    return;
  }
  Batch steps;
  steps.physical_size = static_cast<uint32_t>(step_rows_.size());
  steps.columns.resize(rows_->columns.size());
  for (const size_t column : read_) {
    steps.columns[column] = rows_->columns[column].gather(step_rows_);
  }
  if (takes_ == Takes::back) {
    steps.kinds = std::move(step_kinds_);
  }
  std::vector<uint32_t> which(step_rows_.size());
  std::iota(which.begin(), which.end(), 0);
  const auto traced = slots_->trace(step_slots_, steps, which, function::Sides::after);
  for (size_t call = 0; call < traced.size(); ++call) {
    parts_[call].push_back(traced[call].gather(wanted_));
  }
  step_rows_.clear();
  step_kinds_.clear();
  step_slots_.clear();
  wanted_.clear();
  drop_slots(1);
}

void MovingFrame::add_empty() {
  make_steps();
  char* const empty = slot();
  const std::vector<Column> finished = slots_->finish(std::span(&empty, 1));
  for (size_t call = 0; call < finished.size(); ++call) {
    parts_[call].push_back(finished[call]);
  }
}

std::vector<Column> MovingFrame::results() {
  make_steps();
  std::vector<Column> columns;
  for (size_t call = 0; call < parts_.size(); ++call) {
    const Type& type = (*calls_)[call].function->result;
    columns.push_back(concatenated(type, parts_[call]).gather(result_of_));
  }
  return columns;
}

}  // namespace millrace::exec
