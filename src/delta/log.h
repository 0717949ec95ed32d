#pragma once

// The _delta_log directory: commits as 00000000000000000042.json, made by put-if-absent, and
// checkpoints, which are Parquet files of actions that spare a reader the commits before.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "delta/actions.h"
#include "delta/snapshot.h"

namespace millrace::io {
class Files;
}
namespace millrace::codec {
class Parquet;
}

namespace millrace::delta {

class Log {
 public:
  // Both outlive the log.
  Log(io::Files* files, codec::Parquet* parquet, const std::string& table_path);

  bool exists() const;
  // Nothing where there is no such commit.
  std::optional<std::vector<Action>> read(Version version) const;
  // False where somebody else made that version first.
  [[nodiscard]] bool put(Version version, std::string_view lines);
  // The newest state, from the newest checkpoint that can be read and the commits after it; nothing
  // where there is no table. Throws Error(corrupt) where commits are missing.
  std::optional<Snapshot> load() const;
  // Writes a checkpoint of that state, beside which commits up to it are no longer needed.
  void put_checkpoint(const Snapshot& snapshot);

 private:
  // The files of the directory by what they are.
  struct Listing {
    std::vector<Version> commits;                                           // ascending
    std::vector<std::pair<Version, std::vector<std::string>>> checkpoints;  // ascending; the parts
  };
  Listing list() const;
  std::optional<Snapshot> load_checkpoint(Version version,
                                          const std::vector<std::string>& parts) const;
  std::string path_of(Version version, std::string_view suffix) const;

  io::Files* files_;
  codec::Parquet* parquet_;
  std::string directory_;
};

}  // namespace millrace::delta
