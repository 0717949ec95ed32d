#pragma once

// UNNEST: each row once an element of a collection in it, in the collection's order. Changes keep
// their kind, so a row that goes takes all of its elements with it.

#include "exec/operator.h"
#include "exec/task_context.h"
#include "plan/nodes.h"

namespace millrace::exec {

class Unnest final : public Operator {
 public:
  Unnest(const plan::Unnest& node, const TaskContext& task) : node_(&node), task_(task) {}

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port, Watermark now, Output& out) override { out.advance(now); }

 private:
  // The rows of the output: which input row each is, and which element of it.
  struct Elements {
    std::vector<uint32_t> rows;
    std::vector<uint32_t> positions;  // among all elements of the column
    std::vector<int32_t> ordinals;    // from 1; 0 of a row that is kept without any

    void add(uint32_t row, uint32_t position, int32_t ordinal) {
      rows.push_back(row);
      positions.push_back(position);
      ordinals.push_back(ordinal);
    }
  };

  void add_row(const Column& collections, uint32_t row, Elements& elements) const;
  std::vector<bool> holds(const Batch& rows, const Column& collections, const Elements& elements,
                          Output& out) const;
  Elements matching(const Batch& rows, const Column& collections, const Elements& all,
                    Output& out) const;
  Batch with_elements(const Batch& batch, const Column& collections, const Elements& elements,
                      size_t from, size_t size) const;

  const plan::Unnest* node_;
  TaskContext task_;
};

}  // namespace millrace::exec
