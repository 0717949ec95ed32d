#include "exec/aggregate_slots.h"

namespace millrace::exec {

AggregateSlots::AggregateSlots(const std::vector<plan::AggregateCall>& calls) : calls_(&calls) {
  for (const plan::AggregateCall& call : calls) {
    at_.push_back(size_);
    size_ += (call.function->size + 7) / 8 * 8;
  }
}

std::string AggregateSlots::describe() const {
  std::string text;
  for (const plan::AggregateCall& call : *calls_) {
    text += text.empty() ? "" : ", ";
    text += call.function->name + "(";
    for (const Type& argument : call.function->arguments) {
      text += (text.back() == '(' ? "" : ", ") + argument.as_nullable().to_string();
    }
    text += ")";
  }
  return text;
}

void AggregateSlots::init(char* slot) const {
  for (size_t call = 0; call < calls_->size(); ++call) {
    (*calls_)[call].function->init(slot + at_[call]);
  }
}

void AggregateSlots::save(const char* slot, ByteWriter& out) const {
  for (size_t call = 0; call < calls_->size(); ++call) {
    (*calls_)[call].function->save(slot + at_[call], out);
  }
}

void AggregateSlots::load(char* slot, ByteReader& in) const {
  for (size_t call = 0; call < calls_->size(); ++call) {
    (*calls_)[call].function->load(slot + at_[call], in);
  }
}

void AggregateSlots::destroy(char* slot) const {
  for (size_t call = 0; call < calls_->size(); ++call) {
    if (const auto destroy = (*calls_)[call].function->destroy) {
      destroy(slot + at_[call]);
    }
  }
}

void AggregateSlots::update(std::span<char* const> slots, const Batch& batch,
                            std::span<const uint32_t> rows) {
  for (size_t call = 0; call < calls_->size(); ++call) {
    update_call(call, slots, batch, rows);
  }
}

void AggregateSlots::update_call(size_t number, std::span<char* const> slots, const Batch& batch,
                                 std::span<const uint32_t> rows) {
  const plan::AggregateCall& call = (*calls_)[number];
  states_.clear();
  if (call.filter) {
    const View<uint8_t> passes(batch.columns[*call.filter]);
    chosen_.clear();
    for (size_t i = 0; i < rows.size(); ++i) {
      if (!passes.is_null(rows[i]) && passes[rows[i]] != 0) {
        chosen_.push_back(rows[i]);
        states_.push_back(slots[i] + at_[number]);
      }
    }
    rows = chosen_;
  } else {
    states_.resize(rows.size());
    for (size_t i = 0; i < rows.size(); ++i) {
      states_[i] = slots[i] + at_[number];
    }
  }
  std::vector<Column> arguments;
  for (const size_t argument : call.arguments) {
    arguments.push_back(batch.columns[argument]);
  }
  // All of a batch, in order, is the common case, and a plainer loop.
  const Rows which = rows.size() == batch.physical_size ? Rows(rows.size()) : Rows(rows);
  call.function->update(states_.data(), arguments, which, batch.kinds);
}

void AggregateSlots::merge(char* into, const char* from) const {
  for (size_t call = 0; call < calls_->size(); ++call) {
    (*calls_)[call].function->merge(into + at_[call], from + at_[call]);
  }
}

std::vector<Column> AggregateSlots::finish(std::span<char* const> slots) const {
  std::vector<Column> columns;
  std::vector<char*> states(slots.size());
  for (size_t call = 0; call < calls_->size(); ++call) {
    for (size_t i = 0; i < slots.size(); ++i) {
      states[i] = slots[i] + at_[call];
    }
    const function::AggregateSignature& function = *(*calls_)[call].function;
    columns.push_back(function.finish(states.data(), slots.size(), function.result));
  }
  return columns;
}

}  // namespace millrace::exec
