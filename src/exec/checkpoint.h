#pragma once

// The file that makes an epoch durable; docs/formats/checkpoint.md draws it.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "io/world.h"
#include "state/layer_file.h"

namespace millrace::exec {

// A pipeline's first epoch ends as it starts, before anything is read.
inline constexpr Epoch kFirstEpoch{1};

struct Checkpoint {
  Epoch epoch;
  std::string fingerprint;
  bool finished = false;
  std::map<std::string, std::string> tokens;  // of sinks that prepared something, by operator id
  std::vector<state::Layer> layers;           // of growing tables, oldest first
  std::string state;                          // TableStore::snapshot() of the others
};

std::string encode(const Checkpoint& checkpoint);
Result<Checkpoint> decode(std::string_view file);

// The checkpoints of one pipeline, in its directory.
class Checkpoints {
 public:
  Checkpoints(std::string directory, const io::World& world);

  // The newest that can be read and whose layers are there; a newer one that cannot is reported to
  // the log. Throws Error(corrupt) where there are checkpoints and none can be read.
  std::optional<Checkpoint> newest();
  // The layers of a checkpoint that was read.
  std::vector<state::LayerReader> layers(const Checkpoint& checkpoint) const;
  // Durable when it returns.
  void write(const Checkpoint& checkpoint);
  // Only once `epoch` is durable and its tokens are published.
  void remove_before(Epoch epoch);
  // Of a pipeline that begins anew.
  void remove_all();

 private:
  std::string path_of(Epoch epoch) const;
  std::optional<std::string> missing_layer(const Checkpoint& checkpoint) const;

  std::string directory_;
  io::World world_;
};

}  // namespace millrace::exec
