#include "exec/operators/session_aggregate.h"

#include <algorithm>

#include "exec/event_time.h"
#include "exec/mark_cursor.h"
#include "exec/table_shapes.h"
#include "exec/window_assigner.h"

namespace millrace::exec {

SessionAggregate::SessionAggregate(const plan::WindowAggregate& node, const TaskContext& task)
    : node_(&node),
      task_(task),
      slots_(std::make_shared<AggregateSlots>(node.aggregates, AggregateSlots::taken_back(node))),
      sessions_(task_.state().session_table("sessions", types_of(node.inputs[0]->schema, node.keys),
                                            slots_)),
      watermark_(task_.state().numbers("watermark")),
      keys_(&sessions_.layout()) {}

void SessionAggregate::push(Port port, Batch batch, Output& out) {
  std::vector<Column> key_columns;
  for (const size_t key : node_->keys) {
    key_columns.push_back(batch.columns[key]);
  }
  keys_.read(key_columns, batch.rows());
  const EventTimes times(batch.columns[node_->window.time_column]);
  MarkCursor marks(batch);
  uint32_t key = 0;
  for_each(batch.rows(), [&](uint32_t row) {
    marks.pass_until(row, [&](Watermark passed) {
      if (passed.ms >= sessions_.next_due() - 1) {
        flush(batch);
        fire(passed, out);
      } else {
        watermark_.set(std::max(watermark_.get(), passed));
      }
    });
    if (const char* fault = times.fault(row)) {
      out.reject(batch, row, fault);
    } else {
      gather(batch, row, key, times.ms(row), out);
    }
    ++key;
  });
  flush(batch);
  if (const auto now = batch.final_watermark()) {
    advance(port, *now, out);
  }
}

void SessionAggregate::advance(Port, Watermark now, Output& out) {
  fire(now, out);
  out.advance(watermark_.get());
}

std::optional<int64_t> SessionAggregate::waits_for() const {
  return sessions_.size() == 0 ? std::nullopt : std::optional(sessions_.next_due());
}

void SessionAggregate::gather(const Batch& batch, uint32_t row, uint32_t key, int64_t ms,
                              Output& out) {
  state::Session* session = session_of(batch, key, ms);
  if (session == nullptr) {
    out.late(batch, row, watermark_.get());
    return;
  }
  ++task_.counts().grouped;
  slot_of_.push_back(sessions_.slot(session));
  rows_.push_back(row);
}

// Null for a row that is late.
state::Session* SessionAggregate::session_of(const Batch& batch, uint32_t key, int64_t ms) {
  const auto [session, other] =
      sessions_.enter(keys_, key, {ms, ms + node_->window.size_ms}, watermark_.get());
  if (other != nullptr) {
    flush(batch);
    slots_->merge(sessions_.slot(session), sessions_.slot(other));
    sessions_.absorb(other);
  }
  return session;
}

void SessionAggregate::flush(const Batch& batch) {
  if (!rows_.empty()) {
    slots_->update(slot_of_, batch, rows_);
    slot_of_.clear();
    rows_.clear();
  }
}

void SessionAggregate::fire(Watermark now, Output& out) {
  watermark_.set(std::max(watermark_.get(), now));
  const int64_t last_end = now == Watermark::end_of_input() ? now.ms : now.ms + 1;
  if (sessions_.next_due() > last_end) {
    return;
  }
  const std::vector<state::Session*> ended = sessions_.take_ending_by(last_end);
  for (size_t from = 0; from < ended.size(); from += Batch::kMaxRows) {
    emit(std::span(ended).subspan(from, std::min(Batch::kMaxRows, ended.size() - from)), out);
  }
  sessions_.release(ended);
}

void SessionAggregate::emit(std::span<state::Session* const> ended, Output& out) const {
  const auto strings = std::make_shared<StringArena>();
  std::vector<char*> keys;
  std::vector<char*> slots;
  for (state::Session* session : ended) {
    keys.push_back(session->key());
    slots.push_back(sessions_.slot(session));
    // The session goes, and its strings with it.
    for (const size_t at : sessions_.layout().strings()) {
      auto& text = *reinterpret_cast<StringRef*>(session->key() + at);
      text = strings->copy(text.view());
    }
  }
  Batch batch;
  batch.physical_size = static_cast<uint32_t>(ended.size());
  batch.columns = sessions_.layout().columns(keys, strings);
  for (Column& column : slots_->finish(slots)) {
    batch.columns.push_back(std::move(column));
  }
  for (const plan::WindowProperty wanted : node_->properties) {
    batch.columns.push_back(property(wanted, node_->schema[batch.columns.size()].type, ended));
  }
  if (slots_->counts_rows()) {
    batch.selection =
        std::make_shared<const std::vector<uint32_t>>(AggregateSlots::with_rows(slots));
  }
  out.push(std::move(batch));
}

Column SessionAggregate::property(plan::WindowProperty property, const Type& type,
                                  std::span<state::Session* const> ended) const {
  FlatBuffer<int64_t> values(ended.size());
  const int64_t per_ms = type.timestamp_unit() / 1000;
  for (size_t i = 0; i < ended.size(); ++i) {
    int64_t ms = ended[i]->end;
    switch (property) {
      case plan::WindowProperty::start: ms = ended[i]->start; break;
      case plan::WindowProperty::end: break;
      case plan::WindowProperty::time:
        ms = WindowAssigner::time_of(node_->window, ended[i]->end, watermark_.get());
        break;
    }
    values[i] = ms * per_ms;
  }
  return values.finish(type);
}

}  // namespace millrace::exec
