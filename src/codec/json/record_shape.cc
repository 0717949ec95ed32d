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
    if (takes_integer(*writer, number)) {
      return writer->write_integer(row, integer_of(number)) ? number.end : nullptr;
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

bool RecordShape::read(std::string_view record, size_t row) {
  if (pieces_.empty()) {
    return false;
  }
  const char* at = record.data();
  const char* end = at + record.size();
  uint32_t object = kOutside;
  uint32_t* guess = &first_;
  while (at != nullptr && at < end) {
    const uint32_t found = piece_at(at, object, *guess);
    if (found == kNone) {
      return false;
    }
    *guess = found;
    Piece& piece = pieces_[found];
    guess = &piece.next;
    at += piece.size;
    object = piece.to;
    if (object == kOutside) {
      return at == end;
    }
    if (at >= end || (piece.opens > 0 && !open(piece, row))) {
      return false;
    }
    at = read_value(at, end, piece.writer, row);
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

// `,"bid":` also begins `,"bid":{"price":`, in records whose bid is an object: behind a piece is a
// value, which no brace begins.
bool RecordShape::is_at(const Piece& piece, const char* at, uint32_t object) const {
  const auto same =
      static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(load(at), load(piece.bytes))));
  if (piece.from != object || (piece.to != kOutside && at[piece.size] == '{')) {
    return false;
  }
  if (piece.size <= kBlock) {
    const unsigned needed = (1U << piece.size) - 1;
    return (same & needed) == needed;
  }
  return same == 0xFFFF && std::memcmp(at + kBlock, piece.bytes + kBlock, piece.size - kBlock) == 0;
}

// Nearly always the one that stood there in the record before; otherwise any of them.
uint32_t RecordShape::piece_at(const char* at, uint32_t object, uint32_t guess) const {
  if (guess < pieces_.size() && is_at(pieces_[guess], at, object)) [[likely]] {
    return guess;
  }
  for (uint32_t i = 0; i < pieces_.size(); ++i) {
    if (is_at(pieces_[i], at, object)) {
      return i;
    }
  }
  return kNone;
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
                  static_cast<uint32_t>(text.size()),
                  walk.from(),
                  walk.to(),
                  static_cast<uint32_t>(pieces_.size() + 1),
                  walk.writer(),
                  static_cast<uint32_t>(walk.opened().size()),
                  static_cast<uint32_t>(opened_.size())};
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
