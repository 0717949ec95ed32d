#pragma once

// Sets of 32-bit numbers, Flink's BITMAP. The numbers of one upper half stand together in a chunk:
// as runs where that is shortest, so that bytes of runs take no more memory than they are, else few
// of them as a list and many as bits. A value of the type is its bytes in the format of Roaring
// bitmaps (https://github.com/RoaringBitmap/RoaringFormatSpec), in one form for each set.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/counted_memory.h"

namespace millrace::function {

class Bitmap {
 public:
  // Of a chunk: the lower halves of its numbers in order, or all its bits.
  using Lowers = CountedVector<uint16_t>;
  using Words = CountedVector<uint64_t>;
  struct Run {
    uint16_t first;
    uint16_t more;  // how many come behind it
  };
  using Runs = CountedVector<Run>;

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
    static Chunk of(Lowers sorted);
    static Chunk of(Runs runs);

    void add(uint16_t lower);
    bool contains(uint16_t lower) const;
    size_t count() const { return count_; }
    Lowers values() const;
    Words words() const;  // all 65,536 bits
    Runs runs() const;
    void set_words(Words words);

   private:
    static constexpr size_t kMostListed = 4096;

    size_t count_ = 0;
    // One of them, the others are empty.
    Lowers listed_;  // in order
    Words bits_;
    Runs runs_;  // in order, none next to another
  };

  CountedMap<uint16_t, Chunk> chunks_;  // none is empty
};

}  // namespace millrace::function
