#include "function/value/letter_case.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "base/utf8.h"
#include "function/value/utf8.h"

namespace millrace::function {

namespace {

// Capitals at each `step` of [from, to], their small letters `distance` behind. Of Unicode 14, the
// letters that have one partner each, below U+10000 and without Cherokee and African additions.
struct Range {
  uint16_t from;
  uint16_t to;
  int32_t distance;
  uint32_t step;
};

constexpr Range kRanges[] = {
    {0x41, 0x5A, 32, 1},         {0xC0, 0xD6, 32, 1},         {0xD8, 0xDE, 32, 1},
    {0x100, 0x12E, 1, 2},        {0x132, 0x136, 1, 2},        {0x139, 0x147, 1, 2},
    {0x14A, 0x176, 1, 2},        {0x178, 0x178, -121, 1},     {0x179, 0x17D, 1, 2},
    {0x181, 0x181, 210, 1},      {0x182, 0x184, 1, 2},        {0x186, 0x186, 206, 1},
    {0x187, 0x187, 1, 1},        {0x189, 0x18A, 205, 1},      {0x18B, 0x18B, 1, 1},
    {0x18E, 0x18E, 79, 1},       {0x18F, 0x18F, 202, 1},      {0x190, 0x190, 203, 1},
    {0x191, 0x191, 1, 1},        {0x193, 0x193, 205, 1},      {0x194, 0x194, 207, 1},
    {0x196, 0x196, 211, 1},      {0x197, 0x197, 209, 1},      {0x198, 0x198, 1, 1},
    {0x19C, 0x19C, 211, 1},      {0x19D, 0x19D, 213, 1},      {0x19F, 0x19F, 214, 1},
    {0x1A0, 0x1A4, 1, 2},        {0x1A6, 0x1A6, 218, 1},      {0x1A7, 0x1A7, 1, 1},
    {0x1A9, 0x1A9, 218, 1},      {0x1AC, 0x1AC, 1, 1},        {0x1AE, 0x1AE, 218, 1},
    {0x1AF, 0x1AF, 1, 1},        {0x1B1, 0x1B2, 217, 1},      {0x1B3, 0x1B5, 1, 2},
    {0x1B7, 0x1B7, 219, 1},      {0x1B8, 0x1B8, 1, 1},        {0x1BC, 0x1BC, 1, 1},
    {0x1C4, 0x1C4, 2, 1},        {0x1C7, 0x1C7, 2, 1},        {0x1CA, 0x1CA, 2, 1},
    {0x1CD, 0x1DB, 1, 2},        {0x1DE, 0x1EE, 1, 2},        {0x1F1, 0x1F1, 2, 1},
    {0x1F4, 0x1F4, 1, 1},        {0x1F6, 0x1F6, -97, 1},      {0x1F7, 0x1F7, -56, 1},
    {0x1F8, 0x21E, 1, 2},        {0x220, 0x220, -130, 1},     {0x222, 0x232, 1, 2},
    {0x23A, 0x23A, 10795, 1},    {0x23B, 0x23B, 1, 1},        {0x23D, 0x23D, -163, 1},
    {0x23E, 0x23E, 10792, 1},    {0x241, 0x241, 1, 1},        {0x243, 0x243, -195, 1},
    {0x244, 0x244, 69, 1},       {0x245, 0x245, 71, 1},       {0x246, 0x24E, 1, 2},
    {0x370, 0x372, 1, 2},        {0x376, 0x376, 1, 1},        {0x37F, 0x37F, 116, 1},
    {0x386, 0x386, 38, 1},       {0x388, 0x38A, 37, 1},       {0x38C, 0x38C, 64, 1},
    {0x38E, 0x38F, 63, 1},       {0x391, 0x3A1, 32, 1},       {0x3A3, 0x3AB, 32, 1},
    {0x3CF, 0x3CF, 8, 1},        {0x3D8, 0x3EE, 1, 2},        {0x3F7, 0x3F7, 1, 1},
    {0x3F9, 0x3F9, -7, 1},       {0x3FA, 0x3FA, 1, 1},        {0x3FD, 0x3FF, -130, 1},
    {0x400, 0x40F, 80, 1},       {0x410, 0x42F, 32, 1},       {0x460, 0x480, 1, 2},
    {0x48A, 0x4BE, 1, 2},        {0x4C0, 0x4C0, 15, 1},       {0x4C1, 0x4CD, 1, 2},
    {0x4D0, 0x52E, 1, 2},        {0x531, 0x556, 48, 1},       {0x10A0, 0x10C5, 7264, 1},
    {0x10C7, 0x10C7, 7264, 1},   {0x10CD, 0x10CD, 7264, 1},   {0x13A0, 0x13EF, 38864, 1},
    {0x13F0, 0x13F5, 8, 1},      {0x1C90, 0x1CBA, -3008, 1},  {0x1CBD, 0x1CBF, -3008, 1},
    {0x1E00, 0x1E94, 1, 2},      {0x1EA0, 0x1EFE, 1, 2},      {0x1F08, 0x1F0F, -8, 1},
    {0x1F18, 0x1F1D, -8, 1},     {0x1F28, 0x1F2F, -8, 1},     {0x1F38, 0x1F3F, -8, 1},
    {0x1F48, 0x1F4D, -8, 1},     {0x1F59, 0x1F5F, -8, 2},     {0x1F68, 0x1F6F, -8, 1},
    {0x1FB8, 0x1FB9, -8, 1},     {0x1FBA, 0x1FBB, -74, 1},    {0x1FC8, 0x1FCB, -86, 1},
    {0x1FD8, 0x1FD9, -8, 1},     {0x1FDA, 0x1FDB, -100, 1},   {0x1FE8, 0x1FE9, -8, 1},
    {0x1FEA, 0x1FEB, -112, 1},   {0x1FEC, 0x1FEC, -7, 1},     {0x1FF8, 0x1FF9, -128, 1},
    {0x1FFA, 0x1FFB, -126, 1},   {0x2132, 0x2132, 28, 1},     {0x2160, 0x216F, 16, 1},
    {0x2183, 0x2183, 1, 1},      {0x24B6, 0x24CF, 26, 1},     {0x2C00, 0x2C2F, 48, 1},
    {0x2C60, 0x2C60, 1, 1},      {0x2C62, 0x2C62, -10743, 1}, {0x2C63, 0x2C63, -3814, 1},
    {0x2C64, 0x2C64, -10727, 1}, {0x2C67, 0x2C6B, 1, 2},      {0x2C6D, 0x2C6D, -10780, 1},
    {0x2C6E, 0x2C6E, -10749, 1}, {0x2C6F, 0x2C6F, -10783, 1}, {0x2C70, 0x2C70, -10782, 1},
    {0x2C72, 0x2C72, 1, 1},      {0x2C75, 0x2C75, 1, 1},      {0x2C7E, 0x2C7F, -10815, 1},
    {0x2C80, 0x2CE2, 1, 2},      {0x2CEB, 0x2CED, 1, 2},      {0x2CF2, 0x2CF2, 1, 1},
    {0xA640, 0xA66C, 1, 2},      {0xA680, 0xA69A, 1, 2},      {0xFF21, 0xFF3A, 32, 1}};

// A letter whose other case does not lead back to it.
struct OneWay {
  uint16_t letter;
  std::string_view other;
};

constexpr OneWay kToUpper[] = {
    {0xB5, "Μ"},    {0xDF, "SS"},    {0x131, "I"},    {0x149, "ʼN"},  {0x17F, "S"},
    {0x1F0, "J̌"},   {0x1C5, "Ǆ"},    {0x1C8, "Ǉ"},    {0x1CB, "Ǌ"},   {0x1F2, "Ǳ"},
    {0x345, "Ι"},   {0x390, "Ϊ́"},    {0x3B0, "Ϋ́"},    {0x3C2, "Σ"},   {0x3D0, "Β"},
    {0x3D1, "Θ"},   {0x3D5, "Φ"},    {0x3D6, "Π"},    {0x3F0, "Κ"},   {0x3F1, "Ρ"},
    {0x3F5, "Ε"},   {0x587, "ԵՒ"},   {0x1E9B, "Ṡ"},   {0x1E96, "H̱"},  {0x1E97, "T̈"},
    {0x1E98, "W̊"},  {0x1E99, "Y̊"},   {0x1E9A, "Aʾ"},  {0xFB00, "FF"}, {0xFB01, "FI"},
    {0xFB02, "FL"}, {0xFB03, "FFI"}, {0xFB04, "FFL"}, {0xFB05, "ST"}, {0xFB06, "ST"},
};

constexpr OneWay kToLower[] = {
    {0x130, "i̇"}, {0x1C5, "ǆ"},  {0x1C8, "ǉ"},  {0x1CB, "ǌ"},  {0x1F2, "ǳ"},
    {0x3F4, "θ"}, {0x1E9E, "ß"}, {0x2126, "ω"}, {0x212A, "k"}, {0x212B, "å"},
};

constexpr uint32_t kCapitalSigma = 0x3A3;
constexpr std::string_view kFinalSigma = "ς";

// For each code below U+10000 its other case, or itself.
using Partners = std::vector<uint16_t>;

Partners partners(bool to_capital) {
  Partners table(0x10000);
  for (size_t code = 0; code < table.size(); ++code) {
    table[code] = static_cast<uint16_t>(code);
  }
  for (const Range& range : kRanges) {
    for (uint32_t capital = range.from; capital <= range.to; capital += range.step) {
      const auto small = static_cast<uint32_t>(static_cast<int32_t>(capital) + range.distance);
      table[to_capital ? small : capital] = static_cast<uint16_t>(to_capital ? capital : small);
    }
  }
  return table;
}

const Partners& capitals() {
  static const Partners table = partners(true);
  return table;
}

const Partners& small_letters() {
  static const Partners table = partners(false);
  return table;
}

// Appends the character at `at` of the text in its other case, and goes behind it. Longer
// characters, and bytes that are no character, pass through.
void append_other_case(std::string_view text, size_t& at, const Partners& table,
                       std::span<const OneWay> one_way, std::string& out) {
  const size_t begin = at;
  const uint32_t code = take_code_point(text, at);
  if (at - begin > 3 || (at - begin == 1 && code >= 0x80)) {
    out += text.substr(begin, at - begin);
    return;
  }
  const auto special = std::find_if(one_way.begin(), one_way.end(),
                                    [&](const OneWay& one) { return one.letter == code; });
  if (special != one_way.end()) {
    out += special->other;
  } else {
    append_utf8(table[code], out);
  }
}

bool is_letter(std::string_view text, size_t at) {
  const uint32_t code = take_code_point(text, at);
  return code < 0x10000 && (capitals()[code] != code || small_letters()[code] != code);
}

// Whether the sigma at [begin, end) ends a word of more than itself.
bool ends_word(std::string_view text, size_t begin, size_t end) {
  size_t before = begin;
  while (before > 0 && is_continuation(text[before - 1])) {
    --before;
  }
  return before > 0 && is_letter(text, before - 1) && (end == text.size() || !is_letter(text, end));
}

// Appends the ASCII characters that the text begins with, those from `first` to the 25th behind it
// moved by `distance`. Returns how many there were.
size_t append_ascii(std::string_view text, char first, int distance, std::string& out) {
  const size_t before = out.size();
  out.resize(before + text.size());
  char* to = out.data() + before;
  size_t size = 0;
  for (; size < text.size() && static_cast<uint8_t>(text[size]) < 0x80; ++size) {
    const char c = text[size];
    const bool moves = static_cast<uint8_t>(c - first) < 26;
    to[size] = static_cast<char>(c + (moves ? distance : 0));
  }
  out.resize(before + size);
  return size;
}

char upper_of(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
char lower_of(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (lower_of(c) >= 'a' && lower_of(c) <= 'z');
}

}  // namespace

void append_upper(std::string_view text, std::string& out) {
  for (size_t at = append_ascii(text, 'a', 'A' - 'a', out); at < text.size();) {
    append_other_case(text, at, capitals(), kToUpper, out);
  }
}

void append_lower(std::string_view text, std::string& out) {
  for (size_t at = append_ascii(text, 'A', 'a' - 'A', out); at < text.size();) {
    size_t end = at;
    if (take_code_point(text, end) == kCapitalSigma && ends_word(text, at, end)) {
      out += kFinalSigma;
      at = end;
    } else {
      append_other_case(text, at, small_letters(), kToLower, out);
    }
  }
}

void append_capitalized(std::string_view text, std::string& out) {
  bool within = false;
  for (const char c : text) {
    out += within ? lower_of(c) : upper_of(c);
    within = is_word(c);
  }
}

}  // namespace millrace::function
