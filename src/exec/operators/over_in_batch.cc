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
      buffer_(&ranked_.layout()) {}

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
  if (now == Watermark::end_of_input()) {
    for (const uint32_t number : ranked_.all_groups()) {
      emit(ranked_.group(number), out);
    }
  }
  out.advance(now);
}

void OverInBatch::emit(Group& group, Output& out) {
  ranked_.sort(group);
  const SortedPartition partition = partition_of(group);
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
  for (size_t left = group.rows.size(); left > 0; --left) {
    ranked_.release(ranked_.take(&group, left - 1));
  }
}

SortedPartition OverInBatch::partition_of(const Group& group) const {
  SortedPartition partition;
  const auto size = static_cast<uint32_t>(group.rows.size());
  partition.rows.physical_size = size;
  partition.rows.columns = ranked_.rows().gather(group.rows);
  partition.first_peer.resize(size);
  partition.end_of_peers.resize(size);
  for (uint32_t first = 0, end = 0; first < size; first = end) {
    for (end = first + 1; end < size && are_peers(group.rows[first], group.rows[end]); ++end) {
    }
    std::fill(partition.first_peer.begin() + first, partition.first_peer.begin() + end, first);
    std::fill(partition.end_of_peers.begin() + first, partition.end_of_peers.begin() + end, end);
  }
  return partition;
}

bool OverInBatch::are_peers(RowRef a, RowRef b) const {
  return ranked_.are_equal(a, ranked_.rows().row(b));
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
