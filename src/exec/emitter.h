#pragma once

// The Output of one stage of a pipeline: hands what the stage makes to each of its consumers, and
// keeps the books of both sides.

#include <optional>
#include <string>
#include <vector>

#include "exec/operator.h"
#include "exec/task_context.h"

namespace millrace::exec {

class DeadLetters;
struct Reject;

class Emitter final : public Output {
 public:
  // What is pointed to outlives this; `stage` is what letters say of the place. Late rows are
  // counted alone where `late_rows` is null.
  Emitter(std::string stage, OperatorCounts* counts, DeadLetters* letters, DeadLetters* late_rows)
      : stage_(std::move(stage)), counts_(counts), letters_(letters), late_rows_(late_rows) {}

  // The consumer and its Output outlive this too.
  struct Consumer {
    Operator* step;
    Port port;
    Emitter* output;
  };
  void connect(Consumer consumer) { consumers_.push_back(consumer); }
  // Of consumers whose ways meet again: batches are cut ahead of rows that are late by this column
  // (forks.h).
  void cut_by(size_t rowtime) { cut_by_ = rowtime; }

  void push(Batch rows) override;
  void advance(Watermark now) override;
  void idle() override;
  void resume() override;
  void reject(const Batch& batch, uint32_t row, std::string_view reason) override;
  void late(const Batch& batch, uint32_t row, Watermark now) override;
  // A record that never became a row. One that is ignored is kept where there is a place for it,
  // else counted alone.
  void reject(const Reject& record);

  Watermark watermark() const { return watermark_; }
  // What was sent on before a restart; it is not sent again.
  void restore(Watermark watermark) { watermark_ = watermark; }

 private:
  void push_part(Batch rows);

  std::string stage_;
  OperatorCounts* counts_;
  DeadLetters* letters_;
  DeadLetters* late_rows_;
  std::vector<Consumer> consumers_;
  std::optional<size_t> cut_by_;
  Watermark watermark_;
  bool idle_ = false;
};

}  // namespace millrace::exec
