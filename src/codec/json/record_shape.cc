#include "codec/json/record_shape.h"

#include <emmintrin.h>
#include <simdjson.h>

#include "base/check.h"
#include "codec/decoder.h"
#include "codec/json/field_writer.h"

namespace millrace::codec {

namespace {

constexpr size_t kBlock = 16;
static_assert(kPadding >= 4 * kBlock, "scanning reads whole blocks behind the end");

__m128i load(const char* at) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at)); }

bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }

// The end of the string that begins at `at`, behind its quote: the closing quote, or nullptr where
// something comes first that a plain string does not hold.
const char* string_end(const char* at, const char* end) {
  const char* begin = at;
  int wide = 0;
  for (; at < end; at += kBlock) {
    const __m128i block = load(at);
    const __m128i quote = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
    const __m128i escape = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
    const __m128i control = _mm_cmpeq_epi8(block, _mm_min_epu8(block, _mm_set1_epi8(0x1F)));
    const int stops = _mm_movemask_epi8(_mm_or_si128(quote, _mm_or_si128(escape, control)));
    const int high = _mm_movemask_epi8(block);
    if (stops != 0) {
      const int first = __builtin_ctz(static_cast<unsigned>(stops));
      const char* stop = at + first;
      wide |= high & ((1 << first) - 1);
      if (stop >= end || *stop != '"' ||
          (wide != 0 && !simdjson::validate_utf8(begin, static_cast<size_t>(stop - begin)))) {
        return nullptr;
      }
      return stop;
    }
    wide |= high;
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

bool is_word(const char* at, const char (&word)[5]) { return std::memcmp(at, word, 4) == 0; }

// Reads the value at `at` into the writer, where there is one. The byte behind it, or nullptr.
const char* read_value(const char* at, const char* end, FieldWriter* writer, size_t row) {
  if (*at == '"') {
    const char* stop = string_end(at + 1, end);
    if (stop == nullptr) {
      return nullptr;
    }
    const std::string_view text(at + 1, static_cast<size_t>(stop - at - 1));
    const bool good =
        writer == nullptr || writer->write(row, {JsonScalar::Kind::string, text, true});
    return good ? stop + 1 : nullptr;
  }
  if (is_digit(*at) || *at == '-') {
    const Plain number = plain_number(at);
    if (number.end == nullptr || number.end > end) {
      return nullptr;
    }
    if (writer == nullptr ||
        (writer->type().kind == TypeKind::double_ && write_double(*writer, row, number))) {
      return number.end;
    }
    const std::string_view text(at, static_cast<size_t>(number.end - at));
    return writer->write(row, {JsonScalar::Kind::number, text, true}) ? number.end : nullptr;
  }
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

bool RecordShape::read(std::string_view record, std::vector<FieldWriter>& writers, size_t row) {
  if (pieces_.empty()) {
    return false;
  }
  const char* at = record.data();
  const char* end = at + record.size();
  guess_ = 0;
  while (at < end && *at != '}') {
    const Piece* piece = piece_at(at);
    // Only the first piece opens the object, and only it stands at the record's beginning.
    if (piece == nullptr || (piece->bytes[0] == '{') != (at == record.data())) {
      return false;
    }
    FieldWriter* writer =
        piece->column == kIgnored ? nullptr : &writers[static_cast<size_t>(piece->column)];
    at += piece->size;
    if (at >= end) {
      return false;
    }
    at = read_value(at, end, writer, row);
    if (at == nullptr || at > end) {
      return false;
    }
  }
  return at != record.data() && at + 1 == end;
}

// Nearly always the next one in order; otherwise any of them.
const RecordShape::Piece* RecordShape::piece_at(const char* at) {
  const __m128i first = load(at);
  for (size_t tried = 0; tried < pieces_.size(); ++tried) {
    if (guess_ == pieces_.size()) {
      guess_ = 0;
    }
    const Piece& piece = pieces_[guess_++];
    const auto same =
        static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(first, load(piece.bytes))));
    if (piece.size <= kBlock) {
      const unsigned needed = (1U << piece.size) - 1;
      if ((same & needed) == needed) {
        return &piece;
      }
    } else if (same == 0xFFFF &&
               std::memcmp(at + kBlock, piece.bytes + kBlock, piece.size - kBlock) == 0) {
      return &piece;
    }
  }
  return nullptr;
}

void RecordShape::add(std::string_view piece, int column) {
  if (piece.size() > kLongestPiece || pieces_.size() >= kMostPieces) {
    return;
  }
  for (const Piece& known : pieces_) {
    if (std::string_view(known.bytes, known.size) == piece) {
      return;
    }
  }
  Piece added{{}, static_cast<uint32_t>(piece.size()), column};
  std::memcpy(added.bytes, piece.data(), piece.size());
  pieces_.push_back(added);
}

// The record is right JSON, so that looking for quotes, braces and commas is enough. Stops at what
// the fast way does not walk: escapes in a name, nested values.
std::vector<RecordShape::Seen> RecordShape::take_apart(std::string_view record) {
  std::vector<Seen> seen;
  size_t at = 0;
  while (at < record.size() && record[at] != '}') {
    const size_t piece = at;
    const size_t open = record.find('"', at);
    const size_t close = open == std::string_view::npos ? open : record.find('"', open + 1);
    if (close == std::string_view::npos) {
      return seen;
    }
    const std::string_view name = record.substr(open + 1, close - open - 1);
    at = record.find_first_not_of(" \t\r\n:", close + 1);
    if (at == std::string_view::npos || name.find('\\') != std::string_view::npos ||
        record[at] == '{' || record[at] == '[') {
      return seen;
    }
    seen.push_back({record.substr(piece, at - piece), name});
    if (record[at] == '"') {
      for (++at; record[at] != '"'; ++at) {
        at += record[at] == '\\' ? 1 : 0;
      }
      ++at;
    } else {
      at = std::min(record.find_first_of(" \t\r\n,}", at), record.size());
    }
  }
  return seen;
}

}  // namespace millrace::codec
