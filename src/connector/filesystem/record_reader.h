#pragma once

// A file as records: lines, cut where they lie in blocks read from the disk. The bytes of one
// read() are kept alive by one owner, so that columns may point into them; nothing is copied but
// the piece of a record on the border of two blocks.
//
// Holds no file open between blocks, so that there may be more files than descriptors.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "codec/framing.h"

namespace millrace::io {
class Files;
}

namespace millrace::connector {

struct FileRecords {
  std::shared_ptr<const void> owner;
  std::vector<std::string_view> records;  // with codec::kPadding readable bytes behind each
  std::vector<int64_t> offsets;           // in the file
};

class RecordReader {
 public:
  // From the byte `position` on, which begins a record. `files` outlives this.
  RecordReader(io::Files& files, std::string path, int64_t position, codec::Framing framing)
      : files_(files), path_(std::move(path)), position_(position), framing_(framing) {}

  // Up to `most` records; none at the end of the file alone. Reads blocks of `block` bytes, and
  // longer ones for longer records. Throws Error(unsupported) for a record beyond any sense.
  FileRecords read(size_t most, size_t block);

  // Where the next record begins.
  int64_t position() const { return position_; }
  // The end of the file was seen, and all records before it were handed out.
  bool ended() const { return ended_; }

 private:
  bool load(size_t block);
  void take_lines(FileRecords& found, size_t most);

  io::Files& files_;
  std::string path_;
  int64_t position_;
  codec::Framing framing_;
  bool ended_ = false;
  bool at_file_end_ = false;  // of the block at hand
  std::shared_ptr<char[]> bytes_;
  size_t capacity_ = 0;
  std::string_view rest_;  // of bytes_, not handed out
};

}  // namespace millrace::connector
