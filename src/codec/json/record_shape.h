#pragma once

// How the records of one producer look: what stands between their values, byte for byte.
//
// A JSON parser finds its way through every record anew. But a producer prints its records with one
// piece of code, so that `,"region":` stands before a value in all of them. Those pieces are
// learned from records that were read the long way; the next record is then walked by comparing
// pieces and scanning values, and is checked in full on the way: the pieces are known to be right,
// strings are scanned for quotes, escapes and controls, numbers for their grammar.
//
// Whatever does not fit (another order is fine, another spelling, an escape or a nested value is
// not) is left to the parser: giving up costs the walk so far and nothing else.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::codec {

struct JsonScalar;
class FieldWriter;

class RecordShape {
 public:
  static constexpr int kIgnored = -1;

  // Takes up what stands before the values of a record that was read and found to be one flat
  // object. `column_of` gives the column for the name between two quotes, or kIgnored.
  template <typename ColumnOf>
  void learn(std::string_view record, ColumnOf&& column_of) {
    if (pieces_.size() < kMostPieces) {
      for (const Seen& seen : take_apart(record)) {
        add(seen.piece, column_of(seen.name));
      }
    }
  }

  // Reads a record into row `row` of its columns' writers. False where it does not look like those
  // before, or a value does not fit its column: then nothing counts that was written. The record
  // has kPadding readable bytes behind it.
  bool read(std::string_view record, std::vector<FieldWriter>& writers, size_t row);

 private:
  // Records of more kinds of fields than this are for the parser.
  static constexpr size_t kMostPieces = 64;
  static constexpr size_t kLongestPiece = 48;

  // `{"event_id": ` or `, "region": `, up to where the value begins.
  struct Piece {
    char bytes[kLongestPiece];
    uint32_t size;
    int column;
  };
  struct Seen {
    std::string_view piece;
    std::string_view name;
  };

  static std::vector<Seen> take_apart(std::string_view record);
  void add(std::string_view piece, int column);
  const Piece* piece_at(const char* at);

  std::vector<Piece> pieces_;
  size_t guess_ = 0;  // the piece that stands behind the one found last
};

}  // namespace millrace::codec
