// JSON_STRING, JSON_QUOTE and JSON_UNQUOTE: values and texts as JSON, and texts that were JSON.

#include <cstdio>

#include "function/cast/to_json.h"
#include "function/kernel.h"
#include "function/scalar/binding.h"
#include "function/scalar/families.h"
#include "function/value/json_value.h"
#include "function/value/utf8.h"

namespace millrace::function {

namespace {

using Types = std::span<const Type>;

// As Flink quotes: what is not ASCII by its codes, a slash with a backslash, and of what is not
// printed the five that have letters.
void append_quoted(uint32_t code, std::string& out) {
  static constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
  static constexpr std::string_view kWritten = "\"\\/bfnrt";
  const size_t place = code < 0x80 ? kMeant.find(static_cast<char>(code)) : kMeant.npos;
  if (place != kMeant.npos) {
    out += '\\';
    out += kWritten[place];
  } else if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x10000) {
    char written[8];
    std::snprintf(written, sizeof(written), "\\u%04x", code);
    out += written;
  } else {
    append_quoted(0xD800 + ((code - 0x10000) >> 10), out);
    append_quoted(0xDC00 + ((code - 0x10000) & 0x3FF), out);
  }
}

Column quoted(const KernelCall& call) {
  return map_present<ResultStrings, StringRef>(
      call, [](ResultStrings& to, uint32_t row, const StringRef& text) {
        std::string json = "\"";
        for (size_t at = 0; at < text.size();) {
          append_quoted(take_code_point(text.view(), at), json);
        }
        to.set(row, json + "\"");
      });
}

// What is no JSON string stays as it is.
Column unquoted(const KernelCall& call) {
  return map_present<ResultStrings, StringRef>(
      call, [](ResultStrings& to, uint32_t row, const StringRef& text) {
        const auto json = text.view().starts_with('"') ? parse_json(text.view()) : std::nullopt;
        to.set(row, json ? std::string_view(json->text) : text.view());
      });
}

Column as_json(const KernelCall& call) {
  ResultStrings result(call);
  for_each(call.rows, [&](uint32_t row) {
    if (call.arguments[0].is_null(row)) {
      return result.set_null(row);
    }
    std::string text;
    append_json(call.arguments[0], row, text);
    result.set(row, text);
  });
  return result.finish();
}

constexpr auto kText = Accepts::text;

constexpr ScalarFunction kFunctions[] = {
    {"JSON_STRING", "JSON_STRING(value)", "The value as JSON.",
     [](Types given) {
       return given.size() == 1 && has_json(given[0])
                  ? strict("JSON_STRING",
                           std::vector<Type>{given[0].kind == TypeKind::null_ ? Type::string()
                                                                              : given[0]},
                           Type::string(), as_json)
                  : std::nullopt;
     }},
    {"JSON_QUOTE", "JSON_QUOTE(string)", "The text as a JSON string.",
     [](Types given) {
       return strict("JSON_QUOTE", fitted(given, {kText}, 1), Type::string(), quoted);
     }},
    {"JSON_UNQUOTE", "JSON_UNQUOTE(string)", "The text that a JSON string stands for.",
     [](Types given) {
       return strict("JSON_UNQUOTE", fitted(given, {kText}, 1), Type::string(), unquoted);
     }},
};

}  // namespace

std::span<const ScalarFunction> json_text_functions() { return kFunctions; }

}  // namespace millrace::function
