#pragma once

// What the growing tables of a task wrote in one epoch, in a file of its own: a layer. State is the
// layers of a checkpoint one over the other, oldest first. docs/formats/checkpoint.md draws it.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "io/files.h"
#include "state/table.h"

namespace millrace::state {

struct Layer {
  Epoch epoch;
  uint64_t bytes = 0;  // of the file that count; what may lie behind was never promised
};

std::string layer_path(const std::string& directory, Epoch epoch);

class LayerWriter {
 public:
  // In place of what an earlier life may have left there. `files` outlives this.
  LayerWriter(io::Files* files, const std::string& path);

  void append(std::string_view table, const GrowingTable& shape, std::string_view entries);
  uint64_t bytes() const { return file_->size(); }
  void sync() { file_->sync(); }

 private:
  std::unique_ptr<io::File> file_;
};

// One call of LayerWriter::append().
struct Block {
  std::string table;
  std::string kind;
  uint16_t version = 0;
  std::string description;

  std::string_view bytes;  // the entries; good until the next block is read
};

class LayerReader {
 public:
  // Throws Error(corrupt) where the file is not a layer, or shorter than promised; `directory` is
  // where it lies.
  LayerReader(io::Files* files, const std::string& directory, const Layer& layer);

  struct Place {
    uint64_t at = 0;
    uint32_t entries = 0;  // bytes of them
    std::string table;
  };
  const std::vector<Place>& blocks() const { return blocks_; }
  // Throws Error(corrupt) where it is damaged.
  Block read(const Place& place);
  const std::string& path() const { return path_; }

 private:
  struct Prefix;
  Prefix read_prefix(uint64_t at) const;
  void read_at(uint64_t at, size_t size, std::string& to) const;
  [[noreturn]] void fail(uint64_t at, const std::string& why) const;

  std::string path_;
  std::unique_ptr<io::File> file_;
  uint64_t end_;
  std::vector<Place> blocks_;
  std::string buffer_;
};

}  // namespace millrace::state
