#include "codec/csv/options.h"

#include <algorithm>

#include "codec/option_error.h"

namespace millrace::codec {

using Given = std::map<std::string, std::string>;

static bool flag(const Given& options, const std::string& key) {
  const auto found = options.find(key);
  if (found == options.end() || found->second == "false") {
    return false;
  }
  if (found->second != "true") {
    throw OptionError(
        ErrorCode::invalid_argument, key,
        "option 'csv." + key + "' must be true or false, not '" + found->second + "'");
  }
  return true;
}

static std::optional<char> character(const Given& options, const std::string& key) {
  const auto found = options.find(key);
  if (found == options.end()) {
    return std::nullopt;
  }
  // As Flink unescapes it, so that a file can say what is hard to type.
  const std::string value = found->second == "\\t" ? "\t" : found->second;
  if (value.size() != 1) {
    throw OptionError(
        ErrorCode::invalid_argument, key,
        "Option 'csv." + key + "' must be a string with single character, but was: " + value);
  }
  return value.front();
}

CsvOptions CsvOptions::from(const Given& options) {
  CsvOptions parsed;
  parsed.delimiter = character(options, "field-delimiter").value_or(',');
  parsed.element_delimiter = character(options, "array-element-delimiter").value_or(';');
  const auto quote = character(options, "quote-character");
  if (flag(options, "disable-quote-character")) {
    if (quote) {
      throw OptionError(
          ErrorCode::invalid_argument, "quote-character",
          "Format cannot define a quote character and disabled quote character at the "
          "same time.");
    }
    parsed.quote = std::nullopt;
  } else {
    parsed.quote = quote.value_or('"');
  }
  parsed.escape = character(options, "escape-character");
  parsed.allow_comments = flag(options, "allow-comments");
  parsed.ignore_parse_errors = flag(options, "ignore-parse-errors");
  if (const auto found = options.find("null-literal"); found != options.end()) {
    parsed.null_literal = found->second;
  }
  return parsed;
}

void check_csv_type(const Field& field, const char* used) {
  const auto is_flat = [](const Type& type) {
    return type.physical() != Physical::nested && !type.is_without_order() &&
           type.kind != TypeKind::null_;
  };
  const bool is_nested = field.type.kind == TypeKind::array || field.type.kind == TypeKind::row;
  const bool fits = is_nested
                        ? std::all_of(field.type.children->begin(), field.type.children->end(),
                                      [&](const Field& part) { return is_flat(part.type); })
                        : is_flat(field.type);
  if (!fits) {
    throw Error(ErrorCode::invalid_argument,
                "format 'csv': field '" + field.name + "' of type " + field.type.to_string() +
                    " is not " + used + ": there are ARRAYs and ROWs of what is not nested itself");
  }
}

}  // namespace millrace::codec
