#include "exec/aggregate_slots.h"

#include <algorithm>
#include <set>

#include "base/check.h"
#include "base/counted_memory.h"

namespace millrace::exec {

AggregateSlots::AggregateSlots(const std::vector<plan::AggregateCall>& calls, TakenBack taken_back,
                               Duration ttl)
    : calls_(&calls), taken_back_(taken_back), ttl_(ttl) {
  size_ = counts_rows() ? sizeof(int64_t) : 0;
  for (const plan::AggregateCall& call : calls) {
    places_.push_back({size_});
    size_ += (call.function->size + 7) / 8 * 8;
    begin_as_zeroes_ &= call.function->begins_as_zeroes();
    own_memory_ |= call.distinct || call.function->destroy != nullptr;
    any_size_ |= call.function->shown != nullptr;
  }
  for (size_t i = 0; i < calls.size(); ++i) {
    if (calls[i].distinct) {
      places_[i] = place_of(calls[i], places_[i].at);
    }
  }
}

AggregateSlots::Place AggregateSlots::place_of(const plan::AggregateCall& call, size_t at) {
  auto known = std::find_if(distinct_.begin(), distinct_.end(), [&](const Distinct& distinct) {
    return distinct.values->arguments() == call.arguments &&
           distinct.values->calls() < DistinctValues::kMaxCalls;
  });
  if (known == distinct_.end()) {
    const auto kept =
        taken_back_ == TakenBack::never ? DistinctValues::Kept::seen : DistinctValues::Kept::times;
    auto values = DistinctValues::make(call.arguments, call.function->arguments, kept, ttl_,
                                       order_of_values(call.arguments));
    known = distinct_.insert(known, {std::move(values), size_});
    size_ += sizeof(char*);
  }
  return {at, static_cast<size_t>(known - distinct_.begin()), known->values->add_call()};
}

DistinctValues::Order AggregateSlots::order_of_values(const std::vector<size_t>& arguments) const {
  const bool is_seen = std::any_of(calls_->begin(), calls_->end(), [&](const auto& call) {
    return call.distinct && call.arguments == arguments && !call.function->in_any_order;
  });
  return is_seen ? DistinctValues::Order::of_arrival : DistinctValues::Order::any;
}

bool AggregateSlots::change_with_each_row() const {
  return taken_back_ == TakenBack::never &&
         std::any_of(calls_->begin(), calls_->end(), [](const plan::AggregateCall& call) {
           return call.function->changes_with_each_row && !call.distinct && !call.filter;
         });
}

std::string AggregateSlots::describe() const {
  std::string text = counts_rows() ? "rows" : "";
  for (const plan::AggregateCall& call : *calls_) {
    text += text.empty() ? "" : ", ";
    text += call.function->name + "(" + (call.distinct ? "DISTINCT " : "");
    std::string arguments;
    for (const Type& argument : call.function->arguments) {
      arguments += (arguments.empty() ? "" : ", ") + argument.as_nullable().to_string();
    }
    text += arguments + ")";
    // Of a library, which may be another one when the state is read again.
    text += call.function->foreign ? " of " + std::to_string(call.function->size) + " bytes" : "";
  }
  return text;
}

void AggregateSlots::init(char* slot) const {
  if (begin_as_zeroes_) {
    return;
  }
  const CountedChange change(&owned_);
  for (size_t call = 0; call < calls_->size(); ++call) {
    (*calls_)[call].function->begin(slot + places_[call].at);
  }
}

void AggregateSlots::save(const char* slot, ByteWriter& out) const {
  if (counts_rows()) {
    out.write_signed_varint(rows_of(const_cast<char*>(slot)));
  }
  for (size_t call = 0; call < calls_->size(); ++call) {
    (*calls_)[call].function->save(slot + places_[call].at, out);
  }
  for (const Distinct& distinct : distinct_) {
    distinct.values->save(slot + distinct.at, out);
  }
}

void AggregateSlots::load(char* slot, ByteReader& in) const {
  const CountedChange change(&owned_);
  if (counts_rows()) {
    rows_of(slot) = in.read_signed_varint();
  }
  for (size_t call = 0; call < calls_->size(); ++call) {
    (*calls_)[call].function->load(slot + places_[call].at, in);
  }
  for (const Distinct& distinct : distinct_) {
    distinct.values->load(slot + distinct.at, in);
  }
}

void AggregateSlots::destroy(char* slot) const {
  if (!own_memory_) {
    return;
  }
  const CountedChange change(&owned_);
  for (size_t call = 0; call < calls_->size(); ++call) {
    if (const auto destroy = (*calls_)[call].function->destroy) {
      destroy(slot + places_[call].at);
    }
  }
  for (const Distinct& distinct : distinct_) {
    distinct.values->destroy(slot + distinct.at);
  }
}

size_t AggregateSlots::shown(const char* slot) const {
  size_t bytes = 0;
  for (size_t call = 0; call < calls_->size(); ++call) {
    if (const auto shown = (*calls_)[call].function->shown) {
      bytes += shown(slot + places_[call].at);
    }
  }
  return bytes;
}

size_t AggregateSlots::memory() const {
  auto sum = static_cast<size_t>(std::max<int64_t>(owned_, 0));
  for (const Distinct& distinct : distinct_) {
    sum += distinct.values->memory();
  }
  return sum;
}

// --- Rows ---

void AggregateSlots::set_now(int64_t now_ms) {
  for (const Distinct& distinct : distinct_) {
    distinct.values->set_now(now_ms);
  }
}

// How many rows before its turn a value is asked for: what memory takes, in look-ups.
static constexpr size_t kAhead = 8;

std::vector<Column> AggregateSlots::arguments_of(const plan::AggregateCall& call,
                                                 const Batch& batch) {
  std::vector<Column> arguments;
  for (const size_t argument : call.arguments) {
    arguments.push_back(batch.columns[argument]);
  }
  return arguments;
}

static bool passes(const View<uint8_t>& filter, uint32_t row) {
  return !filter.is_null(row) && filter[row] != 0;
}

void AggregateSlots::filter_distinct(size_t number, const Batch& batch,
                                     std::span<const uint32_t> rows) {
  std::vector<uint64_t>& counted = distinct_[number].counted;
  counted.assign(rows.size(), 0);
  for (size_t call = 0; call < calls_->size(); ++call) {
    if (places_[call].distinct != number) {
      continue;
    }
    const size_t bit = places_[call].distinct_call;
    if (const auto filter = (*calls_)[call].filter) {
      const View<uint8_t> view(batch.columns[*filter]);
      for (size_t i = 0; i < rows.size(); ++i) {
        counted[i] |= static_cast<uint64_t>(passes(view, rows[i])) << bit;
      }
    } else {
      for (uint64_t& calls : counted) {
        calls |= uint64_t{1} << bit;
      }
    }
  }
}

void AggregateSlots::add_distinct(std::span<char* const> slots, const Batch& batch,
                                  std::span<const uint32_t> rows) {
  for (size_t number = 0; number < distinct_.size(); ++number) {
    filter_distinct(number, batch, rows);
    DistinctValues& values = *distinct_[number].values;
    const size_t at = distinct_[number].at;
    std::vector<uint64_t>& counted = distinct_[number].counted;
    values.read(batch, rows);
    for (size_t i = 0; i < rows.size(); ++i) {
      if (i + 3 * kAhead < rows.size()) {
        values.prefetch_table(slots[i + 3 * kAhead] + at);
      }
      if (i + 2 * kAhead < rows.size() && counted[i + 2 * kAhead] != 0) {
        values.prefetch_entry(slots[i + 2 * kAhead] + at, i + 2 * kAhead);
      }
      if (i + kAhead < rows.size() && counted[i + kAhead] != 0) {
        values.prefetch_cell(slots[i + kAhead] + at, i + kAhead);
      }
      if (counted[i] != 0) {
        counted[i] = !is_addition(batch.kind(rows[i])) ? values.leave(slots[i] + at, i, counted[i])
                                                       : values.come(slots[i] + at, i, counted[i]);
      }
    }
  }
}

std::span<const uint8_t> AggregateSlots::counted(size_t number, const Batch& batch,
                                                 std::span<const uint32_t> rows) {
  const plan::AggregateCall& call = (*calls_)[number];
  const Place& place = places_[number];
  counted_.resize(rows.size());
  // A function that takes nothing back is told of additions alone.
  const bool additions_alone = !call.function->retracts && !batch.kinds.empty();
  if (place.distinct) {
    const std::vector<uint64_t>& calls = distinct_[*place.distinct].counted;
    for (size_t i = 0; i < rows.size(); ++i) {
      counted_[i] = (calls[i] >> place.distinct_call) & 1;
    }
  } else if (call.filter) {
    const View<uint8_t> view(batch.columns[*call.filter]);
    for (size_t i = 0; i < rows.size(); ++i) {
      counted_[i] = passes(view, rows[i]) ? 1 : 0;
    }
  } else if (!additions_alone) {
    return {};
  } else {
    std::fill(counted_.begin(), counted_.end(), 1);
  }
  for (size_t i = 0; additions_alone && i < rows.size(); ++i) {
    counted_[i] = counted_[i] != 0 && is_addition(batch.kind(rows[i])) ? 1 : 0;
  }
  return counted_;
}

std::vector<uint32_t> AggregateSlots::with_rows(std::span<char* const> slots) {
  std::vector<uint32_t> some;
  for (uint32_t i = 0; i < slots.size(); ++i) {
    if (rows_of(slots[i]) > 0) {
      some.push_back(i);
    }
  }
  return some;
}

void AggregateSlots::update(std::span<char* const> slots, const Batch& batch,
                            std::span<const uint32_t> rows) {
  if (counts_rows()) {
    for (size_t i = 0; i < rows.size(); ++i) {
      rows_of(slots[i]) += is_addition(batch.kind(rows[i])) ? 1 : -1;
    }
  }
  change(slots, batch, rows);
}

void AggregateSlots::change(std::span<char* const> slots, const Batch& batch,
                            std::span<const uint32_t> rows) {
  add_distinct(slots, batch, rows);
  for (size_t call = 0; call < calls_->size(); ++call) {
    update_call(call, slots, batch, rows);
  }
}

void AggregateSlots::update_call(size_t number, std::span<char* const> slots, const Batch& batch,
                                 std::span<const uint32_t> rows) {
  const plan::AggregateCall& call = (*calls_)[number];
  const size_t at = places_[number].at;
  const std::span<const uint8_t> counted_rows = counted(number, batch, rows);
  states_.clear();
  if (!counted_rows.empty()) {
    chosen_.clear();
    for (size_t i = 0; i < rows.size(); ++i) {
      if (counted_rows[i] != 0) {
        chosen_.push_back(rows[i]);
        states_.push_back(slots[i] + at);
      }
    }
    rows = chosen_;
  } else {
    states_.resize(rows.size());
    for (size_t i = 0; i < rows.size(); ++i) {
      states_[i] = slots[i] + at;
    }
  }
  // All of a batch, in order, is the common case, and a plainer loop.
  const Rows which = rows.size() == batch.physical_size ? Rows(rows.size()) : Rows(rows);
  const CountedChange change(&owned_);
  call.function->update(states_.data(), arguments_of(call, batch), which, batch.kinds);
}

std::vector<size_t> columns_read(const std::vector<plan::AggregateCall>& calls) {
  std::set<size_t> columns;
  for (const plan::AggregateCall& call : calls) {
    columns.insert(call.arguments.begin(), call.arguments.end());
    if (call.filter) {
      columns.insert(*call.filter);
    }
  }
  return {columns.begin(), columns.end()};
}

std::vector<Column> AggregateSlots::trace(std::span<char* const> slots, const Batch& batch,
                                          std::span<const uint32_t> rows, function::Sides sides) {
  add_distinct(slots, batch, rows);
  const Rows which = rows.size() == batch.physical_size ? Rows(rows.size()) : Rows(rows);
  std::vector<Column> columns;
  states_.resize(rows.size());
  for (size_t number = 0; number < calls_->size(); ++number) {
    const plan::AggregateCall& call = (*calls_)[number];
    for (size_t i = 0; i < rows.size(); ++i) {
      states_[i] = slots[i] + places_[number].at;
    }
    const std::vector<Column> arguments = arguments_of(call, batch);
    const CountedChange change(&owned_);
    columns.push_back(call.function->trace(
        states_.data(), {arguments, which, batch.kinds, counted(number, batch, rows), sides},
        call.function->result));
  }
  return columns;
}

void AggregateSlots::merge(char* into, const char* from) const {
  const CountedChange change(&owned_);
  if (counts_rows()) {
    rows_of(into) += rows_of(const_cast<char*>(from));
  }
  for (size_t call = 0; call < calls_->size(); ++call) {
    if (!places_[call].distinct) {
      (*calls_)[call].function->merge(into + places_[call].at, from + places_[call].at);
    }
  }
  for (const Distinct& distinct : distinct_) {
    merge_distinct(distinct, into, from);
  }
}

bool AggregateSlots::merges() const {
  for (size_t number = 0; number < calls_->size(); ++number) {
    const plan::AggregateCall& call = (*calls_)[number];
    // Calls that share values may, by their filters, each have seen them in another order.
    const bool has_order = !call.function->in_any_order;
    const bool order_is_known =
        !call.distinct || !has_order || distinct_[*places_[number].distinct].values->calls() == 1;
    const bool takes_back = taken_back_ != TakenBack::never;
    if (call.function->merge == nullptr || !order_is_known ||
        (takes_back && (call.distinct || has_order))) {
      return false;
    }
  }
  return taken_back_ != TakenBack::uncounted && !is_whole_;
}

// A value that both have seen counts once.
void AggregateSlots::merge_distinct(const Distinct& distinct, char* into, const char* from) const {
  const auto fresh = distinct.values->merge(into + distinct.at, from + distinct.at);
  for (size_t call = 0; call < calls_->size(); ++call) {
    const Place& place = places_[call];
    if (!place.distinct || &distinct_[*place.distinct] != &distinct ||
        fresh[place.distinct_call].empty()) {
      continue;
    }
    const std::vector<char*>& values = fresh[place.distinct_call];
    const std::vector<char*> states(values.size(), into + place.at);
    (*calls_)[call].function->update(states.data(), distinct.values->columns(values),
                                     Rows(static_cast<uint32_t>(values.size())), {});
  }
}

std::vector<Column> AggregateSlots::finish(std::span<char* const> slots) const {
  std::vector<Column> columns;
  std::vector<char*> states(slots.size());
  for (size_t call = 0; call < calls_->size(); ++call) {
    for (size_t i = 0; i < slots.size(); ++i) {
      states[i] = slots[i] + places_[call].at;
    }
    const function::AggregateSignature& function = *(*calls_)[call].function;
    columns.push_back(function.finish(states.data(), slots.size(), function.result));
  }
  return columns;
}

}  // namespace millrace::exec
