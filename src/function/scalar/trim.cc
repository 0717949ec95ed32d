// TRIM and its relatives: characters of a set taken off the ends.

#include "function/kernel.h"
#include "function/scalar/binding.h"
#include "function/scalar/families.h"
#include "function/value/utf8.h"

namespace millrace::function {

namespace {

bool has_character(std::string_view set, std::string_view character) {
  while (!set.empty()) {
    const size_t size = first_character_size(set);
    if (set.substr(0, size) == character) {
      return true;
    }
    set.remove_prefix(size);
  }
  return false;
}

std::string_view without_front(std::string_view text, std::string_view set) {
  while (!text.empty() && has_character(set, text.substr(0, first_character_size(text)))) {
    text.remove_prefix(first_character_size(text));
  }
  return text;
}

std::string_view without_back(std::string_view text, std::string_view set) {
  while (!text.empty()) {
    size_t last = text.size() - 1;
    while (last > 0 && is_continuation(text[last])) {
      --last;
    }
    if (!has_character(set, text.substr(last))) {
      break;
    }
    text = text.substr(0, last);
  }
  return text;
}

std::string_view trimmed_at(std::string_view side, std::string_view text, std::string_view set) {
  if (side != "TRAILING") {
    text = without_front(text, set);
  }
  return side == "LEADING" ? text : without_back(text, set);
}

// TRIM(side, set, text): the words of TRIM(BOTH 'x' FROM text) as arguments.
Column trim_words(const KernelCall& call) {
  return map_present<ResultStrings, StringRef, StringRef, StringRef>(
      call, [](ResultStrings& to, uint32_t row, const StringRef& side, const StringRef& set,
               const StringRef& text) {
        to.set_borrowed(row, trimmed_at(side.view(), text.view(), set.view()));
      });
}

enum class Ends : uint8_t { front, back, both };

// LTRIM(text [, set]).
template <Ends ends>
Column trim_ends(const KernelCall& call) {
  constexpr std::string_view kSide = ends == Ends::front  ? "LEADING"
                                     : ends == Ends::back ? "TRAILING"
                                                          : "BOTH";
  ResultStrings result(call);
  const bool has_set = call.arguments.size() > 1;
  const View<StringRef> text(call.arguments[0]);
  const View<StringRef> set(call.arguments[has_set ? 1 : 0]);
  for_each_present(
      call.rows, result,
      [&](uint32_t row) {
        const std::string_view taken = has_set ? set[row].view() : std::string_view(" ");
        result.set_borrowed(row, trimmed_at(kSide, text[row].view(), taken));
      },
      text, set);
  return result.finish();
}

constexpr auto kText = Accepts::text;
using Types = std::span<const Type>;

constexpr ScalarFunction kFunctions[] = {
    {"TRIM", "TRIM([BOTH | LEADING | TRAILING] [characters FROM] string)",
     "Without these characters, or spaces, at the ends.",
     [](Types given) {
       auto signature =
           strict("TRIM", fitted(given, {kText, kText, kText}, 3), Type::string(), trim_words);
       if (signature) {  // the text is the last
         signature->result = Type::with_length(TypeKind::varchar, signature->arguments[2].precision,
                                               signature->result.nullable);
       }
       return signature;
     }},
    {"LTRIM", "LTRIM(string [, characters])", "Without these characters, or spaces, in front.",
     [](Types given) {
       return within_length(strict("LTRIM", fitted(given, {kText, kText}, 1), Type::string(),
                                   trim_ends<Ends::front>));
     }},
    {"RTRIM", "RTRIM(string [, characters])", "Without these characters, or spaces, at the end.",
     [](Types given) {
       return within_length(strict("RTRIM", fitted(given, {kText, kText}, 1), Type::string(),
                                   trim_ends<Ends::back>));
     }},
    {"BTRIM", "BTRIM(string [, characters])", "Without these characters, or spaces, at both ends.",
     [](Types given) {
       return strict("BTRIM", fitted(given, {kText, kText}, 1), Type::string(),
                     trim_ends<Ends::both>);
     }},
};

}  // namespace

std::span<const ScalarFunction> trim_functions() { return kFunctions; }

}  // namespace millrace::function
