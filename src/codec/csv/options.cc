#include "codec/csv/options.h"

#include "base/error.h"

namespace millrace::codec {

using Given = std::map<std::string, std::string>;

static bool flag(const Given& options, const std::string& key) {
  const auto found = options.find(key);
  if (found == options.end() || found->second == "false") {
    return false;
  }
  if (found->second != "true") {
    throw Error(ErrorCode::invalid_argument,
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
    throw Error(
        ErrorCode::invalid_argument,
        "Option 'csv." + key + "' must be a string with single character, but was: " + value);
  }
  return value.front();
}

CsvOptions CsvOptions::from(const Given& options) {
  CsvOptions parsed;
  parsed.delimiter = character(options, "field-delimiter").value_or(',');
  const auto quote = character(options, "quote-character");
  if (flag(options, "disable-quote-character")) {
    if (quote) {
      throw Error(ErrorCode::invalid_argument,
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

}  // namespace millrace::codec
