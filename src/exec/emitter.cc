#include "exec/emitter.h"

#include <algorithm>
#include <utility>

#include "exec/dead_letters.h"
#include "exec/forks.h"

namespace millrace::exec {

void Emitter::push(Batch rows) {
  if (!cut_by_) {
    return push_part(std::move(rows));
  }
  for (Batch& part : cut_ahead_of_late_rows(std::move(rows), *cut_by_)) {
    push_part(std::move(part));
  }
}

void Emitter::push_part(Batch rows) {
  resume();
  if (const auto now = rows.final_watermark()) {
    watermark_ = std::max(watermark_, *now);
  }
  if (rows.empty()) {
    // The rows are gone; the time they carried is not.
    if (!rows.marks.empty()) {
      advance(rows.marks.back().watermark);
    }
    return;
  }
  counts_->out += rows.size();
  for (const Consumer& to : consumers_) {
    to.output->counts_->in += rows.size();
    if (&to == &consumers_.back()) {
      to.step->push(to.port, std::move(rows), *to.output);
      break;
    }
    to.step->push(to.port, rows, *to.output);
  }
}

void Emitter::advance(Watermark now) {
  resume();
  watermark_ = std::max(watermark_, now);
  for (const Consumer& to : consumers_) {
    to.step->advance(to.port, now, *to.output);
  }
}

void Emitter::idle() {
  idle_ = true;
  for (const Consumer& to : consumers_) {
    to.step->idle(to.port, *to.output);
  }
}

void Emitter::resume() {
  if (!std::exchange(idle_, false)) {
    return;
  }
  for (const Consumer& to : consumers_) {
    to.step->resume(to.port, *to.output);
  }
}

void Emitter::reject(const Batch& batch, uint32_t row, std::string_view reason) {
  ++counts_->rejected;
  letters_->add(batch, row, reason, stage_);
}

void Emitter::late(const Batch& batch, uint32_t row, Watermark now) {
  ++counts_->late;
  if (late_rows_ != nullptr) {
    late_rows_->add(batch, row, "late: time had come to " + to_iso8601(Timestamp{now.ms}), stage_);
  }
}

void Emitter::reject(const Reject& record) {
  ++counts_->rejected;
  if (!record.is_ignored || letters_->has_table()) {
    letters_->add(record, "decode");
  }
}

}  // namespace millrace::exec
