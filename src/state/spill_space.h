#pragma once

// Where state goes for which there is no room in memory: files beside the checkpoints, of this life
// of the pipeline alone. Recovery never reads them. What an earlier life left is removed at the
// start, and each file with its owner.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "io/files.h"

namespace millrace::state {

// One thread only.
class SpillFile {
 public:
  // `files` outlives this.
  SpillFile(io::Files* files, std::string path);
  ~SpillFile();
  SpillFile(const SpillFile&) = delete;
  SpillFile& operator=(const SpillFile&) = delete;

  // Some bytes of it, which are read as they were appended.
  struct Place {
    uint64_t at = 0;
    uint32_t bytes = 0;
    uint32_t crc = 0;
  };
  // Throws the disk's Error, and says what state had to be written for.
  Place append(std::string_view bytes);
  // Throws Error(corrupt) where they are not what was written.
  void read(const Place& place, std::string& to) const;
  uint64_t size() const { return file_->size(); }

 private:
  io::Files* files_;
  std::string path_;
  std::unique_ptr<io::File> file_;
};

class SpillSpace {
 public:
  static constexpr uint64_t kFullFile = 64 << 20;
  // For state that may take so much memory. `files` outlives this.
  SpillSpace(io::Files* files, std::string directory, size_t most_memory,
             uint64_t full_file = kFullFile);

  std::unique_ptr<SpillFile> new_file();
  // One for many owners who each append a little: a file that each holds open would be one too
  // many. It goes with the last of them, and once it is full the next ones get another.
  std::shared_ptr<SpillFile> shared_file();
  size_t most_memory() const { return most_memory_; }  // of all state of the pipeline
  // What is read back at once should take no more, where it can be divided.
  size_t most_at_once() const { return most_memory_ / 4; }
  // And a table that is being loaded no more than that.
  size_t most_while_loading() const { return most_memory_ / 2; }

 private:
  io::Files* files_;
  std::string directory_;
  size_t most_memory_;
  uint64_t full_file_;
  uint64_t made_ = 0;
  std::weak_ptr<SpillFile> shared_;
};

}  // namespace millrace::state
