#pragma once

// Numbered entries by when they were last written: what expires first is at the front. A row's
// number is RowStore's, a group's KeyedTable's; a checkpoint keeps them, and the times with them.

#include <cstdint>
#include <optional>
#include <vector>

#include "state/table.h"

namespace millrace::state {

class Recency final : public Table {
 public:
  size_t size() const { return size_; }

  // The entry is written, for the first time or again. A clock that was set back counts as standing
  // still, so that entries stay in order.
  void write(uint32_t number, int64_t now_ms);
  // When the entry was written last; nothing where there is none.
  std::optional<int64_t> written_ms(uint32_t number) const;
  // Silent where there is no such entry.
  void forget(uint32_t number);
  // Takes out the entry that was written longest ago, if that was no later than `until_ms`.
  std::optional<uint32_t> take_until(int64_t until_ms);

  std::string_view kind() const override { return "recency"; }
  uint16_t version() const override { return 1; }
  void save(ByteWriter& out) const override;
  void load(ByteReader& in) override;
  size_t memory() const override { return entries_.capacity() * sizeof(Entry); }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;
  static constexpr uint32_t kAbsent = UINT32_MAX - 1;  // as `next`: no such entry

  struct Entry {
    int64_t written_ms = 0;
    uint32_t previous = kNone;
    uint32_t next = kAbsent;
  };
  void unlink(uint32_t number);

  std::vector<Entry> entries_;  // by number
  uint32_t first_ = kNone;
  uint32_t last_ = kNone;
  size_t size_ = 0;
};

}  // namespace millrace::state
