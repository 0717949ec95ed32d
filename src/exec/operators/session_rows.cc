#include "exec/operators/session_rows.h"

#include <algorithm>

#include "base/check.h"
#include "exec/event_time.h"
#include "exec/mark_cursor.h"
#include "exec/table_shapes.h"

namespace millrace::exec {

using state::RowRef;
using state::Session;

// --- What lies in a slot: the numbers of the session's rows ---

using Members = std::vector<RowRef>;

static Members*& members_at(char* slot) { return *reinterpret_cast<Members**>(slot); }

class SessionRows::Slots final : public state::SlotKind {
 public:
  // `kept` are the rows of all sessions; it outlives this.
  explicit Slots(const state::RowStore* kept) : kept_(kept) {}

  std::string describe() const override { return "rows of a session"; }
  size_t size() const override { return sizeof(Members*); }
  void init(char* slot) const override {
    members_at(slot) = new Members();
    ++sessions_;
  }
  void destroy(char* slot) const override {
    delete members_at(slot);
    --sessions_;
  }
  size_t memory() const override {
    return sessions_ * sizeof(Members) + kept_->size() * sizeof(RowRef);
  }
  void save(const char* slot, ByteWriter& out) const override {
    const Members& members = **reinterpret_cast<Members* const*>(slot);
    out.write_varint(members.size());
    for (const RowRef member : members) {
      out.write_varint(member.number);
    }
  }
  void load(char* slot, ByteReader& in) const override {
    for (uint64_t left = in.read_varint(); left > 0; --left) {
      members_at(slot)->push_back(RowRef{static_cast<uint32_t>(in.read_varint())});
    }
  }

 private:
  const state::RowStore* kept_;
  mutable size_t sessions_ = 0;
};

SessionRows::SessionRows(const plan::WindowTableFunction& node, const TaskContext& task)
    : node_(&node),
      task_(task),
      kept_(task_.state().rows("kept", types_of(node.inputs[0]->schema))),
      sessions_(task_.state().session_table(
          "sessions", types_of(node.inputs[0]->schema, node.window.partition_by),
          std::make_shared<Slots>(&kept_))),
      watermark_(task_.state().numbers("watermark")),
      keys_(&sessions_.layout()),
      buffer_(&kept_.layout()) {}

// --- Rows that come ---

void SessionRows::push(Port port, Batch batch, Output& out) {
  check(batch.insert_only(), "windows take insertions only");
  std::vector<Column> key_columns;
  for (const size_t key : node_->window.partition_by) {
    key_columns.push_back(batch.columns[key]);
  }
  const Rows rows = batch.rows();
  keys_.read(key_columns, rows);
  buffer_.read(batch.columns, rows);
  const EventTimes times(batch.columns[node_->window.time_column]);
  MarkCursor marks(batch);
  for (size_t i = 0; i < rows.size(); ++i) {
    marks.pass_until(rows[i], [&](Watermark passed) { fire(passed, out); });
    if (const char* fault = times.fault(rows[i])) {
      out.reject(batch, rows[i], fault);
    } else if (Session* session = session_of(i, times.ms(rows[i]))) {
      ++task_.counts().grouped;
      members_at(sessions_.slot(session))->push_back(kept_.add(buffer_[i]));
    } else {
      out.late(batch, rows[i], watermark_.get());
    }
  }
  if (const auto now = batch.final_watermark()) {
    advance(port, *now, out);
  }
}

Session* SessionRows::session_of(size_t key, int64_t ms) {
  const auto [session, other] =
      sessions_.enter(keys_, key, {ms, ms + node_->window.size_ms}, watermark_.get());
  if (other != nullptr) {
    const Members& more = *members_at(sessions_.slot(other));
    Members& members = *members_at(sessions_.slot(session));
    members.insert(members.end(), more.begin(), more.end());
    sessions_.absorb(other);
  }
  return session;
}

// --- Sessions that end ---

void SessionRows::advance(Port, Watermark now, Output& out) {
  fire(now, out);
  out.advance(watermark_.get());
}

std::optional<int64_t> SessionRows::waits_for() const {
  return sessions_.size() == 0 ? std::nullopt : std::optional(sessions_.next_due());
}

void SessionRows::fire(Watermark now, Output& out) {
  watermark_.set(std::max(watermark_.get(), now));
  const int64_t last_end = now == Watermark::end_of_input() ? now.ms : now.ms + 1;
  if (sessions_.next_due() > last_end) {
    return;
  }
  const std::vector<Session*> ended = sessions_.take_ending_by(last_end);
  emit(ended, out);
  sessions_.release(ended);
}

void SessionRows::emit(std::span<Session* const> ended, Output& out) {
  std::vector<Session*> sessions;
  std::vector<RowRef> rows;
  const auto send = [&] {
    out.push(rows_of(sessions, rows));
    std::for_each(rows.begin(), rows.end(), [&](RowRef row) { kept_.remove(row); });
    sessions.clear();
    rows.clear();
  };
  for (Session* session : ended) {
    for (const RowRef row : *members_at(sessions_.slot(session))) {
      sessions.push_back(session);
      rows.push_back(row);
      if (rows.size() == Batch::kMaxRows) {
        send();
      }
    }
  }
  if (!rows.empty()) {
    send();
  }
}

// Row i is of sessions[i].
Batch SessionRows::rows_of(std::span<Session* const> sessions, std::span<const RowRef> rows) {
  Batch batch;
  batch.physical_size = static_cast<uint32_t>(rows.size());
  batch.columns = kept_.gather(rows);
  const size_t width = batch.columns.size();
  const auto moments = [&](size_t nth, auto&& ms_of) {
    const Type& type = node_->schema[width + nth].type;
    const int64_t per_ms = type.timestamp_unit() / 1000;
    FlatBuffer<int64_t> values(sessions.size());
    for (size_t i = 0; i < sessions.size(); ++i) {
      values[i] = ms_of(*sessions[i]) * per_ms;
    }
    batch.columns.push_back(values.finish(type));
  };
  moments(0, [](const Session& session) { return session.start; });
  moments(1, [](const Session& session) { return session.end; });
  moments(2, [](const Session& session) { return session.end - 1; });
  return batch;
}

}  // namespace millrace::exec
