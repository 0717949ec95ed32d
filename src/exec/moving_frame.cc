#include "exec/moving_frame.h"

#include <algorithm>
#include <numeric>

namespace millrace::exec {

MovingFrame::MovingFrame(AggregateSlots& slots, const Batch& rows, Takes takes)
    : slots_(&slots), coming_(&rows), going_(rows), takes_(takes) {
  if (takes_ == Takes::back) {
    going_.kinds.assign(rows.physical_size, RowKind::delete_);
  }
  gathered_.resize((slots_->size() + sizeof(int64_t) - 1) / sizeof(int64_t));
  slots_->init(slot());
}

MovingFrame::~MovingFrame() { slots_->destroy(slot()); }

bool MovingFrame::move_to(const RowFrame& frame) {
  if (frame == now_) {
    return false;
  }
  const bool moves_back = frame.begin < now_.begin || frame.end < now_.end;
  if (moves_back || (frame.begin > now_.begin && takes_ == Takes::nothing_back)) {
    empty_at(frame.begin);
  }
  update(*coming_, now_.end, frame.end);
  update(going_, now_.begin, frame.begin);
  now_ = frame;
  return true;
}

void MovingFrame::empty_at(uint32_t row) {
  slots_->destroy(slot());
  std::fill(gathered_.begin(), gathered_.end(), 0);
  slots_->init(slot());
  now_ = {row, row};
}

void MovingFrame::update(const Batch& rows, uint32_t from, uint32_t to) {
  if (from < to) {
    std::vector<uint32_t> which(to - from);
    std::iota(which.begin(), which.end(), from);
    const std::vector<char*> slots(which.size(), slot());
    slots_->update(slots, rows, which);
  }
}

std::vector<Column> MovingFrame::results() {
  char* const only = slot();
  return slots_->finish(std::span(&only, 1));
}

}  // namespace millrace::exec
