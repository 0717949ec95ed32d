#include "function/value/java_regex.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>

#include "base/error.h"
#include "function/value/java_class.h"
#include "function/value/regex_text.h"

namespace millrace::function {

namespace {

// What ends a line.
constexpr std::string_view kNoLineEnd = "[^\\n\\r\\x{85}\\x{2028}\\x{2029}]";
// Ahead of the last line end of a text or at its end.
constexpr std::string_view kTextEnd =
    "(?:\\z|(?=\\r\\n\\z)|(?=[\\r\\x{85}\\x{2028}\\x{2029}]\\z)|(?<!\\r)(?=\\n\\z))";
constexpr std::string_view kLineBegin =
    "(?:(?!\\z)(?:\\A|(?<=[\\n\\x{85}\\x{2028}\\x{2029}])|(?<=\\r)(?!\\n)))";
constexpr std::string_view kLineEnd = "(?:\\z|(?=[\\r\\x{85}\\x{2028}\\x{2029}])|(?<!\\r)(?=\\n))";
constexpr std::string_view kWordEdge =
    "(?:(?<=[\\p{L}\\p{Nd}_])(?![\\p{L}\\p{Nd}_])|(?<![\\p{L}\\p{Nd}_])(?=[\\p{L}\\p{Nd}_]))";
constexpr std::string_view kNoWordEdge =
    "(?:(?<=[\\p{L}\\p{Nd}_])(?=[\\p{L}\\p{Nd}_])|(?<![\\p{L}\\p{Nd}_])(?![\\p{L}\\p{Nd}_]))";
constexpr std::string_view kNever = "[^\\x{0}-\\x{10FFFF}]";

// Reads a pattern and writes both translations side by side. A function that gives false has met
// what is no pattern.
class Translator {
 public:
  explicit Translator(std::string_view pattern) : text_(pattern) {}

  bool run() { return translate_alternatives() && text_.at_end(); }
  TranslatedRegex take() { return std::move(out_); }

 private:
  void emit(std::string_view both) {
    out_.linear += both;
    out_.exact += both;
  }
  void emit_by_text(std::string_view linear, std::string_view exact) {
    out_.linear += linear;
    out_.exact += exact;
    out_.linear_of_plain_text = true;
  }
  void emit_exact(std::string_view exact) {
    out_.exact += exact;
    out_.needs_exact = true;
  }

  // Up to the end or to the bracket that closes the group.
  bool translate_alternatives() {
    while (!text_.at_end() && !text_.is_at(")")) {
      if (text_.accept("|")) {
        emit("|");
      } else if (!translate_part()) {
        return false;
      }
    }
    return true;
  }

  bool translate_part() {
    if (flags_.comments && skip_comment()) {
      return true;
    }
    if (text_.is_at("(")) {
      return translate_group();
    }
    const size_t linear = out_.linear.size();
    const size_t exact = out_.exact.size();
    return translate_atom() && translate_quantifier(linear, exact);
  }

  bool skip_comment() {
    if (text_.accept("#")) {
      text_.skip_line();
      return true;
    }
    return std::isspace(static_cast<uint8_t>(text_.peek())) != 0 && text_.skip();
  }

  // --- Groups ---

  bool translate_group() {
    const size_t linear = out_.linear.size();
    const size_t exact = out_.exact.size();
    const RegexFlags before = flags_;
    text_.accept("(");
    if (!text_.accept("?")) {
      ++groups_;
      emit("(");
    } else if (const auto is_whole = open_special_group(); !is_whole) {
      return false;
    } else if (*is_whole) {
      return true;  // flags for what follows
    }
    text_.enter();
    if (!translate_alternatives() || !text_.accept(")")) {
      return false;
    }
    text_.leave();
    emit(")");
    flags_ = before;
    return translate_quantifier(linear, exact);
  }

  // Behind "(?": whether the group has ended with its flags; nothing for what is no group.
  std::optional<bool> open_special_group() {
    for (const std::string_view look : {"=", "!", "<=", "<!", ">"}) {
      if (text_.accept(look)) {
        emit_exact("(?" + std::string(look));
        return false;
      }
    }
    if (text_.accept("<")) {
      return open_named_group();
    }
    const std::optional<RegexFlags> flags = text_.accept_flags(flags_);
    if (!flags) {
      return std::nullopt;
    }
    flags_ = *flags;
    if (text_.accept(")")) {
      return true;
    }
    emit("(?:");
    return text_.accept(":") ? std::optional(false) : std::nullopt;
  }

  std::optional<bool> open_named_group() {
    const std::string name(text_.accept_name());
    if (name.empty() || !text_.accept(">") || !names_.emplace(name, ++groups_).second) {
      return std::nullopt;
    }
    emit("(");  // by its number alone, for a name may hold what another engine does not take
    return false;
  }

  // --- Atoms ---

  bool translate_atom() {
    if (text_.is_at("[")) {
      std::optional<JavaClass> in_brackets = read_java_class(text_, flags_);
      return in_brackets && emit_class(*in_brackets);
    }
    if (text_.is_at("\\")) {
      return translate_escape();
    }
    switch (text_.peek()) {
      case '^':
        flags_.multiline ? emit_by_text("(?m:^)", kLineBegin) : emit("\\A");
        return text_.skip();
      case '$':
        flags_.multiline ? emit_by_text("(?m:$)", kLineEnd) : emit_by_text("\\z", kTextEnd);
        return text_.skip();
      case '.':
        emit(flags_.dotall ? "(?s:.)" : flags_.unix_lines ? "[^\\n]" : kNoLineEnd);
        return text_.skip();
      case '*':
      case '+':
      case '?':
      case '{': return false;
      default: return emit_literal(text_.take_character());
    }
  }

  bool emit_class(const JavaClass& in_brackets) {
    out_.needs_exact = out_.needs_exact || in_brackets.needs_exact;
    emit(in_brackets.to_string());
    return true;
  }

  bool emit_literal(uint32_t code) {
    CodeSet set{{code, code}};
    if (flags_.any_case && flags_.unicode_case) {
      emit("(?i:[" + set.to_string() + "])");
    } else if (flags_.any_case && code < 0x80 && std::isalpha(static_cast<int>(code)) != 0) {
      emit("[" + set.in_any_case().to_string() + "]");
    } else if (code < 0x80 && std::isalnum(static_cast<int>(code)) != 0) {
      emit(std::string(1, static_cast<char>(code)));
    } else {
      emit(set.to_string());
    }
    return true;
  }

  bool translate_escape() {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kSame = {
        {{"\\A", "\\A"},
         {"\\z", "\\z"},
         {"\\R", "(?:\\r\\n|[\\n-\\r\\x{85}\\x{2028}\\x{2029}])"},
         {"\\Q\\E", ""}}};
    for (const auto& [written, meant] : kSame) {
      if (text_.accept(written)) {
        emit(meant);
        return true;
      }
    }
    if (text_.accept("\\Z")) {
      emit_by_text("\\z", kTextEnd);
    } else if (text_.accept("\\b")) {
      emit_by_text("\\b", kWordEdge);
    } else if (text_.accept("\\B")) {
      emit_by_text("\\B", kNoWordEdge);
    } else if (text_.accept("\\X")) {
      emit_exact("\\X");
    } else if (text_.accept("\\G")) {
      throw Error(ErrorCode::unsupported,
                  "cannot use \\G, the end of the fit before, in a regular expression");
    } else if (text_.accept("\\Q")) {
      return translate_quoted();
    } else if (text_.accept("\\k<")) {
      return translate_named_reference();
    } else if (const size_t group = text_.accept_reference(groups_); group > 0) {
      refer_to(group);
    } else if (std::optional<JavaClass> named = read_java_class_escape(text_, flags_)) {
      return emit_class(*named);
    } else if (const auto code = text_.take_escaped_character()) {
      return emit_literal(*code);
    } else {
      return false;
    }
    return true;
  }

  // A quantifier behind \E is the last character's.
  bool translate_quoted() {
    const auto ends = [&] { return text_.at_end() || text_.accept("\\E"); };
    size_t linear = out_.linear.size();
    size_t exact = out_.exact.size();
    while (!ends()) {
      linear = out_.linear.size();
      exact = out_.exact.size();
      emit_literal(text_.take_character());
    }
    return translate_quantifier(linear, exact);
  }

  bool translate_named_reference() {
    const std::string name(text_.accept_name());
    const auto known = names_.find(name);
    if (known == names_.end() || !text_.accept(">")) {
      return false;
    }
    refer_to(known->second);
    return true;
  }

  // A group that is not there yet fits nothing, which is no mistake.
  void refer_to(size_t group) {
    const std::string reference = "\\g{" + std::to_string(group) + "}";
    emit_exact(group > groups_   ? std::string(kNever)
               : flags_.any_case ? "(?i:" + reference + ")"
                                 : reference);
  }

  // --- Quantifiers ---

  // Of what was written from these places on.
  bool translate_quantifier(size_t linear, size_t exact) {
    if (flags_.comments) {
      while (!text_.at_end() && skip_comment()) {
      }
    }
    std::string times;
    if (!text_.accept_quantifier(times)) {
      return false;
    }
    if (times.empty()) {
      return true;
    }
    group_from(out_.linear, linear);
    group_from(out_.exact, exact);
    emit(times);
    if (text_.accept("?")) {
      emit("?");
    } else if (text_.accept("+")) {
      emit_exact("+");
    }
    return true;
  }
  static void group_from(std::string& text, size_t from) {
    text.insert(from, "(?:");
    text += ')';
  }

  RegexText text_;
  RegexFlags flags_;
  size_t groups_ = 0;
  std::map<std::string, size_t> names_;
  TranslatedRegex out_;
};

}  // namespace

std::optional<TranslatedRegex> translate_java_regex(std::string_view pattern) {
  Translator translator(pattern);
  return translator.run() ? std::optional(translator.take()) : std::nullopt;
}

}  // namespace millrace::function
