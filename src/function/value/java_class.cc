#include "function/value/java_class.h"

#include <array>
#include <utility>

#include "base/error.h"

namespace millrace::function {

namespace {

JavaClass of_set(CodeSet set) { return {.set = std::move(set)}; }

// One set of code points, where the class is no more than that.
bool is_set(const JavaClass& part) { return part.expression.empty() && part.properties.empty(); }

JavaClass as_set(const JavaClass& part) {
  return of_set(part.negated ? part.set.complement() : part.set);
}

JavaClass opposite(JavaClass part) {
  if (part.expression.empty()) {
    part.negated = !part.negated;
    return part;
  }
  return {.expression = "(?:(?!" + part.expression + ")[\\x{0}-\\x{10FFFF}])", .needs_exact = true};
}

JavaClass united(const JavaClass& left, const JavaClass& right) {
  const JavaClass a = is_set(left) ? as_set(left) : left;
  const JavaClass b = is_set(right) ? as_set(right) : right;
  if (a.expression.empty() && b.expression.empty() && !a.negated && !b.negated) {
    JavaClass both = a;
    both.set.add(b.set);
    both.properties += b.properties;
    return both;
  }
  return {.expression = "(?:" + a.to_string() + "|" + b.to_string() + ")",
          .needs_exact = a.needs_exact || b.needs_exact};
}

JavaClass in_both(const JavaClass& left, const JavaClass& right) {
  if (is_set(left) && is_set(right)) {
    return of_set(as_set(left).set.intersected(as_set(right).set));
  }
  return {.expression = "(?:(?=" + left.to_string() + ")" + right.to_string() + ")",
          .needs_exact = true};
}

// --- Names ---

struct Sets {
  CodeSet digits = {{'0', '9'}};
  CodeSet word = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
  CodeSet space = {{0x09, 0x0D}, {' ', ' '}};
  CodeSet horizontal = {{'\t', '\t'},     {' ', ' '},       {0xA0, 0xA0},
                        {0x1680, 0x1680}, {0x180E, 0x180E}, {0x2000, 0x200A},
                        {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}};
  CodeSet vertical = {{0x0A, 0x0D}, {0x85, 0x85}, {0x2028, 0x2029}};
};

const Sets& sets() {
  static const Sets kSets;
  return kSets;
}

std::optional<JavaClass> posix_class(std::string_view name) {
  static const std::array<std::pair<std::string_view, CodeSet>, 14> kNamed = {
      {{"Lower", {{'a', 'z'}}},
       {"Upper", {{'A', 'Z'}}},
       {"ASCII", {{0, 0x7F}}},
       {"InBasicLatin", {{0, 0x7F}}},
       {"Alpha", {{'A', 'Z'}, {'a', 'z'}}},
       {"Digit", sets().digits},
       {"Alnum", {{'0', '9'}, {'A', 'Z'}, {'a', 'z'}}},
       {"Punct", {{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}}},
       {"Graph", {{'!', '~'}}},
       {"Print", {{' ', '~'}}},
       {"Blank", {{' ', ' '}, {'\t', '\t'}}},
       {"Cntrl", {{0, 0x1F}, {0x7F, 0x7F}}},
       {"XDigit", {{'0', '9'}, {'A', 'F'}, {'a', 'f'}}},
       {"Space", sets().space}}};
  for (const auto& [known, set] : kNamed) {
    if (known == name) {
      return of_set(set);
    }
  }
  return std::nullopt;
}

JavaClass unicode_class(std::string name) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kProperties = {
      {{"IsAlphabetic", "\\p{L}\\p{Nl}"},
       {"IsLetter", "\\p{L}"},
       {"IsDigit", "\\p{Nd}"},
       {"IsUppercase", "\\p{Lu}"},
       {"IsLowercase", "\\p{Ll}"},
       {"IsPunctuation", "\\p{P}"},
       {"javaUpperCase", "\\p{Lu}"},
       {"javaLowerCase", "\\p{Ll}"}}};
  for (const auto& [known, properties] : kProperties) {
    if (known == name) {
      return {.properties = std::string(properties)};
    }
  }
  if (name.starts_with("In") || name.starts_with("java")) {
    throw Error(ErrorCode::unsupported,
                "cannot use \\p{" + name + "} in a regular expression: there are categories, " +
                    "\\p{Lu}, scripts, \\p{IsGreek}, and the classes of POSIX, \\p{Alpha}");
  }
  const size_t key = name.find('=');
  name = key != std::string::npos ? name.substr(key + 1)
         : name.starts_with("Is") ? name.substr(2)
                                  : name;
  return {.properties = "\\p{" + name + "}"};
}

// --- Reading ---

JavaClass of_character(uint32_t first, uint32_t last, const RegexFlags& flags) {
  const CodeSet set = {{first, last}};
  if (flags.any_case && flags.unicode_case) {
    return {.expression = "(?i:[" + set.to_string() + "])"};
  }
  return of_set(flags.any_case ? set.in_any_case() : set);
}

std::optional<uint32_t> take_one(RegexText& text) {
  return text.at_end()      ? std::nullopt
         : text.is_at("\\") ? text.take_escaped_character()
                            : std::optional(text.take_character());
}

// A character, or two with a dash between them.
std::optional<JavaClass> read_range(RegexText& text, const RegexFlags& flags) {
  const auto first = take_one(text);
  if (!first) {
    return std::nullopt;
  }
  const bool is_range = text.is_at("-") && !text.is_at("-]") && !text.is_at("-[");
  if (!is_range) {
    return of_character(*first, *first, flags);
  }
  text.accept("-");
  const auto last = take_one(text);
  return last && *last >= *first ? std::optional(of_character(*first, *last, flags)) : std::nullopt;
}

std::optional<JavaClass> read_quoted(RegexText& text, const RegexFlags& flags) {
  JavaClass quoted;
  while (!text.at_end() && !text.accept("\\E")) {
    const uint32_t code = text.take_character();
    quoted = united(quoted, of_character(code, code, flags));
  }
  return quoted;
}

// Up to the bracket that closes it. What stands behind && is in it as a whole.
std::optional<JavaClass> read_inside(RegexText& text, const RegexFlags& flags) {
  std::optional<JavaClass> all;
  while (!text.at_end() && (!text.is_at("]") || !all)) {
    std::optional<JavaClass> part;
    if (text.accept("&&")) {
      text.enter();
      part = read_inside(text, flags);
      text.leave();
      all = part && all ? std::optional(in_both(*all, *part)) : part;
      return all;
    }
    if (text.is_at("[")) {
      part = read_java_class(text, flags);
    } else if (text.accept("\\Q")) {
      part = read_quoted(text, flags);
    } else if (part = read_java_class_escape(text, flags); !part) {
      part = read_range(text, flags);
    }
    if (!part) {
      return std::nullopt;
    }
    all = all ? united(*all, *part) : *part;
  }
  return text.at_end() ? std::nullopt : all;
}

}  // namespace

std::string JavaClass::to_string() const {
  if (!expression.empty()) {
    return expression;
  }
  const std::string inside = set.to_string() + properties;
  if (inside.empty()) {
    return negated ? "[\\x{0}-\\x{10FFFF}]" : "[^\\x{0}-\\x{10FFFF}]";
  }
  return (negated ? "[^" : "[") + inside + "]";
}

std::optional<JavaClass> read_java_class(RegexText& text, const RegexFlags& flags) {
  text.accept("[");
  const bool negated = text.accept("^");
  text.enter();
  std::optional<JavaClass> inside = read_inside(text, flags);
  text.leave();
  if (!inside || !text.accept("]")) {
    return std::nullopt;
  }
  return negated ? opposite(std::move(*inside)) : std::move(*inside);
}

std::optional<JavaClass> read_java_class_escape(RegexText& text, const RegexFlags& flags) {
  struct Escape {
    std::string_view written;
    const CodeSet& set;
    bool negated;
  };
  const std::array<Escape, 10> escapes = {{{"\\d", sets().digits, false},
                                           {"\\D", sets().digits, true},
                                           {"\\w", sets().word, false},
                                           {"\\W", sets().word, true},
                                           {"\\s", sets().space, false},
                                           {"\\S", sets().space, true},
                                           {"\\h", sets().horizontal, false},
                                           {"\\H", sets().horizontal, true},
                                           {"\\v", sets().vertical, false},
                                           {"\\V", sets().vertical, true}}};
  for (const Escape& escape : escapes) {
    if (text.accept(escape.written)) {
      return of_set(escape.negated ? escape.set.complement() : escape.set);
    }
  }
  const bool negated = text.is_at("\\P");
  if (!text.accept("\\p") && !text.accept("\\P")) {
    return std::nullopt;
  }
  std::string name;
  if (text.accept("{")) {
    while (!text.at_end() && !text.accept("}")) {
      name += text.peek();
      text.skip();
    }
  } else if (!text.at_end()) {
    name = text.peek();
    text.skip();
  }
  const std::optional<JavaClass> posix = posix_class(name);
  JavaClass named = posix ? *posix : unicode_class(name);
  if (flags.any_case && !named.properties.empty() && (name == "Lu" || name == "Ll")) {
    named.properties = "\\p{Lu}\\p{Ll}\\p{Lt}";
  }
  return negated ? opposite(std::move(named)) : std::move(named);
}

}  // namespace millrace::function
