#pragma once

// How the records of one producer look: what stands between their values, byte for byte.
//
// A JSON parser finds its way through every record anew. But a producer prints its records with one
// piece of code, so that `,"region":` stands before a value in all of them, and `},"bid":{"price":`
// where objects hold objects. Those pieces are learned from records that were read the long way;
// the next record is then walked by comparing pieces and scanning values, and is checked in full on
// the way: the pieces are known to be right where they stand (each belongs behind the values of one
// object and leads into one), strings are scanned for quotes, escapes and controls, numbers for
// their grammar.
//
// Whatever does not fit (another order is fine, another spelling, an escape or an array is not) is
// left to the parser: giving up costs the walk so far and nothing else.

#include <cstdint>
#include <string_view>
#include <vector>

#include "codec/json/members.h"

namespace millrace::codec {

class RecordShape {
 public:
  // `members` of the records outlive this.
  explicit RecordShape(Members& members)
      : objects_{{kOutside, nullptr, nullptr}, {kOutside, nullptr, &members}} {
    pieces_.reserve(kMostPieces);  // they point to each other
  }

  // Takes up what stands before the values of a record that was read and found to be one object.
  void learn(std::string_view record);

  // Reads a record into row `row` of its members. False where it does not look like those before,
  // or a value does not fit its column: then nothing counts that was written. The record has
  // kPadding readable bytes behind it.
  bool read(std::string_view record, size_t row);

 private:
  // Records of more kinds of fields than this are for the parser.
  static constexpr size_t kMostPieces = 128;
  static constexpr size_t kLongestPiece = 48;
  static constexpr uint32_t kOutside = 0;  // of the record
  static constexpr uint32_t kRecord = 1;

  // An object that records hold. Those that nobody reads, in the same object, are taken for one.
  struct Object {
    uint32_t outer;
    FieldWriter* writer;  // of the ROW that it is; null where nobody reads it, and of the record
    Members* members;     // null where nobody reads them
  };

  // What a value is read as, where it is written as its column wants it; others take longer.
  enum class Reading : uint8_t { skipped, integer, text, timestamp, other };

  // `{"event_id": `, `, "region": ` or `},"bid":{"price":`, up to where the value begins; or the
  // braces that end the record.
  struct Piece {
    char bytes[kLongestPiece];
    uint64_t needed;  // a bit for each byte
    uint32_t size;
    uint32_t from;        // the object whose value stood before
    uint32_t to;          // the one whose value follows
    Piece* next;          // that stood behind this one's value last; null before any did
    FieldWriter* writer;  // of the value; null where nobody reads it
    uint32_t opens;       // ROWs that begin in it: so many, from opened_[first_opened] on
    uint32_t first_opened;
    Reading reading;
  };

  class Walk;

  bool is_known(std::string_view piece, uint32_t from) const;
  uint32_t object_in(uint32_t outer, FieldWriter* writer);
  static Reading reading_of(const FieldWriter* writer);
  static bool is_at(const Piece& piece, const char* at, uint32_t object);
  Piece* piece_at(const char* at, uint32_t object);
  bool open(const Piece& piece, size_t row);
  static const char* read_value(const char* at, const char* end, const Piece& piece, size_t row);

  std::vector<Object> objects_;
  std::vector<Piece> pieces_;
  std::vector<FieldWriter*> opened_;
  Piece* first_ = nullptr;  // that the last record began with
};

}  // namespace millrace::codec
