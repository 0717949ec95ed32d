#include "codec/json/options.h"

#include "base/error.h"

namespace millrace::codec {

static bool flag(const std::map<std::string, std::string>& options, const std::string& key) {
  const auto found = options.find(key);
  if (found == options.end() || found->second == "false") {
    return false;
  }
  if (found->second != "true") {
    throw Error(ErrorCode::invalid_argument,
                "option 'json." + key + "' must be true or false, not '" + found->second + "'");
  }
  return true;
}

JsonOptions JsonOptions::from(const std::map<std::string, std::string>& options) {
  JsonOptions parsed;
  if (const auto found = options.find("timestamp-format.standard"); found != options.end()) {
    if (found->second == "ISO-8601") {
      parsed.timestamps = TimestampFormat::iso_8601;
    } else if (found->second != "SQL") {
      throw Error(ErrorCode::invalid_argument,
                  "option 'json.timestamp-format.standard' must be SQL or ISO-8601, not '" +
                      found->second + "'");
    }
  }
  parsed.fail_on_missing_field = flag(options, "fail-on-missing-field");
  parsed.ignore_parse_errors = flag(options, "ignore-parse-errors");
  if (parsed.fail_on_missing_field && parsed.ignore_parse_errors) {
    throw Error(ErrorCode::invalid_argument,
                "options 'json.fail-on-missing-field' and 'json.ignore-parse-errors' "
                "shouldn't both be true");
  }
  return parsed;
}

}  // namespace millrace::codec
