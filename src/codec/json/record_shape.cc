#include "codec/json/record_shape.h"

#include <emmintrin.h>
#include <simdjson.h>

#include <algorithm>

#include "base/check.h"
#include "codec/decoder.h"
#include "codec/json/field_writer.h"

namespace millrace::codec {

namespace {

constexpr size_t kBlock = 16;
static_assert(kPadding >= 4 * kBlock, "scanning reads whole blocks behind the end");

__m128i load(const char* at) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at)); }

bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }

unsigned mask_of(__m128i block) { return static_cast<unsigned>(_mm_movemask_epi8(block)); }

__m128i quotes_and_escapes(__m128i block) {
  return _mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8('"')),
                      _mm_cmpeq_epi8(block, _mm_set1_epi8('\\')));
}

// Which of 16 bytes a plain string does not hold: quotes, escapes, controls.
unsigned stops_in(__m128i block) {
  const __m128i control = _mm_cmpeq_epi8(block, _mm_min_epu8(block, _mm_set1_epi8(0x1F)));
  return mask_of(_mm_or_si128(quotes_and_escapes(block), control));
}

// The same for one of ASCII, which holds no bytes over 0x7F either: they are negative.
unsigned ascii_stops_in(__m128i block) {
  const __m128i other = _mm_cmplt_epi8(block, _mm_set1_epi8(' '));
  return mask_of(_mm_or_si128(quotes_and_escapes(block), other));
}

// The closing quote of a string, from `at` on, where something that is not ASCII stands.
[[gnu::noinline]] const char* wide_string_end(const char* begin, const char* at, const char* end) {
  unsigned stops = 0;
  while (at < end && (stops = stops_in(load(at))) == 0) {
    at += kBlock;
  }
  at += stops == 0 ? 0 : __builtin_ctz(stops);
  const bool ends = at < end && *at == '"';
  return ends && simdjson::validate_utf8(begin, static_cast<size_t>(at - begin)) ? at : nullptr;
}

// The string's end, if it is one that stopped the search.
inline const char* checked_end(const char* begin, const char* stop, const char* end) {
  if (*stop == '"' && stop < end) [[likely]] {
    return stop;
  }
  return static_cast<signed char>(*stop) < 0 ? wide_string_end(begin, stop, end) : nullptr;
}

// The end of the string that begins at `at`, behind its quote: the closing quote, or nullptr where
// something comes first that a plain string does not hold. Most strings are short, so that the
// first bytes are looked at alone; then four blocks at a time, for a branch costs more than a
// block.
inline const char* string_end(const char* at, const char* end) {
  const char* begin = at;
  if (const unsigned stops = ascii_stops_in(load(at)); stops != 0) {
    return checked_end(begin, at + __builtin_ctz(stops), end);
  }
  for (at += kBlock; at < end; at += 4 * kBlock) {
    const uint64_t stops = ascii_stops_in(load(at)) |
                           uint64_t{ascii_stops_in(load(at + kBlock))} << 16 |
                           uint64_t{ascii_stops_in(load(at + 2 * kBlock))} << 32 |
                           uint64_t{ascii_stops_in(load(at + 3 * kBlock))} << 48;
    if (stops != 0) {
      return checked_end(begin, at + __builtin_ctzll(stops), end);
    }
  }
  return nullptr;
}

// A number without exponent. Its digits as one integer, and how many of them stand behind the
// point.
struct Plain {
  const char* end;  // behind it; nullptr where it is none of these
  uint64_t digits;
  int decimals;
  bool negative;
};

constexpr int kMostDigits = 18;  // all of whose numbers fit into 64 bits

Plain plain_number(const char* at) {
  Plain number{nullptr, 0, 0, *at == '-'};
  at += number.negative ? 1 : 0;
  const char* whole = at;
  while (is_digit(*at)) {
    number.digits = number.digits * 10 + static_cast<uint64_t>(*at++ - '0');
  }
  ptrdiff_t count = at - whole;
  if (count == 0 || (*whole == '0' && count > 1)) {
    return number;
  }
  if (*at == '.') {
    const char* behind = ++at;
    while (is_digit(*at)) {
      number.digits = number.digits * 10 + static_cast<uint64_t>(*at++ - '0');
    }
    number.decimals = static_cast<int>(at - behind);
    count += number.decimals;
    if (number.decimals == 0) {
      return number;
    }
  }
  if ((*at | 0x20) != 'e' && count <= kMostDigits) {
    number.end = at;
  }
  return number;
}

constexpr double kPowers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8, 1e9,
                              1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};

// Integers up to 2^53 and powers of ten up to 10^22 are exact, and so is their quotient rounded.
bool write_double(FieldWriter& writer, size_t row, const Plain& number) {
  if (number.digits > (uint64_t{1} << 53)) {
    return false;
  }
  const double value = static_cast<double>(number.digits) / kPowers[number.decimals];
  writer.write_double(row, number.negative ? -value : value);
  return true;
}

bool takes_integer(const FieldWriter& writer, const Plain& number) {
  const TypeKind kind = writer.type().kind;
  return (kind == TypeKind::bigint || kind == TypeKind::integer) && number.decimals == 0;
}

// Of at most 18 digits.
int64_t integer_of(const Plain& number) {
  const auto value = static_cast<int64_t>(number.digits);
  return number.negative ? -value : value;
}

bool is_word(const char* at, const char (&word)[5]) { return std::memcmp(at, word, 4) == 0; }

// A whole number of up to seven digits and nothing else: the byte behind it, or nullptr. All its
// digits are found and added up at once, for their count is what a branch cannot guess.
const char* short_integer(const char* at, int64_t& value) {
  uint64_t text;
  std::memcpy(&text, at, sizeof(text));
  const uint64_t digits = text ^ 0x3030303030303030ULL;
  // Behind the first byte that is no digit the sum may be carried into, which does not matter.
  const uint64_t others = ((digits + 0x7676767676767676ULL) | digits) & 0x8080808080808080ULL;
  const int count = __builtin_ctzll(others | uint64_t{1} << 63) / 8;
  const char behind = at[count];
  if (count == 0 || others == 0 || (at[0] == '0' && count > 1) || behind == '.' ||
      (behind | 0x20) == 'e') {
    return nullptr;
  }
  uint64_t sum = digits << (64 - 8 * count);  // zeros before them
  sum = (sum * 10 + (sum >> 8)) & 0x00FF00FF00FF00FFULL;
  sum = (sum * 100 + (sum >> 16)) & 0x0000FFFF0000FFFFULL;
  value = static_cast<int64_t>((sum * 10'000 + (sum >> 32)) & 0xFFFFFFFFULL);
  return at + count;
}

// Reads the number at `at` into the writer, where there is one. The byte behind it, or nullptr.
[[gnu::noinline]] const char* read_number(const char* at, const char* end, FieldWriter* writer,
                                          size_t row) {
  const Plain number = plain_number(at);
  if (number.end == nullptr || number.end > end) {
    return nullptr;
  }
  if (writer == nullptr ||
      (writer->type().kind == TypeKind::double_ && write_double(*writer, row, number))) {
    return number.end;
  }
  if (takes_integer(*writer, number)) {
    return writer->write_integer(row, integer_of(number)) ? number.end : nullptr;
  }
  const std::string_view text(at, static_cast<size_t>(number.end - at));
  return writer->write(row, {JsonScalar::Kind::number, text, true}) ? number.end : nullptr;
}

// The same for null, true and false.
[[gnu::noinline]] const char* read_word(const char* at, FieldWriter* writer, size_t row) {
  if (is_word(at, "null")) {
    if (writer != nullptr) {
      writer->write_null(row);
    }
    return at + 4;
  }
  const bool is_true = is_word(at, "true");
  if (!is_true && !(is_word(at, "fals") && at[4] == 'e')) {
    return nullptr;
  }
  const size_t size = is_true ? 4 : 5;
  const auto kind = is_true ? JsonScalar::Kind::true_ : JsonScalar::Kind::false_;
  const bool good =
      writer == nullptr || writer->write(row, {kind, std::string_view(at, size), true});
  return good ? at + size : nullptr;
}

}  // namespace

// `,"bid":` also begins `,"bid":{"price":`, in records whose bid is an object: behind a piece is a
// value, which no brace begins.
inline bool RecordShape::is_at(const Piece& piece, const char* at, uint32_t object) {
  const auto equal = [&](size_t from) {
    return static_cast<uint64_t>(
        _mm_movemask_epi8(_mm_cmpeq_epi8(load(at + from), load(piece.bytes + from))));
  };
  uint64_t same = equal(0);
  if (piece.size > kBlock) {
    same |= equal(kBlock) << kBlock | equal(2 * kBlock) << 2 * kBlock;
  }
  return (same & piece.needed) == piece.needed && piece.from == object &&
         (piece.to == kOutside || at[piece.size] != '{');
}

// Reads the value at `at` that follows the piece. The byte behind it, or nullptr.
[[gnu::always_inline]] inline const char* RecordShape::read_value(const char* at, const char* end,
                                                                  const Piece& piece, size_t row) {
  if (*at == '"') {
    const char* stop = string_end(at + 1, end);
    if (stop == nullptr) {
      return nullptr;
    }
    const std::string_view text(at + 1, static_cast<size_t>(stop - at - 1));
    bool good = true;
    switch (piece.reading) {
      case Reading::skipped: break;
      case Reading::text: piece.writer->write_text(row, text); break;
      case Reading::timestamp: good = piece.writer->write_timestamp(row, text); break;
      case Reading::integer:
      case Reading::other:
        good = piece.writer->write(row, {JsonScalar::Kind::string, text, true});
        break;
    }
    return good ? stop + 1 : nullptr;
  }
  if (is_digit(*at) || *at == '-') {
    int64_t value = 0;
    const bool is_integer = piece.reading == Reading::integer;
    const char* behind =
        is_integer || piece.reading == Reading::skipped ? short_integer(at, value) : nullptr;
    if (behind == nullptr) {
      return read_number(at, end, piece.writer, row);
    }
    return behind <= end && (!is_integer || piece.writer->write_integer(row, value)) ? behind
                                                                                     : nullptr;
  }
  return read_word(at, piece.writer, row);
}

bool RecordShape::read(std::string_view record, size_t row) {
  const char* at = record.data();
  const char* end = at + record.size();
  uint32_t object = kOutside;
  Piece** guess = &first_;
  while (at < end) {
    // Nearly always the one that stood there in the record before; otherwise any of them.
    if (*guess == nullptr || !is_at(**guess, at, object)) [[unlikely]] {
      Piece* found = piece_at(at, object);
      if (found == nullptr) {
        return false;
      }
      *guess = found;
    }
    Piece& piece = **guess;
    guess = &piece.next;
    at += piece.size;
    object = piece.to;
    if (object == kOutside) {
      return at == end;
    }
    if (at >= end || (piece.opens > 0 && !open(piece, row))) {
      return false;
    }
    at = read_value(at, end, piece, row);
    if (at == nullptr) {
      return false;
    }
  }
  return false;
}

// An object that stands in the record twice is for the parser.
bool RecordShape::open(const Piece& piece, size_t row) {
  for (uint32_t i = 0; i < piece.opens; ++i) {
    FieldWriter& writer = *opened_[piece.first_opened + i];
    if (writer.has(row)) {
      return false;
    }
    writer.open_row(row);
  }
  return true;
}

RecordShape::Piece* RecordShape::piece_at(const char* at, uint32_t object) {
  const auto found = std::find_if(pieces_.begin(), pieces_.end(),
                                  [&](const Piece& piece) { return is_at(piece, at, object); });
  return found == pieces_.end() ? nullptr : &*found;
}

// --- Learning ---

// Goes through a record that is right JSON, so that looking for quotes, braces and commas is
// enough. Stops at what the fast way does not walk: escapes in a name, arrays, objects that are
// read as something else than a ROW, and empty ones.
class RecordShape::Walk {
 public:
  Walk(RecordShape& shape, std::string_view record) : shape_(shape), record_(record) {}

  // Up to the next value, or the record's end. False where the walk stops here.
  bool to_value() {
    begin_ = at_;
    from_ = object_;
    opened_.clear();
    writer_ = nullptr;
    while (skip_space()) {
      switch (record_[at_]) {
        case ',': ++at_; break;
        case '{':
          if (!enter()) {
            return false;
          }
          break;
        case '}':
          ++at_;
          object_ = shape_.objects_[object_].outer;
          if (object_ == kOutside) {
            return true;
          }
          break;
        case '"':
          if (!name()) {
            return false;
          }
          if (record_[at_] != '{') {
            return record_[at_] != '[';
          }
          break;
        default: return false;
      }
    }
    return false;
  }

  bool at_end() const { return object_ == kOutside; }

  void skip_value() {
    if (record_[at_] == '"') {
      for (++at_; record_[at_] != '"'; ++at_) {
        at_ += record_[at_] == '\\' ? 1 : 0;
      }
      ++at_;
    } else {
      at_ = std::min(record_.find_first_of(" \t\r\n,}", at_), record_.size());
    }
  }

  std::string_view piece() const { return record_.substr(begin_, at_ - begin_); }
  uint32_t from() const { return from_; }
  uint32_t to() const { return object_; }
  FieldWriter* writer() const { return writer_; }
  const std::vector<FieldWriter*>& opened() const { return opened_; }

 private:
  bool skip_space() {
    at_ = std::min(record_.find_first_not_of(" \t\r\n", at_), record_.size());
    return at_ < record_.size();
  }

  bool name() {
    const size_t close = record_.find('"', at_ + 1);
    if (close == std::string_view::npos) {
      return false;
    }
    const std::string_view name = record_.substr(at_ + 1, close - at_ - 1);
    at_ = record_.find_first_not_of(" \t\r\n:", close + 1);
    if (at_ == std::string_view::npos || name.find('\\') != std::string_view::npos) {
      return false;
    }
    Members* members = shape_.objects_[object_].members;
    writer_ = members == nullptr ? nullptr : members->find(name);
    return true;
  }

  // The record, or the value of the name before it.
  bool enter() {
    ++at_;
    if (object_ == kOutside) {
      object_ = kRecord;
    } else if (writer_ != nullptr && !writer_->is_row()) {
      return false;
    } else {
      object_ = shape_.object_in(object_, writer_);
      if (writer_ != nullptr) {
        opened_.push_back(writer_);
      }
    }
    return skip_space() && record_[at_] == '"';
  }

  RecordShape& shape_;
  std::string_view record_;
  size_t begin_ = 0;
  size_t at_ = 0;
  uint32_t from_ = kOutside;
  uint32_t object_ = kOutside;
  FieldWriter* writer_ = nullptr;
  std::vector<FieldWriter*> opened_;
};

void RecordShape::learn(std::string_view record) {
  Walk walk(*this, record);
  while (pieces_.size() < kMostPieces && walk.to_value()) {
    const std::string_view text = walk.piece();
    if (text.size() <= kLongestPiece && !is_known(text, walk.from())) {
      Piece piece{{},
                  (uint64_t{1} << text.size()) - 1,
                  static_cast<uint32_t>(text.size()),
                  walk.from(),
                  walk.to(),
                  nullptr,
                  walk.writer(),
                  static_cast<uint32_t>(walk.opened().size()),
                  static_cast<uint32_t>(opened_.size()),
                  reading_of(walk.writer())};
      text.copy(piece.bytes, text.size());
      opened_.insert(opened_.end(), walk.opened().begin(), walk.opened().end());
      pieces_.push_back(piece);
    }
    if (walk.at_end()) {
      return;
    }
    walk.skip_value();
  }
}

RecordShape::Reading RecordShape::reading_of(const FieldWriter* writer) {
  if (writer == nullptr) {
    return Reading::skipped;
  }
  const Type& type = writer->type();
  if (type.kind == TypeKind::integer || type.kind == TypeKind::bigint) {
    return Reading::integer;
  }
  return type.is_string()      ? Reading::text
         : type.is_timestamp() ? Reading::timestamp
                               : Reading::other;
}

bool RecordShape::is_known(std::string_view piece, uint32_t from) const {
  return std::any_of(pieces_.begin(), pieces_.end(), [&](const Piece& known) {
    return known.from == from && std::string_view(known.bytes, known.size) == piece;
  });
}

uint32_t RecordShape::object_in(uint32_t outer, FieldWriter* writer) {
  for (uint32_t i = kRecord + 1; i < objects_.size(); ++i) {
    if (objects_[i].outer == outer && objects_[i].writer == writer) {
      return i;
    }
  }
  objects_.push_back({outer, writer, writer == nullptr ? nullptr : &writer->members()});
  return static_cast<uint32_t>(objects_.size() - 1);
}

}  // namespace millrace::codec
