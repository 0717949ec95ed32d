#include "exec/joined_rows.h"

#include "column/builder.h"
#include "column/physical.h"
#include "exec/combined_watermark.h"
#include "exec/mark_cursor.h"

namespace millrace::exec {

namespace {

template <typename T>
Column gather_values(const Column& from, std::span<const uint32_t> rows) {
  const View<T> view(from);
  FlatBuffer<T> to(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] == kNoInputRow || view.is_null(rows[i])) {
      to.set_null(i);
    } else {
      to[i] = view[rows[i]];
    }
  }
  return to.finish(from.type(), from.owners());
}

Column gather_nested(const Column& from, std::span<const uint32_t> rows) {
  std::vector<uint32_t> present(rows.begin(), rows.end());
  auto validity = std::make_shared<Validity>(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] == kNoInputRow || from.is_null(rows[i])) {
      validity->set_null(i);
      present[i] = 0;
    }
  }
  const Column column = from.gather(present);
  return column.offsets() == nullptr
             ? Column::row(from.type(), rows.size(), column.children(), validity)
             : Column::list(from.type(), rows.size(),
                            std::make_shared<std::vector<uint32_t>>(*column.offsets()),
                            column.children(), validity);
}

}  // namespace

Column gather_or_null(const Column& column, std::span<const uint32_t> rows) {
  const Physical physical = column.type().physical();
  if (physical == Physical::nested) {
    return gather_nested(column, rows);
  }
  return with_physical(physical,
                       [&](auto zero) { return gather_values<decltype(zero)>(column, rows); });
}

void JoinedRows::begin(Side side, const Batch& batch, const state::RowStore& others, Output& out) {
  side_ = side;
  batch_ = &batch;
  others_ = &others;
  out_ = &out;
}

void JoinedRows::add(RowKind kind, uint32_t row, state::RowRef other) {
  kinds_.push_back(kind);
  rows_.push_back(row);
  other_rows_.push_back(other);
  inserts_only_ = inserts_only_ && kind == RowKind::insert;
  pads_rows_ = pads_rows_ || row == kNoInputRow;
  if (rows_.size() == Batch::kMaxRows) {
    flush();
  }
}

void JoinedRows::mark(Watermark now) { put_mark(marks_, rows_.size(), now); }

Batch JoinedRows::make() const {
  Batch joined;
  joined.physical_size = static_cast<uint32_t>(rows_.size());
  std::vector<size_t> wanted;  // of the other side
  for (const size_t column : *output_) {
    const bool is_left = column < left_width_;
    if (is_left != (side_ == Side::left)) {
      wanted.push_back(is_left ? column : column - left_width_);
    }
  }
  std::vector<Column> others = others_->gather(other_rows_, wanted);
  others_->let_read_rows_go();
  auto other = others.begin();
  for (size_t i = 0; i < output_->size(); ++i) {
    const size_t column = (*output_)[i];
    const bool is_left = column < left_width_;
    const Type& type = (*schema_)[i].type;
    if (is_left != (side_ == Side::left)) {
      joined.columns.push_back((other++)->retyped(type));
      continue;
    }
    const Column& own = batch_->columns[is_left ? column : column - left_width_];
    const Column gathered = pads_rows_ ? gather_or_null(own, rows_) : own.gather(rows_);
    joined.columns.push_back(gathered.retyped(type));
  }
  if (!inserts_only_) {
    joined.kinds = kinds_;
  }
  joined.marks = marks_;
  return joined;
}

void JoinedRows::flush() {
  if (rows_.empty() && !marks_.empty()) {
    out_->advance(marks_.back().watermark);
    marks_.clear();
  } else if (!rows_.empty()) {
    Batch joined = make();
    kinds_.clear();
    rows_.clear();
    other_rows_.clear();
    marks_.clear();
    inserts_only_ = true;
    pads_rows_ = false;
    out_->push(std::move(joined));
  }
}

void pass_mark(CombinedWatermark& both, Port port, Watermark passed, JoinedRows& joined) {
  const Watermark before = both.combined();
  both.raise(port.number, passed);
  if (both.combined() > before) {
    joined.mark(both.combined());
  }
}

}  // namespace millrace::exec
