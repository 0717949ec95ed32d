#pragma once

// The slots of a keyed table (keyed_table.h) that have left memory, each with its key.
//
// What stays in memory of each is eight bytes in an index by the key's hash, and less than a byte
// of where its block lies. Blocks are of a few kilobytes, so that a slot that is asked for again
// costs one small read; a key that was never here costs none. What is taken out leaves a gap in its
// block; once there is more gap than use, the file is written anew, and numbers stay what they are.
//
//   block: | entry ... | end of each u32 ... | entries u32 |     entry: | key | what the table
//   keeps |

#include <bit>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "state/key_rows.h"
#include "state/row_index.h"
#include "state/spill_space.h"

namespace millrace::state {

class SpilledSlots {
 public:
  // Both outlive this.
  SpilledSlots(const KeyLayout* layout, SpillSpace* space);

  size_t size() const { return index_.size(); }
  uint64_t bytes() const { return file_->size(); }
  // What has to stay in memory for them.
  size_t memory() const;

  // An entry that begins with its key, which has this hash and is not here. Its number is its own
  // until it is taken. It can be asked for once end_block() was called behind it.
  uint32_t add(uint64_t hash, std::string_view entry);
  void end_block();
  void drop_garbage();

  // The entry of the key, which is here no more. All bytes that are handed out are good until the
  // next call.
  struct Taken {
    uint32_t number;
    std::string_view behind_key;
  };
  std::optional<Taken> take(const char* key, uint64_t hash);
  std::string_view entry(uint32_t number) const;
  // The number of one of those that are here, of which there are some. Asked for one after the
  // other and taken, a block of them takes one read.
  uint32_t some();

  size_t blocks() const { return blocks_.size(); }
  // Calls f(entry) for those of a block.
  template <typename F>
  void for_each_of(size_t block, F&& f) const {
    for (uint64_t left = blocks_[block].live; left != 0; left &= left - 1) {
      f(entry(static_cast<uint32_t>(block * kPerBlock) +
              static_cast<uint32_t>(std::countr_zero(left))));
    }
  }

 private:
  static constexpr size_t kPerBlock = 64;
  static constexpr size_t kFullBlock = 4 << 10;

  struct Block {
    SpillFile::Place place;
    uint64_t live = 0;  // a bit for each entry that was not taken
  };
  // As it is read, or gathered to be written.
  struct Bytes {
    std::vector<uint32_t> ends;
    std::string entries;  // on disk with their ends behind them

    std::string_view entry(size_t number) const {
      const uint32_t from = number == 0 ? 0 : ends[number - 1];
      return std::string_view(entries).substr(from, ends[number] - from);
    }
    void write_ends();
    void read_ends();
  };

  size_t unused_block();
  void read(size_t block) const;
  bool is_of(uint32_t number, const char* key) const;

  const KeyLayout* layout_;
  SpillSpace* space_;
  std::unique_ptr<SpillFile> file_;
  std::vector<Block> blocks_;
  std::vector<uint32_t> free_;  // blocks of which all was taken
  RowIndex index_;         // a place is the number of a block, times kPerBlock, and the entry's
  size_t first_used_ = 0;  // no block ahead of it holds any
  uint64_t of_use_ = 0;    // about how many bytes of the file
  std::optional<size_t> open_;  // the block that is being gathered
  Bytes gathered_;

  mutable std::optional<size_t> at_hand_;  // the block that was read last
  mutable Bytes read_;
  mutable std::vector<char> key_;
};

}  // namespace millrace::state
