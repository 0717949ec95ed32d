#include "state/layer_file.h"

#include <algorithm>

#include "base/error.h"
#include "base/hash.h"

namespace millrace::state {

static constexpr std::string_view kMagic("MRSTATE\0", 8);
static constexpr uint16_t kVersion = 1;
static constexpr size_t kHeader = 8 + 2;
static constexpr size_t kPrefix = 3 * sizeof(uint32_t);
static constexpr size_t kDigits = 20;

std::string layer_path(const std::string& directory, Epoch epoch) {
  std::string digits = std::to_string(epoch.value);
  digits.insert(0, kDigits - digits.size(), '0');
  return io::join(directory, "state-" + digits);
}

// --- Writing ---

static std::unique_ptr<io::File> begin_file(io::Files* files, const std::string& path) {
  files->remove(path);
  auto file = files->open(path, io::OpenMode::append);
  ByteWriter header;
  header.write_bytes(kMagic);
  header.write<uint16_t>(kVersion);
  file->append(header.bytes());
  return file;
}

LayerWriter::LayerWriter(io::Files* files, const std::string& path)
    : file_(begin_file(files, path)) {}

static void write_text(std::string_view text, ByteWriter& out) {
  out.write_varint(text.size());
  out.write_bytes(text);
}

void LayerWriter::append(std::string_view table, const GrowingTable& shape,
                         std::string_view entries) {
  if (entries.empty()) {
    return;
  }
  ByteWriter head;
  write_text(table, head);
  write_text(shape.kind(), head);
  head.write<uint16_t>(shape.version());
  write_text(shape.describe(), head);
  if (entries.size() > UINT32_MAX) {  // before a checkpoint counts on them
    throw Error(ErrorCode::unsupported, "what changed of the state '" + std::string(table) +
                                            "' in one epoch is more than 4 GiB");
  }
  ByteWriter ahead;
  ahead.write<uint32_t>(static_cast<uint32_t>(head.size()));
  ahead.write<uint32_t>(static_cast<uint32_t>(entries.size()));
  ahead.write<uint32_t>(crc32c(entries, crc32c(head.bytes())));
  ahead.write_bytes(head.bytes());
  file_->append(ahead.bytes());
  file_->append(entries);
}

// --- Reading ---

struct LayerReader::Prefix {
  uint32_t head;
  uint32_t entries;
  uint32_t crc;
};

static std::string read_text(ByteReader& in) { return std::string(in.take(in.read_varint())); }

LayerReader::LayerReader(io::Files* files, const std::string& directory, const Layer& layer)
    : path_(layer_path(directory, layer.epoch)),
      file_(files->open(path_, io::OpenMode::read)),
      end_(layer.bytes) {
  if (file_->size() < end_ || end_ < kHeader) {
    fail(file_->size(), "it ends there, and should have " + std::to_string(end_) + " bytes");
  }
  std::string bytes;
  read_at(0, kHeader, bytes);
  if (!bytes.starts_with(kMagic)) {
    fail(0, "it is no file of state");
  }
  if (const auto version =
          ByteReader(std::string_view(bytes).substr(kMagic.size())).read<uint16_t>();
      version != kVersion) {
    fail(kMagic.size(),
         "expected version " + std::to_string(kVersion) + ", found " + std::to_string(version));
  }
  for (uint64_t at = kHeader; at < end_;) {
    const Prefix prefix = read_prefix(at);
    read_at(at + kPrefix, prefix.head, bytes);
    ByteReader head(bytes);
    blocks_.push_back({at, prefix.entries, read_text(head)});
    at += kPrefix + prefix.head + prefix.entries;
  }
}

void LayerReader::fail(uint64_t at, const std::string& why) const {
  throw Error(ErrorCode::corrupt,
              "cannot read state from " + path_ + " at byte " + std::to_string(at) + ": " + why);
}

void LayerReader::read_at(uint64_t at, size_t size, std::string& to) const {
  if (size > end_ - std::min(at, end_)) {
    fail(at, "a block goes beyond its end");
  }
  to.resize(size);
  if (file_->read(at, to.data(), size) != size) {
    fail(at, "a block goes beyond its end");
  }
}

LayerReader::Prefix LayerReader::read_prefix(uint64_t at) const {
  std::string bytes;
  read_at(at, kPrefix, bytes);
  ByteReader in(bytes);
  Prefix prefix{};
  prefix.head = in.read<uint32_t>();
  prefix.entries = in.read<uint32_t>();
  prefix.crc = in.read<uint32_t>();
  return prefix;
}

Block LayerReader::read(const Place& place) {
  const Prefix prefix = read_prefix(place.at);
  read_at(place.at + kPrefix, size_t{prefix.head} + prefix.entries, buffer_);
  if (crc32c(buffer_) != prefix.crc) {
    fail(place.at, "the checksum of a block is wrong");
  }
  ByteReader in(buffer_);
  Block block;
  block.table = read_text(in);
  block.kind = read_text(in);
  block.version = in.read<uint16_t>();
  block.description = read_text(in);
  block.bytes = in.rest();
  return block;
}

}  // namespace millrace::state
