#pragma once

// What a task must not forget. A table writes itself into the checkpoint of each epoch and reads
// itself back from it, so that the operators who own tables hold no recovery code.
//
// Small state is written whole, into the checkpoint. Of state that has grown, tables that can write
// what has changed since the epoch before, into a layer (layer_file.h); the others stay whole.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace millrace::state {

class GrowingTable;
class SpillSpace;

// One task's thread only.
class Table {
 public:
  virtual ~Table() = default;

  // What save() writes, by name and version: load() is only called with bytes of the same kind.
  virtual std::string_view kind() const = 0;
  virtual uint16_t version() const = 0;
  // Whether load() understands what was written so.
  virtual bool reads(uint16_t written) const { return written == version(); }

  virtual void save(ByteWriter& out) const = 0;
  // Into an empty table. Throws Error(corrupt) where the bytes are not of a table like this one.
  virtual void load(ByteReader& in) = 0;

  // About what it holds, in bytes.
  virtual size_t memory() const = 0;
  // Where it may write what has no room in memory, ahead of all else. Tables that cannot ignore it.
  virtual void spill_to(SpillSpace* /*space*/) {}
  // Lets about so many bytes of memory go where it can. What is asked for again is read back. Not
  // while references into the table are in use; and of a table whose changes are noted, once they
  // are saved.
  virtual void spill(size_t /*bytes*/) {}
  // About what it has on disk, in bytes.
  virtual uint64_t spilled() const { return 0; }
  // This, where the table can say what has changed.
  virtual GrowingTable* growing() { return nullptr; }
};

// What a table writes of its entries. What there is goes on its way between two of them, so that a
// copy of them all is never in memory.
class Entries {
 public:
  using Take = std::function<void(std::string_view)>;
  explicit Entries(Take take) : take_(std::move(take)) {}

  ByteWriter& out() { return out_; }
  // To be called behind each, or behind some small ones.
  void end_entry() {
    if (out_.size() >= kMost) {
      hand_over();
    }
  }
  // What is left, at the end.
  void hand_over();
  uint64_t bytes() const { return handed_over_ + out_.size(); }

 private:
  static constexpr size_t kMost = size_t{1} << 20;

  Take take_;
  ByteWriter out_;
  uint64_t handed_over_ = 0;
};

// A table of entries, each of which is written with all that it is now, or as gone: of what was
// written of an entry, the last counts. So written changes may be repeated, and an entry that is
// written again makes what was written of it before superfluous.
class GrowingTable : public Table {
 public:
  // The types of what is kept, in words; entries are only read into a table of the same.
  virtual std::string describe() const = 0;

  // From now on changes are noted; what is there counts as written.
  virtual void begin_tracking() = 0;
  virtual void end_tracking() = 0;
  // At most how many entries have changed since they were last written.
  virtual size_t changed() const = 0;
  virtual void save_changes(Entries& entries) = 0;

  // Writes some bytes of entries, changed or not, from where the last call ended. Once it has been
  // all around, the next call begins anew.
  enum class Around : uint8_t { no, yes };
  virtual Around sweep(size_t bytes, ByteWriter& out) = 0;

  // What save_changes() and sweep() wrote, so many bytes, in the order in which they did; then
  // loaded(), once.
  virtual void begin_loading(uint64_t /*bytes*/) {}
  virtual void load_entries(ByteReader& in) = 0;
  virtual void loaded() = 0;

  GrowingTable* growing() final { return this; }
  // Whole: a description, and all entries.
  void load(ByteReader& in) final;

 protected:
  void save_description(ByteWriter& out) const;
};

}  // namespace millrace::state
