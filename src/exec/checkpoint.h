#pragma once

// The file that makes an epoch durable; docs/formats/checkpoint.md draws it.

#include <map>
#include <optional>
#include <string>

#include "base/id.h"
#include "base/result.h"
#include "io/world.h"

namespace millrace::exec {

struct Checkpoint {
  Epoch epoch;
  std::string fingerprint;
  bool finished = false;
  std::map<std::string, std::string> tokens;  // of sinks that prepared something, by operator id
  std::string state;                          // TableStore::snapshot()
};

std::string encode(const Checkpoint& checkpoint);
Result<Checkpoint> decode(std::string_view file);

// The checkpoints of one pipeline, in its directory.
class Checkpoints {
 public:
  Checkpoints(std::string directory, const io::World& world);

  // The newest that can be read; a newer one that cannot is reported to the log. Throws
  // Error(corrupt) where there are checkpoints and none can be read.
  std::optional<Checkpoint> newest();
  // Durable when it returns.
  void write(const Checkpoint& checkpoint);
  // Only once `epoch` is durable and its tokens are published.
  void remove_before(Epoch epoch);

 private:
  std::string path_of(Epoch epoch) const;

  std::string directory_;
  io::World world_;
};

}  // namespace millrace::exec
