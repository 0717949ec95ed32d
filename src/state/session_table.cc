#include "state/session_table.h"

#include <algorithm>

#include "base/check.h"
#include "base/error.h"

namespace millrace::state {

static constexpr size_t kSessionsPerBlock = 64;
static constexpr size_t kFirstPlaces = 64;

SessionTable::SessionTable(std::vector<Type> keys, std::shared_ptr<const SlotKind> slots)
    : layout_(std::move(keys)),
      slots_(std::move(slots)),
      width_(sizeof(Session) + layout_.width() + (slots_->size() + 7) / 8 * 8),
      index_(kFirstPlaces) {}

SessionTable::~SessionTable() {
  for (Session* first : index_) {
    for (Session* session = first; session != nullptr; session = session->next) {
      slots_->destroy(slot(session));
    }
  }
  // Absorbed sessions are in no index any more; what all of them own goes with them.
  for (const Due& due : due_) {
    due.session->~Session();
  }
}

// --- Memory ---

Session* SessionTable::allocate() {
  if (free_ != nullptr) {
    Session* session = free_;
    free_ = session->next;
    return session;
  }
  if (room_ == 0) {
    blocks_.push_back(std::make_unique<char[]>(width_ * kSessionsPerBlock));
    room_ = kSessionsPerBlock;
  }
  char* at = blocks_.back().get() + (kSessionsPerBlock - room_--) * width_;
  return reinterpret_cast<Session*>(at);
}

size_t SessionTable::texts_of(const char* key) const {
  size_t bytes = 0;
  for (const size_t at : layout_.strings()) {
    const auto& text = *reinterpret_cast<const StringRef*>(key + at);
    bytes += text.is_inline() ? 0 : text.size();
  }
  return bytes;
}

void SessionTable::copy_key(Session* session, const char* key) {
  std::memcpy(session->key(), key, layout_.width());
  const size_t bytes = texts_of(key);
  if (bytes == 0) {
    return;
  }
  text_bytes_ += bytes;
  session->strings = std::make_unique<char[]>(bytes);
  char* to = session->strings.get();
  for (const size_t at : layout_.strings()) {
    const auto& text = *reinterpret_cast<const StringRef*>(key + at);
    if (!text.is_inline()) {
      std::memcpy(to, text.view().data(), text.size());
      const StringRef copy(std::string_view(to, text.size()));
      std::memcpy(session->key() + at, &copy, sizeof(copy));
      to += text.size();
    }
  }
}

// The slot is destroyed already.
void SessionTable::free(Session* session) {
  text_bytes_ -= texts_of(session->key());
  session->~Session();
  session->next = free_;
  free_ = session;
}

// --- The index ---

// As sessions are no shorter than a row's span, and apart from each other, it touches two at most.
// The one that was begun earlier stays.
SessionTable::Entered SessionTable::touching(const char* key, uint64_t hash, Span span) const {
  Entered touched;
  for (Session* at = index_[hash & (index_.size() - 1)]; at != nullptr; at = at->next) {
    if (at->hash != hash || at->start > span.end || at->end < span.start ||
        !layout_.equal(at->key(), key)) {
      continue;
    }
    if (touched.session == nullptr) {
      touched.session = at;
    } else {
      check(touched.other == nullptr, "sessions of a key lie apart");
      touched.other = at;
    }
  }
  if (touched.other != nullptr && touched.other->number < touched.session->number) {
    std::swap(touched.session, touched.other);
  }
  return touched;
}

static void widen(Session* session, SessionTable::Span span) {
  session->start = std::min(session->start, span.start);
  session->end = std::max(session->end, span.end);
}

SessionTable::Entered SessionTable::enter(const KeyRows& keys, size_t row, Span span,
                                          Watermark now) {
  Entered entered = touching(keys.row(row), keys.hash(row), span);
  if (entered.session == nullptr) {
    const bool late = span.end - 1 <= now.ms;
    entered.session = late ? nullptr : insert(keys.row(row), keys.hash(row), span);
    return entered;
  }
  widen(entered.session, span);
  if (entered.other != nullptr) {
    widen(entered.session, {entered.other->start, entered.other->end});
  }
  return entered;
}

static constexpr auto kLater = [](const auto& a, const auto& b) { return a.end > b.end; };

Session* SessionTable::insert(const char* key, uint64_t hash, Span span) {
  if (live_ >= index_.size()) {
    grow();
  }
  Session* session = new (allocate()) Session();
  copy_key(session, key);
  std::memset(slot(session), 0, (slots_->size() + 7) / 8 * 8);
  slots_->init(slot(session));
  session->start = span.start;
  session->end = span.end;
  session->hash = hash;
  session->number = next_number_++;
  Session*& place = index_[hash & (index_.size() - 1)];
  session->next = place;
  place = session;
  ++live_;
  due_.push_back({span.end, session});
  std::push_heap(due_.begin(), due_.end(), kLater);
  return session;
}

void SessionTable::grow() {
  std::vector<Session*> larger(index_.size() * 2);
  for (Session* first : index_) {
    while (first != nullptr) {
      Session* session = first;
      first = first->next;
      Session*& place = larger[session->hash & (larger.size() - 1)];
      session->next = place;
      place = session;
    }
  }
  index_ = std::move(larger);
}

void SessionTable::unlink(Session* session) {
  Session** at = &index_[session->hash & (index_.size() - 1)];
  while (*at != session) {
    at = &(*at)->next;
  }
  *at = session->next;
  --live_;
}

void SessionTable::absorb(Session* other) {
  unlink(other);
  slots_->destroy(slot(other));
  other->gone = true;
}

// --- Time ---

std::vector<Session*> SessionTable::take_ending_by(int64_t end) {
  std::vector<Session*> taken;
  while (!due_.empty() && due_.front().end <= end) {
    std::pop_heap(due_.begin(), due_.end(), kLater);
    Session* session = due_.back().session;
    if (!session->gone && session->end > end) {
      due_.back().end = session->end;
      std::push_heap(due_.begin(), due_.end(), kLater);
      continue;
    }
    due_.pop_back();
    if (session->gone) {
      free(session);
    } else {
      unlink(session);
      taken.push_back(session);
    }
  }
  std::sort(taken.begin(), taken.end(), [](const Session* a, const Session* b) {
    return a->end != b->end ? a->end < b->end : a->number < b->number;
  });
  return taken;
}

void SessionTable::release(std::span<Session* const> taken) {
  for (Session* session : taken) {
    slots_->destroy(slot(session));
    free(session);
  }
}

// --- Checkpoints ---

std::string SessionTable::describe() const {
  std::string text = "keys";
  for (const Type& type : layout_.types()) {
    text += " " + type.as_nullable().to_string();
  }
  return text + "; slots " + slots_->describe();
}

std::vector<Session*> SessionTable::in_order() const {
  std::vector<Session*> sessions;
  for (const Due& due : due_) {
    if (!due.session->gone) {
      sessions.push_back(due.session);
    }
  }
  std::sort(sessions.begin(), sessions.end(),
            [](const Session* a, const Session* b) { return a->number < b->number; });
  return sessions;
}

void SessionTable::save(ByteWriter& out) const {
  const std::string description = describe();
  out.write_varint(description.size());
  out.write_bytes(description);
  const std::vector<Session*> sessions = in_order();
  out.write_varint(sessions.size());
  for (Session* session : sessions) {
    out.write_signed_varint(session->start);
    out.write_signed_varint(session->end);
    layout_.save(session->key(), out);
    slots_->save(slot(session), out);
  }
}

void SessionTable::load(ByteReader& in) {
  check(due_.empty(), "a table is loaded before it is used");
  const std::string_view saved = in.take(in.read_varint());
  if (saved != describe()) {
    throw Error(ErrorCode::corrupt,
                "cannot load sessions: expected " + describe() + ", found " + std::string(saved));
  }
  std::vector<char> key(layout_.width());
  for (uint64_t left = in.read_varint(); left > 0; --left) {
    const int64_t start = in.read_signed_varint();
    const int64_t end = in.read_signed_varint();
    std::fill(key.begin(), key.end(), char{0});
    layout_.load(key.data(), in);
    Session* session = insert(key.data(), layout_.hash(key.data()), {start, end});
    slots_->load(slot(session), in);
  }
}

}  // namespace millrace::state
