#include "exec/operators/over_in_batch.h"

#include <algorithm>

#include "exec/over_places.h"
#include "exec/table_shapes.h"

namespace millrace::exec {

using plan::AggregateCall;
using state::RowRef;

static std::vector<AggregateCall> aggregates_of(const plan::OverAggregate& node) {
  std::vector<AggregateCall> aggregates;
  std::copy_if(node.calls.begin(), node.calls.end(), std::back_inserter(aggregates),
               [](const AggregateCall& call) { return !is_of_place(call); });
  return aggregates;
}

// What is taken back of FLOAT and DOUBLE leaves something behind: as in Flink they are gathered
// anew.
static bool is_taken_back(const AggregateCall& call) {
  const Type& result = call.function->result;
  const bool is_exact = result.kind != TypeKind::double_ && result.kind != TypeKind::float_;
  return call.function->retracts && is_exact;
}

static Takes taken_by(const std::vector<AggregateCall>& calls) {
  const bool all = std::all_of(calls.begin(), calls.end(), is_taken_back);
  return all ? Takes::back : Takes::nothing_back;
}

OverInBatch::OverInBatch(const plan::OverAggregate& node, const TaskContext& task)
    : node_(&node),
      task_(task),
      aggregates_(aggregates_of(node)),
      slots_(aggregates_, AggregateSlots::TakenBack::uncounted),
      takes_(taken_by(aggregates_)),
      ranked_(task_.state().ranked_rows("rows", {.types = types_of(node.inputs[0]->schema),
                                                 .key = node.window.partition_by,
                                                 .order = order_of(node.window.order_by)})),
      sent_(&task_.state().numbers("sent")),
      order_(ranked_.layout(), order_of(node.window.order_by)),
      buffer_(&ranked_.layout()) {
  task_.state().count_beside("outside",
                             [this] { return outside_ == nullptr ? 0 : outside_->memory(); });
}

void OverInBatch::push(Port port, Batch batch, Output& out) {
  const Rows rows = batch.rows();
  buffer_.read(batch.columns, rows);
  for (size_t i = 0; i < rows.size(); ++i) {
    if (is_addition(batch.kind(rows[i]))) {
      ranked_.append(buffer_[i], ranked_.hash(buffer_[i]));
    } else {
      take_back(buffer_[i]);
    }
  }
  task_.counts().grouped += rows.size();
  if (const auto now = batch.final_watermark()) {
    advance(port, *now, out);
  }
}

void OverInBatch::take_back(const char* row) {
  Group* group = ranked_.find(row, ranked_.hash(row));
  if (group == nullptr) {
    return;
  }
  ranked_.sort(*group);
  const size_t place = ranked_.find_in(*group, row);
  if (place < group->rows.size()) {
    ranked_.release(ranked_.take(group, place));
  }
}

void OverInBatch::advance(Port, Watermark now, Output& out) {
  if (now < Watermark::end_of_input()) {
    return out.advance(now);
  }
  leaves_ = true;
  left_ = ranked_.all_groups();
  std::reverse(left_.begin(), left_.end());
}

// --- Partitions that leave ---

// Some that have left from outside may not be sent again by another way.
void OverInBatch::go_on(Output& out) {
  const uint64_t sent_before = static_cast<uint64_t>(sent_->find("partitions").value_or(0));
  if (outside_ == nullptr && (sent_before > 0 || ranked_.rows().spilled() > 0)) {
    left_.clear();
    outside_ = std::make_unique<SpilledPartitions>(ranked_, node_->window);
    outside_->skip(sent_before);
  }
  for (size_t sent = 0; sent < Batch::kMaxRows;) {
    if (!(outside_ == nullptr ? send_next(out, sent) : send_next_outside(out, sent))) {
      return finish(out);
    }
  }
}

bool OverInBatch::send_next(Output& out, size_t& sent) {
  if (left_.empty()) {
    return false;
  }
  Group& group = ranked_.group(left_.back());
  left_.pop_back();
  ranked_.sort(group);
  send(ranked_.rows(), group.rows, out);
  sent += group.rows.size();
  for (size_t left = group.rows.size(); left > 0; --left) {
    ranked_.release(ranked_.take(&group, left - 1));
  }
  return true;
}

bool OverInBatch::send_next_outside(Output& out, size_t& sent) {
  const RowRefs refs = outside_->next();
  if (refs.empty()) {
    return false;
  }
  send(outside_->rows(), refs, out);
  sent += refs.size();
  ++sent_->at("partitions");
  return true;
}

void OverInBatch::finish(Output& out) {
  leaves_ = false;
  outside_.reset();
  ranked_.remove_all();
  sent_->erase("partitions");
  out.advance(Watermark::end_of_input());
}

void OverInBatch::send(const state::RowStore& rows, RowRefs refs, Output& out) {
  const SortedPartition partition = partition_of(rows, refs);
  std::vector<Column> columns = partition.rows.columns;
  std::vector<Column> aggregated = this->aggregated(partition);
  auto next = aggregated.begin();
  for (const AggregateCall& call : node_->calls) {
    columns.push_back(is_of_place(call) ? place_results(call, partition) : std::move(*next++));
  }
  for (uint32_t from = 0; from < partition.size(); from += Batch::kMaxRows) {
    Batch part;
    part.physical_size = std::min<uint32_t>(Batch::kMaxRows, partition.size() - from);
    for (const Column& column : columns) {
      part.columns.push_back(column.slice(from, part.physical_size));
    }
    out.push(std::move(part));
  }
}

SortedPartition OverInBatch::partition_of(const state::RowStore& rows, RowRefs refs) const {
  SortedPartition partition;
  const auto size = static_cast<uint32_t>(refs.size());
  partition.rows.physical_size = size;
  partition.rows.columns = rows.gather(refs);
  partition.first_peer.resize(size);
  partition.end_of_peers.resize(size);
  const auto are_peers = [&](RowRef a, RowRef b) {
    return order_.compare(rows.row(a), rows.row(b)) == 0;
  };
  for (uint32_t first = 0, end = 0; first < size; first = end) {
    for (end = first + 1; end < size && are_peers(refs[first], refs[end]); ++end) {
    }
    std::fill(partition.first_peer.begin() + first, partition.first_peer.begin() + end, first);
    std::fill(partition.end_of_peers.begin() + first, partition.end_of_peers.begin() + end, end);
  }
  return partition;
}

std::vector<Column> OverInBatch::aggregated(const SortedPartition& partition) {
  if (aggregates_.empty()) {
    return {};
  }
  MovingFrame moving(aggregates_, slots_, partition.rows, takes_);
  for (const RowFrame& frame : frames_of(partition, node_->window)) {
    moving.move_to(frame);
  }
  return moving.results();
}

}  // namespace millrace::exec
