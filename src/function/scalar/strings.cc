// Functions of strings. Positions and lengths count code points, from 1.

#include <algorithm>
#include <limits>
#include <optional>

#include "function/kernel.h"
#include "function/scalar/binding.h"
#include "function/scalar/families.h"
#include "function/value/letter_case.h"
#include "function/value/utf16.h"
#include "function/value/utf8.h"

namespace millrace::function {

namespace {

// make(text, out) appends the result of one string to an empty `out`.
template <typename Make>
Column each_text(const KernelCall& call, Make make) {
  return map_present<ResultStrings, StringRef>(
      call,
      [&, out = std::string()](ResultStrings& to, uint32_t row, const StringRef& text) mutable {
        out.clear();
        make(text.view(), out);
        to.set(row, out);
      });
}

Column upper(const KernelCall& call) { return each_text(call, append_upper); }
Column lower(const KernelCall& call) { return each_text(call, append_lower); }
Column capitalized(const KernelCall& call) { return each_text(call, append_capitalized); }

void prepend_characters(std::string_view text, std::string& out) {
  while (!text.empty()) {
    const size_t size = first_character_size(text);
    out.insert(0, text.substr(0, size));
    text.remove_prefix(size);
  }
}

std::string backwards(std::string_view text) {
  std::string out;
  prepend_characters(text, out);
  return out;
}

Column reversed(const KernelCall& call) { return each_text(call, prepend_characters); }

Column character_count(const KernelCall& call) {
  return map_values<int32_t, StringRef>(call, [](const StringRef& text) {
    return static_cast<int32_t>(count_characters(text.view()));
  });
}

Column first_byte(const KernelCall& call) {
  return map_values<int32_t, StringRef>(call, [](const StringRef& text) -> int32_t {
    return text.size() == 0 ? 0 : static_cast<int8_t>(text.view().front());
  });
}

std::string_view characters(std::string_view text, size_t from, size_t count) {
  const size_t begin = byte_of_character(text, from);
  const std::string_view rest = text.substr(begin);
  return rest.substr(0, byte_of_character(rest, count));
}

// From a position, of which a negative one counts from the end and zero stands for one.
std::string_view part_from(std::string_view text, int64_t position, size_t count) {
  if (position >= 0) {
    return characters(text, static_cast<size_t>(std::max<int64_t>(position, 1) - 1), count);
  }
  const auto length = static_cast<int64_t>(count_characters(text));
  return length + position < 0 ? std::string_view()
                               : characters(text, static_cast<size_t>(length + position), count);
}

Column substring(const KernelCall& call) {
  if (call.arguments.size() == 2) {
    return map_present<ResultStrings, StringRef, int64_t>(
        call, [](ResultStrings& to, uint32_t row, const StringRef& text, int64_t position) {
          to.set_borrowed(row, part_from(text.view(), position, SIZE_MAX));
        });
  }
  return map_present<ResultStrings, StringRef, int64_t, int64_t>(
      call,
      [](ResultStrings& to, uint32_t row, const StringRef& text, int64_t position, int64_t length) {
        if (length < 0) {
          return to.set_null(row);
        }
        to.set_borrowed(row, part_from(text.view(), position, static_cast<size_t>(length)));
      });
}

size_t at_least_none(int64_t count) { return static_cast<size_t>(std::max<int64_t>(count, 0)); }

Column left_part(const KernelCall& call) {
  return map_present<ResultStrings, StringRef, int64_t>(
      call, [](ResultStrings& to, uint32_t row, const StringRef& text, int64_t count) {
        to.set_borrowed(row, characters(text.view(), 0, at_least_none(count)));
      });
}

Column right_part(const KernelCall& call) {
  return map_present<ResultStrings, StringRef, int64_t>(
      call, [](ResultStrings& to, uint32_t row, const StringRef& text, int64_t count) {
        const size_t length = count_characters(text.view());
        const size_t dropped = length - std::min(at_least_none(count), length);
        to.set_borrowed(row, characters(text.view(), dropped, length));
      });
}

enum class Side : uint8_t { left, right };

// Results longer than this are taken for a mistake in the data, not for something to allocate.
constexpr int64_t kLongest = 16 << 20;

std::u16string padding_of(std::u16string_view pad, size_t missing) {
  std::u16string padding;
  while (padding.size() < missing) {
    padding += pad.substr(0, missing - padding.size());
  }
  return padding;
}

// To a length in UTF-16, as in Flink.
template <Side side>
std::string padded_to(std::string_view text, size_t length, std::string_view pad) {
  const std::u16string kept = to_utf16(text).substr(0, length);
  const std::u16string padding = padding_of(to_utf16(pad), length - kept.size());
  return from_utf16(side == Side::left ? padding + kept : kept + padding);
}

template <Side side>
Column padded(const KernelCall& call) {
  return map_present<ResultStrings, StringRef, int64_t, StringRef>(
      call, [](ResultStrings& to, uint32_t row, const StringRef& text, int64_t length,
               const StringRef& pad) {
        if (length < 0 || pad.size() == 0) {
          return to.set_null(row);  // also where the type says that it cannot be, as in Flink
        }
        if (length > kLongest) {
          return to.fail(row, "cannot pad to " + std::to_string(length) + " characters");
        }
        to.set(row, padded_to<side>(text.view(), static_cast<size_t>(length), pad.view()));
      });
}

Column repeated(const KernelCall& call) {
  return map_present<ResultStrings, StringRef, int64_t>(
      call, [](ResultStrings& to, uint32_t row, const StringRef& text, int64_t times) {
        const std::string_view part = text.view();
        if (times > kLongest || times * static_cast<int64_t>(part.size()) > kLongest) {
          return to.fail(row, "cannot repeat a string " + std::to_string(times) + " times");
        }
        std::string out;
        for (int64_t i = 0; i < times; ++i) {
          out += part;
        }
        to.set(row, out);
      });
}

// Ahead of each code of UTF-16 and at the end: what replacing no text at all means in Java.
std::string with_between(std::string_view text, std::string_view added) {
  std::string out(added);
  for (const char16_t code : to_utf16(text)) {
    out += from_utf16({&code, 1});
    out += added;
  }
  return out;
}

Column replaced(const KernelCall& call) {
  return map_present<ResultStrings, StringRef, StringRef, StringRef>(
      call, [out = std::string()](ResultStrings& to, uint32_t row, const StringRef& text,
                                  const StringRef& search, const StringRef& replacement) mutable {
        const std::string_view wanted = search.view();
        if (wanted.empty()) {
          return to.set(row, with_between(text.view(), replacement.view()));
        }
        std::string_view rest = text.view();
        size_t at = rest.find(wanted);
        if (at == std::string_view::npos) {
          return to.set_borrowed(row, rest);
        }
        out.clear();
        for (; at != std::string_view::npos; at = rest.find(wanted)) {
          out += rest.substr(0, at);
          out += replacement.view();
          rest.remove_prefix(at + wanted.size());
        }
        out += rest;
        to.set(row, out);
      });
}

// `part` in the place of `count` codes of UTF-16 from a position on, of as many as it has where
// nothing is said; of all the rest where it is not above zero.
std::string overlay(std::string_view whole, std::string_view part, int64_t position,
                    std::optional<int64_t> count) {
  const std::u16string codes = to_utf16(whole);
  const auto total = static_cast<int64_t>(codes.size());
  if (position <= 0 || position > total) {
    return std::string(whole);
  }
  const std::u16string added = to_utf16(part);
  const auto begin = static_cast<size_t>(position - 1);
  const int64_t dropped = count.value_or(static_cast<int64_t>(added.size()));
  const size_t rest =
      dropped <= 0 ? codes.size() : begin + static_cast<size_t>(std::min(dropped, total));
  return from_utf16(codes.substr(0, begin) + added + codes.substr(std::min(rest, codes.size())));
}

// OVERLAY(text PLACING replacement FROM position [FOR length]).
Column overlaid(const KernelCall& call) {
  if (call.arguments.size() == 3) {
    return map_present<ResultStrings, StringRef, StringRef, int64_t>(
        call, [](ResultStrings& to, uint32_t row, const StringRef& text, const StringRef& part,
                 int64_t position) {
          to.set(row, overlay(text.view(), part.view(), position, std::nullopt));
        });
  }
  return map_present<ResultStrings, StringRef, StringRef, int64_t, int64_t>(
      call, [](ResultStrings& to, uint32_t row, const StringRef& text, const StringRef& part,
               int64_t position, int64_t length) {
        to.set(row, overlay(text.view(), part.view(), position, length));
      });
}

// Position of `part` in `whole` at or after `from`; 0 where there is none. No text is at the
// beginning, wherever one looks from.
int32_t position_of(std::string_view part, std::string_view whole, int64_t from) {
  if (part.empty()) {
    return 1;
  }
  const size_t begin =
      byte_of_character(whole, static_cast<size_t>(std::max<int64_t>(from, 1) - 1));
  const size_t found = whole.find(part, begin);
  return found == std::string_view::npos
             ? 0
             : static_cast<int32_t>(count_characters(whole.substr(0, found))) + 1;
}

// POSITION(part IN whole [FROM start]), LOCATE(part, whole [, from]).
Column located(const KernelCall& call) {
  if (call.arguments.size() < 3) {
    return map_pairs<int32_t, StringRef, StringRef>(
        call, [](const StringRef& part, const StringRef& whole) {
          return position_of(part.view(), whole.view(), 1);
        });
  }
  return map_present<ResultValues<int32_t>, StringRef, StringRef, int64_t>(
      call,
      [](ResultValues<int32_t>& to, uint32_t row, const StringRef& part, const StringRef& whole,
         int64_t from) { to.set(row, position_of(part.view(), whole.view(), from)); });
}

// Where `part` is found the n-th time at or after `from`; found times may overlap. A negative
// `from` counts from the end, and looks towards the beginning.
int32_t nth_position_of(std::string_view part, std::string_view whole, int64_t from, int64_t n) {
  if (from < 0) {
    const int32_t behind = nth_position_of(backwards(part), backwards(whole), -from, n);
    return behind == 0 ? 0
                       : static_cast<int32_t>(count_characters(whole)) + 2 - behind -
                             static_cast<int32_t>(count_characters(part));
  }
  int32_t found = from == 0 ? 0 : position_of(part, whole, from);
  for (; found > 0 && n > 1 && !part.empty(); --n) {
    found = position_of(part, whole, found + 1);
  }
  return found;
}

// INSTR(whole, part [, from [, n]]).
Column found_in(const KernelCall& call) {
  if (call.arguments.size() == 2) {
    return map_pairs<int32_t, StringRef, StringRef>(
        call, [](const StringRef& whole, const StringRef& part) {
          return position_of(part.view(), whole.view(), 1);
        });
  }
  if (call.arguments.size() == 3) {
    return map_present<ResultValues<int32_t>, StringRef, StringRef, int64_t>(
        call,
        [](ResultValues<int32_t>& to, uint32_t row, const StringRef& whole, const StringRef& part,
           int64_t from) { to.set(row, nth_position_of(part.view(), whole.view(), from, 1)); });
  }
  return map_present<ResultValues<int32_t>, StringRef, StringRef, int64_t, int64_t>(
      call, [](ResultValues<int32_t>& to, uint32_t row, const StringRef& whole,
               const StringRef& part, int64_t from, int64_t n) {
        if (n <= 0) {
          return to.fail(row, "nthAppearance must be positive!");
        }
        to.set(row, nth_position_of(part.view(), whole.view(), from, n));
      });
}

Column starts_with(const KernelCall& call) {
  return map_pairs<uint8_t, StringRef, StringRef>(
      call, [](const StringRef& text, const StringRef& start) -> uint8_t {
        return text.view().starts_with(start.view());
      });
}

Column ends_with(const KernelCall& call) {
  return map_pairs<uint8_t, StringRef, StringRef>(
      call, [](const StringRef& text, const StringRef& end) -> uint8_t {
        return text.view().ends_with(end.view());
      });
}

// Text, or bytes on both sides.
std::optional<ScalarSignature> bind_end(std::string_view name, std::span<const Type> given,
                                        Kernel kernel) {
  const bool bytes = given.size() == 2 && given[0].is_binary() && given[1].is_binary();
  return strict(name,
                bytes ? std::optional(std::vector<Type>(given.begin(), given.end()))
                      : fitted(given, {Accepts::text, Accepts::text}, 2),
                Type::of(TypeKind::boolean), kernel);
}

// Long enough for the whole text and the part in it.
std::optional<ScalarSignature> bind_overlay(std::span<const Type> given) {
  std::optional<ScalarSignature> signature = strict(
      "OVERLAY", fitted(given, {Accepts::text, Accepts::text, Accepts::whole, Accepts::whole}, 3),
      Type::string(), overlaid);
  if (signature) {
    const int64_t length =
        static_cast<int64_t>(signature->arguments[0].precision) + signature->arguments[1].precision;
    signature->result = Type::with_length(
        TypeKind::varchar,
        static_cast<int32_t>(std::min<int64_t>(length, std::numeric_limits<int32_t>::max())),
        signature->result.nullable);
  }
  return signature;
}

constexpr auto kText = Accepts::text;
constexpr auto kWhole = Accepts::whole;
using Types = std::span<const Type>;

Type integer() { return Type::of(TypeKind::integer); }

// As long as the argument may be, and of its kind.
std::optional<ScalarSignature> in_its_type(std::optional<ScalarSignature> signature) {
  if (signature) {
    signature->result = signature->arguments[0].as_nullable(signature->result.nullable);
  }
  return signature;
}

constexpr ScalarFunction kFunctions[] = {
    {"UPPER", "UPPER(string)", "In capital letters.",
     [](Types given) {
       return in_its_type(strict("UPPER", fitted(given, {kText}, 1), Type::string(), upper));
     }},
    {"LOWER", "LOWER(string)", "In small letters.",
     [](Types given) {
       return in_its_type(strict("LOWER", fitted(given, {kText}, 1), Type::string(), lower));
     }},
    {"INITCAP", "INITCAP(string)", "Each word with a capital letter and small ones.",
     [](Types given) {
       return in_its_type(
           strict("INITCAP", fitted(given, {kText}, 1), Type::string(), capitalized));
     }},
    {"REVERSE", "REVERSE(string)", "Back to front.",
     [](Types given) {
       return partial("REVERSE", fitted(given, {kText}, 1), Type::string(), reversed);
     }},
    {"CHAR_LENGTH", "CHAR_LENGTH(string)", "The number of characters.",
     [](Types given) {
       return strict("CHAR_LENGTH", fitted(given, {kText}, 1), integer(), character_count);
     }},
    {"CHARACTER_LENGTH", "CHARACTER_LENGTH(string)", "The number of characters.",
     [](Types given) {
       return strict("CHARACTER_LENGTH", fitted(given, {kText}, 1), integer(), character_count);
     }},
    {"ASCII", "ASCII(string)", "The first byte as a number; 0 for an empty string.",
     [](Types given) { return strict("ASCII", fitted(given, {kText}, 1), integer(), first_byte); }},
    {"SUBSTRING", "SUBSTRING(string, start [, length])",
     "The part from a position, which counts from the end where it is negative.",
     [](Types given) {
       return within_length(partial("SUBSTRING", fitted(given, {kText, kWhole, kWhole}, 2),
                                    Type::string(), substring));
     }},
    {"SUBSTR", "SUBSTR(string, start [, length])", "The same as SUBSTRING.",
     [](Types given) {
       return within_length(
           partial("SUBSTR", fitted(given, {kText, kWhole, kWhole}, 2), Type::string(), substring));
     }},
    {"LEFT", "LEFT(string, count)", "The first characters.",
     [](Types given) {
       return within_length(
           partial("LEFT", fitted(given, {kText, kWhole}, 2), Type::string(), left_part));
     }},
    {"RIGHT", "RIGHT(string, count)", "The last characters.",
     [](Types given) {
       return within_length(
           partial("RIGHT", fitted(given, {kText, kWhole}, 2), Type::string(), right_part));
     }},
    {"LPAD", "LPAD(string, length, pad)", "Filled up from the left, or cut, to this length.",
     [](Types given) {
       return strict("LPAD", fitted(given, {kText, kWhole, kText}, 3), Type::string(),
                     padded<Side::left>);
     }},
    {"RPAD", "RPAD(string, length, pad)", "Filled up on the right, or cut, to this length.",
     [](Types given) {
       return strict("RPAD", fitted(given, {kText, kWhole, kText}, 3), Type::string(),
                     padded<Side::right>);
     }},
    {"REPEAT", "REPEAT(string, times)", "Several times over.",
     [](Types given) {
       return strict("REPEAT", fitted(given, {kText, kWhole}, 2), Type::string(), repeated);
     }},
    {"REPLACE", "REPLACE(string, search, replacement)", "With every occurrence replaced.",
     [](Types given) {
       return strict("REPLACE", fitted(given, {kText, kText, kText}, 3), Type::string(), replaced);
     }},
    {"OVERLAY", "OVERLAY(string PLACING replacement FROM start [FOR length])",
     "With the part from a position replaced.", bind_overlay},
    {"POSITION", "POSITION(part IN string [FROM start])",
     "Where the part first is, from 1; 0 if nowhere.",
     [](Types given) {
       return strict("POSITION", fitted(given, {kText, kText, kWhole}, 2), integer(), located);
     }},
    {"LOCATE", "LOCATE(part, string [, from])", "Where the part first is, from 1; 0 if nowhere.",
     [](Types given) {
       return strict("LOCATE", fitted(given, {kText, kText, kWhole}, 2), integer(), located);
     }},
    {"INSTR", "INSTR(string, part [, from [, n]])",
     "Where the part is for the n-th time, from 1; 0 if nowhere. From below zero on it looks from "
     "the end.",
     [](Types given) {
       return strict("INSTR", fitted(given, {kText, kText, kWhole, kWhole}, 2), integer(),
                     found_in);
     }},
    {"STARTSWITH", "STARTSWITH(string, start)", "Whether the string begins so.",
     [](Types given) { return bind_end("STARTSWITH", given, starts_with); }},
    {"ENDSWITH", "ENDSWITH(string, end)", "Whether the string ends so.",
     [](Types given) { return bind_end("ENDSWITH", given, ends_with); }},
};

}  // namespace

std::span<const ScalarFunction> string_functions() { return kFunctions; }

}  // namespace millrace::function
