#include "exec/over_frames.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "exec/scattered_column.h"

namespace millrace::exec {

// --- What lies in a slot ---

class OverFrames::Slots final : public state::SlotKind {
 public:
  // `kept` are the rows of all frames; it outlives this.
  Slots(std::shared_ptr<const AggregateSlots> calls, bool with_timers, const state::RowStore* kept)
      : calls_(std::move(calls)), with_timers_(with_timers), kept_(kept) {}

  std::string describe() const override {
    return (with_timers_ ? "timed frame of " : "frame of ") + calls_->describe();
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
    if (with_timers_) {
      out.write_varint(frame.timers.size());
      for (const int64_t timer : frame.timers) {
        out.write_signed_varint(timer);
      }
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
    for (uint64_t left = with_timers_ ? in.read_varint() : 0; left > 0; --left) {
      frame.timers.push_back(in.read_signed_varint());
    }
    calls_->load(aggregates(slot), in);
  }
  size_t memory() const override {
    return frames_ * kFrameBytes + kept_->size() * sizeof(Kept) + calls_->memory();
  }

 private:
  // A deque has room for some entries before there are any.
  static constexpr size_t kFrameBytes = sizeof(Frame) + 2 * 576;

  std::shared_ptr<const AggregateSlots> calls_;
  bool with_timers_;
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

bool can_take_back(const std::vector<plan::AggregateCall>& calls) {
  return std::all_of(calls.begin(), calls.end(),
                     [](const plan::AggregateCall& call) { return call.function->retracts; });
}

}  // namespace

OverFrames::OverFrames(const plan::OverAggregate& node, Peers peers, const TaskContext& task)
    : node_(&node),
      peers_(peers),
      takes_back_(can_take_back(node.calls)),
      kept_columns_(columns_read(node.calls)),
      calls_(std::make_shared<AggregateSlots>(node.calls, AggregateSlots::TakenBack::uncounted)),
      kept_(task.state().rows("kept", types_at(node.inputs[0]->schema, kept_columns_))),
      groups_(task.state().timed_table("frames",
                                       types_at(node.inputs[0]->schema, node.window.partition_by),
                                       std::make_shared<Slots>(calls_, forgets(), &kept_))),
      keys_(&groups_.layout()),
      buffer_(&kept_.layout()) {}

// --- Rounds ---

// Frames never end, so all lie in one bucket.
static constexpr int64_t kNoEnd = 0;

void OverFrames::find_slots(const Batch& batch) {
  std::vector<Column> columns;
  for (const size_t column : node_->window.partition_by) {
    columns.push_back(batch.columns[column]);
  }
  keys_.read(columns, Rows(batch.physical_size));
  std::vector<uint32_t> which(batch.physical_size);
  std::iota(which.begin(), which.end(), 0);
  const std::vector<int64_t> ends(batch.physical_size, kNoEnd);
  slots_.resize(batch.physical_size);
  groups_.upsert(keys_, which, ends, slots_.data());
}

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
  find_slots(batch);
  assign_rounds(times);
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
  }
  std::vector<Column> columns;
  for (ScatteredColumn& result : results) {
    columns.push_back(result.finish());
  }
  return columns;
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

void OverFrames::arrive(const Batch& batch) {
  std::vector<Column> columns;
  for (const size_t column : node_->window.partition_by) {
    columns.push_back(batch.columns[column]);
  }
  const Rows rows = batch.rows();
  keys_.read(columns, rows);
  std::vector<uint32_t> which(rows.size());
  std::iota(which.begin(), which.end(), 0);
  const std::vector<int64_t> ends(rows.size(), kNoEnd);
  arrived_.resize(rows.size());
  groups_.upsert(keys_, which, ends, arrived_.data());
}

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
  std::vector<Column> columns;
  for (const size_t column : node_->window.partition_by) {
    columns.push_back(batch.columns[column]);
  }
  keys_.read(columns, Rows(std::span(&row, 1)));
  const uint32_t which = 0;
  char* slot = nullptr;
  groups_.upsert(keys_, std::span(&which, 1), std::span(&kNoEnd, 1), &slot);
  return head(slot).frame->last_ms;
}

}  // namespace millrace::exec
