#include "exec/over_frames.h"

#include <algorithm>
#include <numeric>

#include "exec/scattered_column.h"

namespace millrace::exec {

// --- What lies in a slot ---

class OverFrames::Slots final : public state::SlotKind {
 public:
  // What of a frame there is beside its rows.
  enum class Has : uint8_t { nothing, timers, waiting_rows };
  // `kept` are the rows of all frames; it outlives this.
  Slots(std::shared_ptr<const AggregateSlots> calls, Has has, const state::RowStore* kept)
      : calls_(std::move(calls)), has_(has), kept_(kept) {}

  std::string describe() const override {
    const char* kind = has_ == Has::timers         ? "timed frame of "
                       : has_ == Has::waiting_rows ? "expiring frame of "
                                                   : "frame of ";
    return kind + calls_->describe();
  }
  size_t size() const override { return sizeof(Head) + calls_->size(); }
  void init(char* slot) const override {
    new (slot) Head{};
    head(slot).frame = new Frame();
    ++frames_;
    calls_->init(aggregates(slot));
  }
  void destroy(char* slot) const override {
    delete head(slot).frame;
    --frames_;
    calls_->destroy(aggregates(slot));
  }
  void save(const char* slot, ByteWriter& out) const override {
    const Frame& frame = *reinterpret_cast<const Head*>(slot)->frame;
    out.write_signed_varint(frame.last_ms);
    out.write_varint(frame.rows.size());
    for (const Kept& kept : frame.rows) {
      out.write_signed_varint(kept.ms);
      out.write_varint(kept.row.number);
    }
    if (has_ == Has::timers) {
      out.write_varint(frame.timers.size());
      for (const int64_t timer : frame.timers) {
        out.write_signed_varint(timer);
      }
    } else if (has_ == Has::waiting_rows) {
      out.write_varint(frame.waiting);
    }
    calls_->save(slot + sizeof(Head), out);
  }
  void load(char* slot, ByteReader& in) const override {
    Frame& frame = *head(slot).frame;
    frame.last_ms = in.read_signed_varint();
    for (uint64_t left = in.read_varint(); left > 0; --left) {
      const int64_t ms = in.read_signed_varint();
      frame.rows.push_back({ms, state::RowRef{static_cast<uint32_t>(in.read_varint())}});
    }
    for (uint64_t left = has_ == Has::timers ? in.read_varint() : 0; left > 0; --left) {
      frame.timers.push_back(in.read_signed_varint());
    }
    frame.waiting = has_ == Has::waiting_rows ? in.read_varint() : 0;
    calls_->load(aggregates(slot), in);
  }
  size_t memory() const override {
    return frames_ * kFrameBytes + kept_->size() * sizeof(Kept) + calls_->memory();
  }

 private:
  // A deque has room for some entries before there are any.
  static constexpr size_t kFrameBytes = sizeof(Frame) + 2 * 576;

  std::shared_ptr<const AggregateSlots> calls_;
  Has has_;
  const state::RowStore* kept_;
  mutable size_t frames_ = 0;
};

// --- Construction ---

namespace {

std::vector<Type> types_at(const Schema& schema, const std::vector<size_t>& columns) {
  std::vector<Type> types;
  for (const size_t column : columns) {
    types.push_back(schema[column].type);
  }
  return types;
}

bool can_take_back(const std::vector<plan::AggregateCall>& calls) {
  return std::all_of(calls.begin(), calls.end(),
                     [](const plan::AggregateCall& call) { return call.function->retracts; });
}

}  // namespace

OverFrames::OverFrames(const plan::OverAggregate& node, Peers peers, Expiry expiry,
                       const TaskContext& task)
    : node_(&node),
      peers_(peers),
      takes_back_(can_take_back(node.calls)),
      expiry_(expiry),
      kept_columns_(columns_read(node.calls)),
      calls_(std::make_shared<AggregateSlots>(node.calls, AggregateSlots::TakenBack::uncounted)),
      kept_(task.state().rows("kept", types_at(node.inputs[0]->schema, kept_columns_))),
      groups_(task.state().keyed_table(
          "frames", types_at(node.inputs[0]->schema, node.window.partition_by),
          std::make_shared<Slots>(calls_,
                                  forgets()   ? Slots::Has::timers
                                  : expires() ? Slots::Has::waiting_rows
                                              : Slots::Has::nothing,
                                  &kept_),
          lets_keys_go() ? state::KeyedTable::Numbers::kept : state::KeyedTable::Numbers::none)),
      keys_(&groups_.layout()),
      buffer_(&kept_.layout()) {
  for (uint32_t number = 0; number < groups_.numbers_end(); ++number) {
    if (groups_.has_number(number)) {
      for (const int64_t timer : head(groups_.slot(number)).frame->timers) {
        timers_.add({timer, number, state::RowRef{number}});
      }
    }
  }
}

// --- Keys ---

void OverFrames::read_keys(const Batch& batch, const Rows& rows) {
  std::vector<Column> columns;
  for (const size_t column : node_->window.partition_by) {
    columns.push_back(batch.columns[column]);
  }
  keys_.read(columns, rows);
}

void OverFrames::find_slots(const Batch& batch, const Rows& rows, std::vector<char*>& slots) {
  constexpr size_t kAhead = 8;  // what memory takes, in look-ups
  read_keys(batch, rows);
  slots.resize(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i + 2 * kAhead < rows.size()) {
      groups_.prefetch(keys_.hash(i + 2 * kAhead));
    }
    if (i + kAhead < rows.size()) {
      groups_.prefetch_key(keys_.hash(i + kAhead));
    }
    slots[i] = groups_.upsert(keys_.row(i), keys_.hash(i)).cell;
    if (expires()) {
      expiry_.written(groups_.number_of(slots[i]));
    }
  }
}

void OverFrames::drop_keys(int64_t now) {
  for (const state::Due* due = timers_.next(); due != nullptr && due->ms <= now;
       due = timers_.next()) {
    const uint32_t number = due->row.number;
    timers_.pop();
    if (!groups_.has_number(number)) {
      continue;
    }
    char* slot = groups_.slot(number);
    fire_timers(slot, now);
    if (head(slot).frame->timers.empty()) {
      groups_.remove(number);
    }
  }
  expiry_.drop_expired([this](uint32_t number) {
    const Frame& frame = *head(groups_.slot(number)).frame;
    if (frame.waiting > 0) {
      expiry_.written(number);
      return;
    }
    for (const Kept& kept : frame.rows) {
      kept_.remove(kept.row);
    }
    groups_.remove(number);
  });
}

// --- Rounds ---

void OverFrames::assign_rounds(std::span<const int64_t> times) {
  ++batch_number_;
  rounds_.clear();
  for (uint32_t row = 0; row < slots_.size(); ++row) {
    Head& key = head(slots_[row]);
    if (key.batch != batch_number_) {
      key.batch = batch_number_;
      key.round = 0;
    } else if (peers_ == Peers::none || key.time != times[row]) {
      ++key.round;
    }
    key.time = times[row];
    if (key.round >= rounds_.size()) {
      rounds_.emplace_back();
    }
    rounds_[key.round].push_back(row);
  }
}

std::vector<Column> OverFrames::compute(const Batch& batch, std::span<const int64_t> times) {
  find_slots(batch, batch.rows(), slots_);
  assign_rounds(times);
  for (char* slot : slots_) {
    uint64_t& waiting = head(slot).frame->waiting;
    waiting -= std::min<uint64_t>(waiting, 1);
  }
  if (node_->window.preceding) {
    std::vector<Column> columns;
    for (const size_t column : kept_columns_) {
      columns.push_back(batch.columns[column]);
    }
    buffer_.read(columns, Rows(batch.physical_size));
  }
  std::vector<ScatteredColumn> results;
  for (const plan::AggregateCall& call : node_->calls) {
    results.emplace_back(call.function->result, batch.physical_size);
  }
  std::vector<char*> states;
  for (const std::vector<uint32_t>& rows : rounds_) {
    if (forgets()) {
      for (const uint32_t row : rows) {
        fire_timers(slots_[row], times[row] - 1);
      }
    }
    compute_round(batch, times, rows);
    states.clear();
    for (const uint32_t row : rows) {
      states.push_back(aggregates(slots_[row]));
    }
    const std::vector<Column> finished = calls_->finish(states);
    for (size_t call = 0; call < finished.size(); ++call) {
      results[call].put(finished[call], rows);
    }
    note_shown(states);
  }
  std::vector<Column> columns;
  for (ScatteredColumn& result : results) {
    columns.push_back(result.finish());
  }
  return columns;
}

size_t OverFrames::rows_at_once() const {
  return calls_->show_any_size()
             ? std::clamp<size_t>(AggregateSlots::kMostShown / std::max<size_t>(most_shown_, 1), 1,
                                  AggregateSlots::kMostGrowing)
             : Batch::kMaxRows;
}

void OverFrames::note_shown(std::span<char* const> states) {
  if (!calls_->show_any_size()) {
    return;
  }
  most_shown_ = 0;
  for (const char* state : states) {
    most_shown_ = std::max(most_shown_, calls_->shown(state));
  }
}

void OverFrames::compute_round(const Batch& batch, std::span<const int64_t> times,
                               std::span<const uint32_t> rows) {
  if (node_->window.preceding) {
    take_back(batch, times, rows);
    keep(times, rows);
    gather_again(batch, rows);
  }
  std::vector<char*> states;
  std::vector<uint32_t> added;
  for (const uint32_t row : rows) {
    if (head(slots_[row]).gathers_again == 0) {
      states.push_back(aggregates(slots_[row]));
      added.push_back(row);
    }
    head(slots_[row]).time = times[row];
  }
  if (!added.empty()) {
    calls_->update(states, batch, added);
  }
}

// --- Bounded frames ---

bool OverFrames::leaves(const Frame& frame, int64_t now) const {
  const int64_t preceding = *node_->window.preceding;
  return node_->window.unit == plan::FrameUnit::rows
             ? static_cast<int64_t>(frame.rows.size()) > preceding
             : frame.rows.front().ms < now - preceding;
}

void OverFrames::take_back(const Batch& batch, std::span<const int64_t> times,
                           std::span<const uint32_t> rows) {
  std::vector<state::RowRef> gone;
  std::vector<char*> states;
  for (const uint32_t row : rows) {
    head(slots_[row]).gathers_again = 0;
  }
  for (const uint32_t row : rows) {
    Head& key = head(slots_[row]);
    while (!key.frame->rows.empty() && leaves(*key.frame, times[row])) {
      gone.push_back(key.frame->rows.front().row);
      states.push_back(aggregates(slots_[row]));
      key.frame->rows.pop_front();
      key.gathers_again = takes_back_ ? 0 : 1;
    }
  }
  if (takes_back_ && !gone.empty()) {
    Batch leaving = kept_batch(batch, gone);
    leaving.kinds.assign(gone.size(), RowKind::delete_);
    std::vector<uint32_t> all(gone.size());
    std::iota(all.begin(), all.end(), 0);
    calls_->update(states, leaving, all);
  }
  for (const state::RowRef row : gone) {
    kept_.remove(row);
  }
}

void OverFrames::keep(std::span<const int64_t> times, std::span<const uint32_t> rows) {
  for (const uint32_t row : rows) {
    Frame& frame = *head(slots_[row]).frame;
    frame.rows.push_back({times[row], kept_.add(buffer_[row])});
    frame.last_ms = times[row];
  }
}

void OverFrames::gather_again(const Batch& batch, std::span<const uint32_t> rows) {
  std::vector<state::RowRef> all;
  std::vector<char*> states;
  for (const uint32_t row : rows) {
    Head& key = head(slots_[row]);
    // Once a key, though several of its rows may be of this round; 2 says that it is done.
    if (key.gathers_again != 1) {
      continue;
    }
    key.gathers_again = 2;
    char* state = aggregates(slots_[row]);
    calls_->destroy(state);
    std::memset(state, 0, calls_->size());
    calls_->init(state);
    for (const Kept& kept : key.frame->rows) {
      all.push_back(kept.row);
      states.push_back(state);
    }
  }
  if (!all.empty()) {
    std::vector<uint32_t> numbers(all.size());
    std::iota(numbers.begin(), numbers.end(), 0);
    calls_->update(states, kept_batch(batch, all), numbers);
  }
}

Batch OverFrames::kept_batch(const Batch& batch, std::span<const state::RowRef> rows) const {
  Batch kept;
  kept.physical_size = static_cast<uint32_t>(rows.size());
  kept.columns.resize(batch.columns.size());
  std::vector<Column> columns = kept_.gather(rows);
  for (size_t i = 0; i < columns.size(); ++i) {
    kept.columns[kept_columns_[i]] = std::move(columns[i]);
  }
  return kept;
}

// --- Forgetting ---

void OverFrames::arrive(const Batch& batch) { find_slots(batch, batch.rows(), arrived_); }

bool OverFrames::has_due(size_t nth, int64_t now) const {
  const Frame& frame = *head(arrived_[nth]).frame;
  return !frame.timers.empty() && frame.timers.front() <= now;
}

bool OverFrames::admit(size_t nth, int64_t ms, int64_t now) {
  fire_timers(arrived_[nth], now);
  Frame& frame = *head(arrived_[nth]).frame;
  if (ms <= frame.last_ms) {
    return false;
  }
  const int64_t preceding = *node_->window.preceding;
  if (frame.timers.empty() || frame.timers.back() < ms + preceding + 1) {
    frame.timers.push_back(ms + preceding + preceding / 2 + 1);
    const uint32_t number = groups_.number_of(arrived_[nth]);
    timers_.add({frame.timers.back(), number, state::RowRef{number}});
  }
  return true;
}

void OverFrames::fire_timers(char* slot, int64_t until) {
  Frame& frame = *head(slot).frame;
  while (!frame.timers.empty() && frame.timers.front() <= until) {
    const int64_t timer = frame.timers.front();
    frame.timers.pop_front();
    if (frame.timers.empty()) {
      forget(slot);
    } else {
      frame.last_ms = std::max(frame.last_ms, timer);
    }
  }
}

void OverFrames::forget(char* slot) {
  Frame& frame = *head(slot).frame;
  for (const Kept& kept : frame.rows) {
    kept_.remove(kept.row);
  }
  frame.rows.clear();
  frame.last_ms = INT64_MIN;
  calls_->destroy(aggregates(slot));
  std::memset(aggregates(slot), 0, calls_->size());
  calls_->init(aggregates(slot));
}

int64_t OverFrames::last_time(const Batch& batch, uint32_t row) {
  read_keys(batch, Rows(std::span(&row, 1)));
  char* slot = groups_.find(keys_.row(0), keys_.hash(0)).cell;
  return slot == nullptr ? INT64_MIN : head(slot).frame->last_ms;
}

}  // namespace millrace::exec
