#include "function/value/bitmap.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/check.h"

namespace millrace::function {

namespace {

using Lowers = Bitmap::Lowers;
using Words = Bitmap::Words;
using Run = Bitmap::Run;
using Runs = Bitmap::Runs;

constexpr size_t kWords = 1024;
constexpr size_t kBytesOfBits = kWords * 8;
constexpr size_t kMostInArray = 4096;
constexpr uint32_t kCookieOfRuns = 12347;
constexpr uint32_t kCookieWithoutRuns = 12346;
// Fewer chunks than these, where there are runs, have no table of places.
constexpr size_t kChunksWithPlaces = 4;

template <typename T>
void append(std::string& out, T value) {
  for (size_t i = 0; i < sizeof(T); ++i) {
    out += static_cast<char>(value >> (8 * i) & 0xFF);
  }
}

// Reads little-endian numbers from the front; after the end it has failed.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  template <typename T>
  T read() {
    if (bytes_.size() < sizeof(T)) {
      failed = true;
      return 0;
    }
    T value = 0;
    std::memcpy(&value, bytes_.data(), sizeof(T));
    bytes_.remove_prefix(sizeof(T));
    return value;
  }
  std::string_view take(size_t size) {
    failed = failed || bytes_.size() < size;
    const std::string_view taken = bytes_.substr(0, failed ? 0 : size);
    bytes_.remove_prefix(taken.size());
    return taken;
  }

  bool failed = false;

 private:
  std::string_view bytes_;
};

Runs runs_of(const Lowers& values) {
  Runs runs;
  for (const uint16_t value : values) {
    if (!runs.empty() && runs.back().first + runs.back().more + 1 == value) {
      ++runs.back().more;
    } else {
      runs.push_back({value, 0});
    }
  }
  return runs;
}

// Runs where they are shorter than a list or bits.
bool is_shorter_as_runs(size_t runs, size_t count) {
  return 2 + 4 * runs < std::min(2 * count, kBytesOfBits);
}

std::string bytes_of_runs(const Runs& runs) {
  std::string bytes;
  append(bytes, static_cast<uint16_t>(runs.size()));
  for (const Run& run : runs) {
    append(bytes, run.first);
    append(bytes, run.more);
  }
  return bytes;
}

std::string bytes_of_list(const Lowers& values) {
  std::string bytes;
  for (const uint16_t value : values) {
    append(bytes, value);
  }
  return bytes;
}

std::string bytes_of_words(const Words& words) {
  std::string bytes;
  for (const uint64_t word : words) {
    append(bytes, word);
  }
  return bytes;
}

Runs read_runs(Reader& in) {
  Runs runs;
  for (uint32_t left = in.read<uint16_t>(); left > 0 && !in.failed; --left) {
    const auto first = in.read<uint16_t>();
    const auto more = in.read<uint16_t>();
    const uint32_t next = runs.empty() ? 0 : uint32_t{runs.back().first} + runs.back().more + 1;
    in.failed = in.failed || uint32_t{first} + more > 0xFFFF || first < next;
    if (!runs.empty() && first == next) {
      runs.back().more = static_cast<uint16_t>(runs.back().more + more + 1);
    } else {
      runs.push_back({first, more});
    }
  }
  return runs;
}

Lowers values_of(const Runs& runs) {
  Lowers values;
  for (const Run& run : runs) {
    for (uint32_t i = 0; i <= run.more; ++i) {
      values.push_back(static_cast<uint16_t>(run.first + i));
    }
  }
  return values;
}

// A run of bits at a time, not a bit: a chunk may be one of 65,536.
Words words_of(const Runs& runs) {
  Words words(kWords);
  for (const Run& run : runs) {
    const size_t end = size_t{run.first} + run.more + 1;
    for (size_t at = run.first; at < end;) {
      const size_t bits = std::min(end - at, 64 - at % 64);
      words[at / 64] |= (~uint64_t{0} >> (64 - bits)) << (at % 64);
      at += bits;
    }
  }
  return words;
}

Runs runs_of(const Words& words) {
  Runs runs;
  const auto add = [&](size_t first, int bits) {
    if (!runs.empty() && size_t{runs.back().first} + runs.back().more + 1 == first) {
      runs.back().more = static_cast<uint16_t>(runs.back().more + bits);
    } else {
      runs.push_back({static_cast<uint16_t>(first), static_cast<uint16_t>(bits - 1)});
    }
  };
  for (size_t i = 0; i < words.size(); ++i) {
    for (uint64_t word = words[i]; word != 0;) {
      const int zeros = std::countr_zero(word);
      const int ones = std::countr_one(word >> zeros);
      add(i * 64 + static_cast<size_t>(zeros), ones);
      word = zeros + ones == 64 ? 0 : word & (~uint64_t{0} << (zeros + ones));
    }
  }
  return runs;
}

size_t count_of(const Runs& runs) {
  size_t count = 0;
  for (const Run& run : runs) {
    count += size_t{run.more} + 1;
  }
  return count;
}

// How many runs of bits there are: each has a bit with none ahead of it.
size_t count_runs(const Words& words) {
  size_t count = 0;
  uint64_t last = 0;
  for (const uint64_t word : words) {
    count += static_cast<size_t>(std::popcount(word & ~(word << 1 | last >> 63)));
    last = word;
  }
  return count;
}

Lowers read_list(Reader& in, size_t count) {
  Lowers values;
  for (; count > 0 && !in.failed; --count) {
    const auto value = in.read<uint16_t>();
    in.failed = in.failed || (!values.empty() && value <= values.back());
    values.push_back(value);
  }
  return values;
}

Lowers values_of(const Words& words) {
  Lowers values;
  for (size_t i = 0; i < words.size(); ++i) {
    for (uint64_t word = words[i]; word != 0; word &= word - 1) {
      values.push_back(static_cast<uint16_t>(i * 64 + static_cast<size_t>(std::countr_zero(word))));
    }
  }
  return values;
}

Lowers read_words(Reader& in) {
  Words words(kWords);
  const std::string_view bytes = in.take(kBytesOfBits);
  std::memcpy(words.data(), bytes.data(), bytes.size());
  return values_of(words);
}

uint64_t combined(uint64_t a, uint64_t b, Bitmap::Operation operation) {
  switch (operation) {
    case Bitmap::Operation::and_: return a & b;
    case Bitmap::Operation::or_: return a | b;
    case Bitmap::Operation::xor_: return a ^ b;
    case Bitmap::Operation::and_not: return a & ~b;
  }
  return 0;
}

}  // namespace

// --- Chunks ---

Bitmap::Chunk Bitmap::Chunk::of(Lowers sorted) {
  Chunk chunk;
  chunk.count_ = sorted.size();
  chunk.listed_ = std::move(sorted);
  if (chunk.count_ > kMostListed) {
    chunk.bits_ = chunk.words();
    chunk.listed_.clear();
  }
  return chunk;
}

Bitmap::Chunk Bitmap::Chunk::of(Runs runs) {
  Chunk chunk;
  chunk.count_ = count_of(runs);
  if (!is_shorter_as_runs(runs.size(), chunk.count_)) {
    return of(values_of(runs));
  }
  chunk.runs_ = std::move(runs);
  return chunk;
}

bool Bitmap::Chunk::contains(uint16_t lower) const {
  if (!runs_.empty()) {
    const auto behind = std::upper_bound(runs_.begin(), runs_.end(), lower,
                                         [](uint16_t a, const Run& run) { return a < run.first; });
    return behind != runs_.begin() && lower - (behind - 1)->first <= (behind - 1)->more;
  }
  return bits_.empty() ? std::binary_search(listed_.begin(), listed_.end(), lower)
                       : (bits_[lower / 64] >> (lower % 64) & 1) != 0;
}

void Bitmap::Chunk::add(uint16_t lower) {
  if (contains(lower)) {
    return;
  }
  if (!runs_.empty()) {
    *this = of(values());
  }
  ++count_;
  if (bits_.empty()) {
    listed_.insert(std::lower_bound(listed_.begin(), listed_.end(), lower), lower);
    if (count_ > kMostListed) {
      bits_ = words();
      listed_ = Lowers();
    }
  } else {
    bits_[lower / 64] |= uint64_t{1} << (lower % 64);
  }
}

Bitmap::Lowers Bitmap::Chunk::values() const {
  return !runs_.empty() ? values_of(runs_) : bits_.empty() ? listed_ : values_of(bits_);
}

Bitmap::Words Bitmap::Chunk::words() const {
  if (!bits_.empty()) {
    return bits_;
  }
  if (!runs_.empty()) {
    return words_of(runs_);
  }
  Words words(kWords);
  for (const uint16_t lower : listed_) {
    words[lower / 64] |= uint64_t{1} << (lower % 64);
  }
  return words;
}

Bitmap::Runs Bitmap::Chunk::runs() const {
  return !runs_.empty() ? runs_ : bits_.empty() ? runs_of(listed_) : runs_of(bits_);
}

void Bitmap::Chunk::set_words(Words words) {
  size_t count = 0;
  for (const uint64_t word : words) {
    count += static_cast<size_t>(std::popcount(word));
  }
  *this = Chunk();
  count_ = count;
  if (is_shorter_as_runs(count_runs(words), count)) {
    runs_ = runs_of(words);
  } else if (count > kMostListed) {
    bits_ = std::move(words);
  } else {
    listed_ = values_of(words);
  }
}

// --- Sets ---

void Bitmap::add(uint32_t value) {
  chunks_[static_cast<uint16_t>(value >> 16)].add(static_cast<uint16_t>(value & 0xFFFF));
}

bool Bitmap::contains(uint32_t value) const {
  const auto chunk = chunks_.find(static_cast<uint16_t>(value >> 16));
  return chunk != chunks_.end() && chunk->second.contains(static_cast<uint16_t>(value & 0xFFFF));
}

uint64_t Bitmap::count() const {
  uint64_t count = 0;
  for (const auto& [upper, chunk] : chunks_) {
    count += chunk.count();
  }
  return count;
}

void Bitmap::combine(const Bitmap& other, Operation operation) {
  const bool adds = operation == Operation::or_ || operation == Operation::xor_;
  for (const auto& [upper, chunk] : other.chunks_) {
    const auto same = chunks_.find(upper);
    if (same == chunks_.end()) {
      if (adds) {
        chunks_.emplace(upper, chunk);
      }
      continue;
    }
    Words words = same->second.words();
    const Words others = chunk.words();
    std::transform(words.begin(), words.end(), others.begin(), words.begin(),
                   [&](uint64_t a, uint64_t b) { return combined(a, b, operation); });
    same->second.set_words(std::move(words));
    if (same->second.count() == 0) {
      chunks_.erase(same);
    }
  }
  if (operation == Operation::and_) {
    std::erase_if(chunks_, [&](const auto& entry) {
      return other.chunks_.find(entry.first) == other.chunks_.end();
    });
  }
}

std::string Bitmap::to_string() const {
  constexpr size_t kLongest = 0x80000;
  std::string text = "{";
  for (const auto& [upper, chunk] : chunks_) {
    for (const uint16_t lower : chunk.values()) {
      text += text.size() > 1 ? "," : "";
      if (text.size() > kLongest) {
        return text + "...}";
      }
      text += std::to_string(uint32_t{upper} << 16 | lower);
    }
  }
  return text + "}";
}

// --- Bytes ---

std::string Bitmap::to_bytes() const {
  std::string flags((chunks_.size() + 7) / 8, '\0');
  std::vector<std::string> bodies;
  bool has_runs = false;
  for (const auto& [upper, chunk] : chunks_) {
    const Runs runs = chunk.runs();
    const size_t number = bodies.size();
    if (is_shorter_as_runs(runs.size(), chunk.count())) {
      has_runs = true;
      flags[number / 8] = static_cast<char>(flags[number / 8] | 1 << (number % 8));
      bodies.push_back(bytes_of_runs(runs));
    } else {
      bodies.push_back(chunk.count() <= kMostInArray ? bytes_of_list(chunk.values())
                                                     : bytes_of_words(chunk.words()));
    }
  }
  std::string bytes;
  if (has_runs) {
    append(bytes, kCookieOfRuns | static_cast<uint32_t>(bodies.size() - 1) << 16);
    bytes += flags;
  } else {
    append(bytes, kCookieWithoutRuns);
    append(bytes, static_cast<uint32_t>(bodies.size()));
  }
  for (const auto& [upper, chunk] : chunks_) {
    append(bytes, upper);
    append(bytes, static_cast<uint16_t>(chunk.count() - 1));
  }
  if (!has_runs || bodies.size() >= kChunksWithPlaces) {
    size_t place = bytes.size() + 4 * bodies.size();
    for (const std::string& body : bodies) {
      append(bytes, static_cast<uint32_t>(place));
      place += body.size();
    }
  }
  for (const std::string& body : bodies) {
    bytes += body;
  }
  return bytes;
}

Bitmap Bitmap::of_value(std::string_view bytes) {
  std::optional<Bitmap> bitmap = bytes.empty() ? Bitmap() : from_bytes(bytes);
  check(bitmap.has_value(), "a BITMAP is held in other bytes than its own");
  return *std::move(bitmap);
}

std::optional<Bitmap> Bitmap::from_bytes(std::string_view bytes) {
  Reader in(bytes);
  const auto cookie = in.read<uint32_t>();
  const bool has_runs = (cookie & 0xFFFF) == kCookieOfRuns;
  if (in.failed || (!has_runs && cookie != kCookieWithoutRuns)) {
    return std::nullopt;
  }
  const size_t size = has_runs ? (cookie >> 16) + 1 : in.read<uint32_t>();
  if (in.failed || size > 0x10000) {
    return std::nullopt;
  }
  const std::string_view flags = has_runs ? in.take((size + 7) / 8) : std::string_view();
  std::vector<std::pair<uint16_t, size_t>> heads;
  for (size_t i = 0; i < size && !in.failed; ++i) {
    const auto upper = in.read<uint16_t>();
    heads.emplace_back(upper, size_t{in.read<uint16_t>()} + 1);
  }
  if (!has_runs || size >= kChunksWithPlaces) {
    in.take(4 * size);
  }
  Bitmap bitmap;
  for (size_t i = 0; i < size && !in.failed; ++i) {
    const auto [upper, count] = heads[i];
    const bool is_run = has_runs && (static_cast<uint8_t>(flags[i / 8]) >> (i % 8) & 1) != 0;
    Chunk chunk = is_run                  ? Chunk::of(read_runs(in))
                  : count <= kMostInArray ? Chunk::of(read_list(in, count))
                                          : Chunk::of(read_words(in));
    if (chunk.count() > 0 && !in.failed) {
      bitmap.chunks_.insert_or_assign(upper, std::move(chunk));
    }
  }
  return in.failed ? std::nullopt : std::optional(std::move(bitmap));
}

}  // namespace millrace::function
