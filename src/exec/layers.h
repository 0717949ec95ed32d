#pragma once

// Which state a checkpoint has whole and which in layers (state/layer_file.h), and when.
//
// State below a megabyte is in the checkpoint, whole. From there on what changes goes into the
// layer of the epoch, in small parts and between turns, so that little is left to do when the epoch
// ends. Layers would grow without end: once they are much more than what there is, all entries are
// written again, some of them each turn, whether they changed or not. When that has come all
// around, the layers before it began are of no more use.
//
// A layer is complete before the checkpoint that counts on it, and goes after the last one that
// does.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "io/files.h"
#include "state/layer_file.h"

namespace millrace::state {
class TableStore;
}

namespace millrace::exec {

class Layers {
 public:
  struct Limits {
    // State of that size in memory is in layers, until it has fallen to a quarter of it. So much is
    // written whole in about the time that syncing nothing takes.
    size_t large = size_t{1} << 20;
    // So many changes of a table are written at once, in about two milliseconds. Fewer wait: an
    // entry that changes often is then written once.
    size_t changes = 16384;
    size_t sweep_bytes = 128 * 1024;  // so many each turn
    // A sweep begins when layers hold twice what there is and so many bytes more, or are so many
    // that the files could not all be open at once.
    uint64_t slack = 16 << 20;
    size_t most = 200;
  };

  // `files` outlives this. `layers` are those of the checkpoint that the state was loaded from;
  // other files in the directory are of no checkpoint, and are removed.
  Layers(std::string directory, io::Files* files, Limits limits, std::vector<state::Layer> layers);

  // Between turns of the epoch that will be `next`.
  void after_turn(state::TableStore& store, Epoch next);
  // Ahead of state leaving memory, in the epoch that will be `next`: what is on disk alone is
  // written into no checkpoint whole. False where layers are not to be used.
  bool save_all(state::TableStore& store, Epoch next);
  // Ends that epoch: what its checkpoint is to name. Growing tables are in them, or whole in the
  // snapshot where layers are not in use.
  const std::vector<state::Layer>& finish(state::TableStore& store, Epoch next);
  // The layer that finish() ended, where there is one: complete, and to be synced.
  std::optional<state::LayerWriter> take_finished();
  bool in_use() const { return in_use_; }
  // In place of finish(), where that checkpoint is to name none.
  void drop(state::TableStore& store, Epoch next);
  // The last finished epoch's checkpoint is durable, and the one before it is gone.
  void remove_others();
  uint64_t last_bytes() const { return last_bytes_; }  // of the last finished epoch's layer

 private:
  bool is_large(const state::TableStore& store);
  bool is_small(const state::TableStore& store) const;
  void begin(state::TableStore& store, Epoch next);
  state::LayerWriter& writer(Epoch next);
  bool wants_sweep(const state::TableStore& store) const;
  uint64_t whole(const state::TableStore& store) const;  // bytes of all entries, about
  void set_whole(uint64_t bytes, const state::TableStore& store);

  std::string directory_;
  io::Files* files_;
  Limits limits_;
  bool in_use_;
  std::vector<state::Layer> layers_;          // of the last finished epoch
  std::vector<Epoch> present_;                // whose files are there
  std::optional<state::LayerWriter> writer_;  // of the epoch under way, where it has a layer
  std::optional<state::LayerWriter> finished_;
  Epoch last_;  // that was finished
  uint32_t turns_ = 0;
  uint64_t last_bytes_ = 0;

  std::optional<Epoch> sweep_began_;  // in the epoch; while it lasts
  bool came_around_ = false;          // in the epoch under way
  uint64_t swept_ = 0;                // bytes of the sweep under way
  uint64_t whole_ = 0;                // bytes of the last whole one
  size_t whole_size_ = 0;             // of all state, then; 0 where that is not known
};

}  // namespace millrace::exec
