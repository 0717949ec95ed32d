#pragma once

// The blocks of a row store (row_store.h) that have left memory, in a file, and which are to leave
// it next: those that came first, by being made or read back. A block that is in memory again keeps
// its bytes on disk, and is only written anew where it changed.

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "state/spill_space.h"

namespace millrace::state {

class SpilledBlocks {
 public:
  // `blocks` are there, all of them in memory. `space` outlives this.
  SpilledBlocks(SpillSpace* space, size_t blocks);

  size_t in_memory() const { return in_memory_.size(); }
  uint64_t bytes() const { return file_->size(); }

  // One more, of that number, in memory.
  void add(size_t block);
  void changed(size_t block) { places_[block].changed = true; }
  void all_changed();

  // The next one that is to leave memory; whose bytes write() is given ahead of that.
  size_t take_first();
  bool is_to_be_written(size_t block) const { return places_[block].changed; }
  void write(size_t block, std::string_view bytes);
  // It is in memory again. Good until the next call.
  std::string_view read_back(size_t block);
  // No block holds anything any more: what is in memory stays there, and nothing is read back.
  void forget_all();
  // Where more bytes are of no use than are of use, these go into a new file.
  void drop_garbage();

 private:
  struct Place {
    SpillFile::Place on_disk;
    bool changed = true;  // since then, or was never written
  };

  SpillSpace* space_;
  std::unique_ptr<SpillFile> file_;
  std::vector<Place> places_;
  std::deque<uint32_t> in_memory_;
  uint64_t of_use_ = 0;  // bytes of the file
  std::string buffer_;
};

}  // namespace millrace::state
