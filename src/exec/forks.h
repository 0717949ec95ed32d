#pragma once

// Rows that go several ways which meet again: a table joined to itself, read once.
//
// Each way gets a batch after the other, so that where they meet the first one has brought all of
// its rows before the second one's watermark follows. That changes nothing, but for rows that are
// late by a mark of their own batch: of the first way they would be in time, of the second one
// late. In Flink, where each row goes both ways before the next one, they are late both ways. So
// the batch is cut ahead of such a row: both ways have heard of the mark when it comes.

#include <vector>

#include "column/batch.h"
#include "plan/nodes.h"

namespace millrace::exec {

// Whether an operator has inputs that come two ways from this node.
bool meet_again(const plan::Plan& plan, const plan::Node& fork);

// The batch in parts, by this column of event times; nearly always in one.
std::vector<Batch> cut_ahead_of_late_rows(Batch batch, size_t rowtime);

}  // namespace millrace::exec
