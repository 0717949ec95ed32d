#pragma once

// Sets of 32-bit numbers, Flink's BITMAP. The numbers of one upper half stand together in a chunk,
// few of them as a list and many as bits. A value of the type is its bytes in the format of Roaring
// bitmaps (https://github.com/RoaringBitmap/RoaringFormatSpec), in one form for each set.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::function {

class Bitmap {
 public:
  // Nothing where the bytes are not of the format.
  static std::optional<Bitmap> from_bytes(std::string_view bytes);
  // Of a value of the type. No bytes at all stand where there is no value, for a row has failed or
  // is not asked for: the set is empty then.
  static Bitmap of_value(std::string_view bytes);
  std::string to_bytes() const;

  void add(uint32_t value);
  bool contains(uint32_t value) const;
  uint64_t count() const;
  bool empty() const { return chunks_.empty(); }

  enum class Operation : uint8_t { and_, or_, xor_, and_not };
  void combine(const Bitmap& other, Operation operation);

  // Calls visit(value) in order.
  template <typename Visit>
  void each(Visit visit) const {
    for (const auto& [upper, chunk] : chunks_) {
      for (const uint16_t lower : chunk.values()) {
        visit(uint32_t{upper} << 16 | lower);
      }
    }
  }

  // {1,2,3}, cut behind half a million characters, as in Flink.
  std::string to_string() const;

 private:
  class Chunk {
   public:
    static Chunk of(std::vector<uint16_t> sorted);

    void add(uint16_t lower);
    bool contains(uint16_t lower) const;
    size_t count() const { return count_; }
    std::vector<uint16_t> values() const;
    std::vector<uint64_t> words() const;  // all 65,536 bits
    void set_words(std::vector<uint64_t> words);

   private:
    static constexpr size_t kMostListed = 4096;

    size_t count_ = 0;
    std::vector<uint16_t> listed_;  // in order; empty where there are bits
    std::vector<uint64_t> bits_;
  };

  std::map<uint16_t, Chunk> chunks_;  // none is empty
};

}  // namespace millrace::function
