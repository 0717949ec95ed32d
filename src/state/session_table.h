#pragma once

// Groups by key and session: a span of time that grows with each row that touches it and ends a gap
// after the last. Two sessions of a key that come to touch each other are made one by the owner.
//
// A session lies at an address that never moves, key row and slot behind it, until it is taken or
// absorbed. A heap orders sessions by when they are due; one that has grown since it entered the
// heap is put back when its turn comes, so that a row costs the heap nothing.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "column/batch.h"
#include "state/key_rows.h"
#include "state/table.h"
#include "state/timed_table.h"

namespace millrace::state {

struct Session {
  int64_t start = 0;
  int64_t end = 0;
  uint64_t number = 0;  // in the order of their beginning
  uint64_t hash = 0;
  Session* next = nullptr;  // of the same place in the index
  bool gone = false;        // absorbed, but still in the heap
  // Strings of the key that are not inline: freed with the session.
  std::unique_ptr<char[]> strings;

  char* key() { return reinterpret_cast<char*>(this + 1); }
};

class SessionTable final : public Table {
 public:
  // The table shares `slots` with its owner, whom it may outlive.
  SessionTable(std::vector<Type> keys, std::shared_ptr<const SlotKind> slots);
  ~SessionTable() override;
  SessionTable(const SessionTable&) = delete;
  SessionTable& operator=(const SessionTable&) = delete;

  const KeyLayout& layout() const { return layout_; }
  char* slot(Session* session) const { return session->key() + layout_.width(); }

  struct Span {
    int64_t start = 0;
    int64_t end = 0;  // with it, for those that touch
  };
  // A row's session: one that its span touches, grown by it, or a new one; null where that would
  // have ended by `now`. A row between two sessions makes one of them: `session` spans both, and
  // `other` is to be absorbed once its slot is merged into that of `session`.
  struct Entered {
    Session* session = nullptr;
    Session* other = nullptr;
  };
  Entered enter(const KeyRows& keys, size_t row, Span span, Watermark now);
  // Takes a session out, its slot destroyed.
  void absorb(Session* other);

  // No session is due before this; INT64_MAX where there is none.
  int64_t next_due() const { return due_.empty() ? INT64_MAX : due_.front().end; }
  // Takes out all sessions that end at `end` or before, in the order of their ends. They stay as
  // they are until released.
  std::vector<Session*> take_ending_by(int64_t end);
  void release(std::span<Session* const> taken);
  size_t size() const { return live_; }

  std::string_view kind() const override { return "session_table"; }
  uint16_t version() const override { return 1; }
  void save(ByteWriter& out) const override;
  void load(ByteReader& in) override;
  size_t memory() const override {
    return live_ * width_ + index_.size() * sizeof(Session*) + due_.size() * sizeof(Due) +
           text_bytes_ + slots_->memory();
  }

 private:
  struct Due {
    int64_t end;
    Session* session;
  };
  Entered touching(const char* key, uint64_t hash, Span span) const;
  Session* insert(const char* key, uint64_t hash, Span span);
  Session* allocate();
  size_t texts_of(const char* key) const;  // in bytes, of those that are not inline
  void copy_key(Session* session, const char* key);
  void unlink(Session* session);
  void free(Session* session);
  void grow();
  std::string describe() const;
  std::vector<Session*> in_order() const;

  KeyLayout layout_;
  std::shared_ptr<const SlotKind> slots_;
  size_t width_;  // of a session with key and slot
  std::vector<Session*> index_;
  std::vector<Due> due_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  size_t room_ = 0;
  Session* free_ = nullptr;
  size_t live_ = 0;
  size_t text_bytes_ = 0;
  uint64_t next_number_ = 0;
};

}  // namespace millrace::state
