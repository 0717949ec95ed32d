#include "exec/checkpoint.h"

#include <algorithm>
#include <cstdio>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/log.h"
#include "io/files.h"

namespace millrace::exec {

static constexpr std::string_view kMagic("MRCHKPT\0", 8);
static constexpr uint16_t kVersion = 2;
static constexpr size_t kHeader = 8 + 2 + 8 + 4;
static constexpr std::string_view kPrefix = "checkpoint-";
static constexpr size_t kDigits = 20;

static void write_text(std::string_view text, ByteWriter& out) {
  out.write_varint(text.size());
  out.write_bytes(text);
}

static std::string read_text(ByteReader& in) { return std::string(in.take(in.read_varint())); }

std::string encode(const Checkpoint& checkpoint) {
  ByteWriter body;
  body.write_signed_varint(checkpoint.epoch.value);
  write_text(checkpoint.fingerprint, body);
  body.write<uint8_t>(checkpoint.finished ? 1 : 0);
  body.write_varint(checkpoint.tokens.size());
  for (const auto& [sink, token] : checkpoint.tokens) {
    write_text(sink, body);
    write_text(token, body);
  }
  body.write_varint(checkpoint.layers.size());
  for (const state::Layer& layer : checkpoint.layers) {
    body.write_signed_varint(layer.epoch.value);
    body.write_varint(layer.bytes);
  }
  write_text(checkpoint.state, body);

  ByteWriter file;
  file.write_bytes(kMagic);
  file.write<uint16_t>(kVersion);
  file.write<uint64_t>(body.size());
  file.write<uint32_t>(crc32c(body.bytes()));
  file.write_bytes(body.bytes());
  return file.take();
}

Result<Checkpoint> decode(std::string_view file) {
  const auto corrupt = [](std::string why) { return Error(ErrorCode::corrupt, std::move(why)); };
  if (file.size() < kHeader || !file.starts_with(kMagic)) {
    return corrupt("not a checkpoint: " + std::to_string(file.size()) + " bytes");
  }
  ByteReader in(file.substr(kMagic.size()));
  if (const auto version = in.read<uint16_t>(); version != kVersion) {
    return corrupt("expected version " + std::to_string(kVersion) + ", found " +
                   std::to_string(version) + ": the release that wrote it can go on from it");
  }
  const auto size = in.read<uint64_t>();
  const auto crc = in.read<uint32_t>();
  if (in.rest().size() != size) {
    return corrupt("expected " + std::to_string(size) + " bytes, found " +
                   std::to_string(in.rest().size()));
  }
  if (crc32c(in.rest()) != crc) {
    return corrupt("its checksum is wrong");
  }
  // From here on the bytes are those that encode() made.
  Checkpoint checkpoint;
  checkpoint.epoch = Epoch(in.read_signed_varint());
  checkpoint.fingerprint = read_text(in);
  checkpoint.finished = in.read<uint8_t>() != 0;
  for (uint64_t left = in.read_varint(); left > 0; --left) {
    const std::string sink = read_text(in);
    checkpoint.tokens[sink] = read_text(in);
  }
  for (uint64_t left = in.read_varint(); left > 0; --left) {
    const Epoch epoch(in.read_signed_varint());
    checkpoint.layers.push_back({epoch, in.read_varint()});
  }
  checkpoint.state = read_text(in);
  return checkpoint;
}

Checkpoints::Checkpoints(std::string directory, const io::World& world)
    : directory_(std::move(directory)), world_(world) {
  world_.files->make_directories(directory_);
  for (const std::string& name : world_.files->list(directory_)) {
    if (name.find(".tmp") != std::string::npos) {
      world_.files->remove(io::join(directory_, name));  // of a kill in Files::replace()
    }
  }
  // A kill may have come between a checkpoint's name and its becoming durable. Sinks are about to
  // publish what the newest one says, so no crash may take it back.
  world_.files->sync_directory(directory_);
}

std::string Checkpoints::path_of(Epoch epoch) const {
  std::string digits = std::to_string(epoch.value);
  digits.insert(0, kDigits - digits.size(), '0');
  return io::join(directory_, std::string(kPrefix) + digits);
}

// Names of whole checkpoints, oldest first; temporary files have longer names.
static std::vector<std::string> names_in(io::Files& files, const std::string& directory) {
  std::vector<std::string> names = files.list(directory);
  std::erase_if(names, [](const std::string& name) {
    return !name.starts_with(kPrefix) || name.size() != kPrefix.size() + kDigits;
  });
  return names;
}

std::optional<std::string> Checkpoints::missing_layer(const Checkpoint& checkpoint) const {
  for (const state::Layer& layer : checkpoint.layers) {
    const std::string path = state::layer_path(directory_, layer.epoch);
    if (!world_.files->exists(path) ||
        world_.files->open(path, io::OpenMode::read)->size() < layer.bytes) {
      return path;
    }
  }
  return std::nullopt;
}

std::vector<state::LayerReader> Checkpoints::layers(const Checkpoint& checkpoint) const {
  std::vector<state::LayerReader> readers;
  for (const state::Layer& layer : checkpoint.layers) {
    readers.emplace_back(world_.files, directory_, layer);
  }
  return readers;
}

std::optional<Checkpoint> Checkpoints::newest() {
  std::vector<std::string> names = names_in(*world_.files, directory_);
  std::string last_reason;
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    const std::string path = io::join(directory_, *name);
    auto checkpoint = decode(world_.files->read_all(path));
    if (checkpoint.ok()) {
      if (const auto missing = missing_layer(*checkpoint)) {
        checkpoint = Error(ErrorCode::corrupt, "its layer " + *missing + " is missing or cut");
      }
    }
    if (checkpoint.ok()) {
      return std::move(*checkpoint);
    }
    last_reason = path + ": " + checkpoint.error().message();
    world_.log->error("checkpoint", "cannot be read, trying the one before",
                      {{"file", path}, {"reason", checkpoint.error().message()}});
  }
  if (!names.empty()) {
    throw Error(ErrorCode::corrupt,
                "no checkpoint of the pipeline can be read; the last reason: " + last_reason);
  }
  return std::nullopt;
}

void Checkpoints::write(const Checkpoint& checkpoint) {
  world_.files->replace(path_of(checkpoint.epoch), encode(checkpoint));
}

void Checkpoints::remove_before(Epoch epoch) {
  const std::string kept = path_of(epoch);
  for (const std::string& name : names_in(*world_.files, directory_)) {
    if (const std::string path = io::join(directory_, name); path < kept) {
      world_.files->remove(path);
    }
  }
}

void Checkpoints::remove_all() { remove_before(Epoch(INT64_MAX)); }

}  // namespace millrace::exec
