// LIKE: % stands for any characters, _ for one, which as in Flink is not the end of a line. Without
// ESCAPE no character is special otherwise.

#include "base/error.h"
#include "function/kernel.h"
#include "function/scalar/binding.h"
#include "function/scalar/families.h"
#include "function/value/utf8.h"

namespace millrace::function {

namespace {

// A pattern cut at its %: the parts must follow each other in the text.
class LikePattern {
 public:
  // Throws Error where the escape character stands before what needs none.
  LikePattern(std::string_view pattern, std::string_view escape)
      : pattern_(pattern), escape_(escape) {
    parts_.emplace_back();
    while (!pattern.empty()) {
      const size_t size = first_character_size(pattern);
      const std::string_view character = pattern.substr(0, size);
      pattern.remove_prefix(size);
      if (!escape.empty() && character == escape) {
        const size_t next = first_character_size(pattern);
        const std::string_view escaped = pattern.substr(0, next);
        if (escaped != "%" && escaped != "_" && escaped != escape) {
          throw Error(ErrorCode::invalid_argument,
                      "the escape character of LIKE must stand before %, _ or itself");
        }
        pattern.remove_prefix(next);
        parts_.back().push_back({std::string(escaped), false});
      } else if (character == "%") {
        parts_.emplace_back();
      } else {
        parts_.back().push_back({std::string(character), character == "_"});
      }
    }
  }

  bool is_of(std::string_view pattern, std::string_view escape) const {
    return pattern_ == pattern && escape_ == escape;
  }

  bool matches(std::string_view text) const {
    if (parts_.size() == 1) {
      return match_here(parts_[0], text) == text.size();
    }
    const size_t start = match_here(parts_[0], text);
    if (start == std::string_view::npos) {
      return false;
    }
    text.remove_prefix(start);
    for (size_t i = 1; i + 1 < parts_.size(); ++i) {
      const size_t end = find(parts_[i], text);
      if (end == std::string_view::npos) {
        return false;
      }
      text.remove_prefix(end);
    }
    return ends_with(parts_.back(), text);
  }

 private:
  struct Item {
    std::string character;
    bool any;
  };
  using Part = std::vector<Item>;

  static bool ends_line(std::string_view character) {
    return character == "\n" || character == "\r" || character == "\u0085" ||
           character == "\u2028" || character == "\u2029";
  }
  // Bytes of the text's front that the part covers, or npos.
  static size_t match_here(const Part& part, std::string_view text) {
    size_t at = 0;
    for (const Item& item : part) {
      const size_t size = first_character_size(text.substr(at));
      const std::string_view character = text.substr(at, size);
      if (size == 0 || (item.any ? ends_line(character) : character != item.character)) {
        return std::string_view::npos;
      }
      at += size;
    }
    return at;
  }
  // The end of the part's first place in the text, or npos.
  static size_t find(const Part& part, std::string_view text) {
    for (size_t at = 0; at <= text.size();) {
      const size_t size = match_here(part, text.substr(at));
      if (size != std::string_view::npos) {
        return at + size;
      }
      if (at == text.size()) {
        break;
      }
      at += first_character_size(text.substr(at));
    }
    return std::string_view::npos;
  }
  static bool ends_with(const Part& part, std::string_view text) {
    const size_t length = count_characters(text);
    if (length < part.size()) {
      return false;
    }
    const size_t from = byte_of_character(text, length - part.size());
    return match_here(part, text.substr(from)) != std::string_view::npos;
  }

  std::string pattern_;
  std::string escape_;
  std::vector<Part> parts_;
};

std::optional<LikePattern> compile(ResultValues<uint8_t>& result, uint32_t row,
                                   std::string_view pattern, std::string_view escape) {
  try {
    return LikePattern(pattern, escape);
  } catch (const Error& error) {  // other rows may have good ones
    result.fail(row, error.message());
    return std::nullopt;
  }
}

Column like(const KernelCall& call) {
  ResultValues<uint8_t> result(call);
  const bool has_escape = call.arguments.size() > 2;
  const View<StringRef> text(call.arguments[0]);
  const View<StringRef> pattern(call.arguments[1]);
  const View<StringRef> escape(call.arguments[has_escape ? 2 : 1]);
  std::optional<LikePattern> compiled;
  for_each_present(
      call.rows, result,
      [&](uint32_t row) {
        const std::string_view escaping = has_escape ? escape[row].view() : std::string_view();
        if (!compiled || !compiled->is_of(pattern[row].view(), escaping)) {
          compiled = compile(result, row, pattern[row].view(), escaping);
        }
        if (compiled) {
          result.set(row, compiled->matches(text[row].view()));
        }
      },
      text, pattern, escape);
  return result.finish();
}

constexpr auto kText = Accepts::text;

std::optional<ScalarSignature> bind(std::span<const Type> given) {
  auto signature =
      strict("LIKE", fitted(given, {kText, kText, kText}, 2), Type::of(TypeKind::boolean), like);
  if (signature) {
    signature->predicate = Predicate::like;
  }
  return signature;
}

constexpr ScalarFunction kFunctions[] = {
    {"LIKE", "string LIKE pattern [ESCAPE character]",
     "Whether the string fits a pattern: % is any characters, _ is one.", bind},
};

}  // namespace

std::span<const ScalarFunction> like_functions() { return kFunctions; }

}  // namespace millrace::function
